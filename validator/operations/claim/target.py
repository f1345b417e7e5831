"""Read a target that is written as one (`--target`): `emails sent >= 17 emails/day`."""

import re

from validator.model.bounds import SIGNS
from validator.model.normalize import UNREADABLE
from validator.model.shapes import Target
from validator.model.targets import format_target
from validator.operations.claim.amounts import AMOUNT, LONGEST, spaced, split_off_period, target_of, value_of

_TARGET = re.compile(
    rf"(?P<metric>[^\s<>=≥≤][^<>=≥≤]*?) ?(?P<sign>>=|<=|==|[<>=≥≤]) ?(?P<minus>-?){AMOUNT}(?![\w.,])(?P<unit>.*)",
    re.IGNORECASE | re.ASCII,
)
_OPEN = ("METRIC", "UNIT", "PERIOD")  # of a suggestion, not filled in
_BLANK = re.compile(r"\b(?:METRIC|VALUE|UNIT|PERIOD)\b")
_UNIT = re.compile(r"[^\W\d_][^/<>=≥≤]*")


class UnreadableError(ValueError):
    """Words that make no claim; the message says which, and what to write instead."""


def read_target(text: str) -> Target:
    """`emails sent >= 17 emails/day`, `delivery rate >= 95 percent`, `MRR >= $120k/month`. Raises UnreadableError."""
    words = "" if len(text) > LONGEST or UNREADABLE.search(text) else " ".join(text.split())
    found = _TARGET.fullmatch(words)
    target = _stated(found) if found else None
    if target is None and (named := _in_what(words)):
        raise UnreadableError(
            f'"{named[1]}" is no period: they are hour, day, week, month, quarter and year; say it in one of these, '
            f"or with the metric, as in: {named[0]}"
        )
    if target is None:
        if left := blanks(words):
            filled = "emails sent >= 17 emails/day"
            raise UnreadableError(f'"{words}" is a form, and no target yet; replace {left}, as in: {filled}')
        raise UnreadableError(
            f'"{text[:LONGEST]}" is no target; write METRIC >= VALUE UNIT/PERIOD'
            "; the period is hour, day, week, month, quarter or year, and left out where nothing is counted"
        )
    return target


def blanks(words: str) -> str:
    """The places of a form that are not filled in: `METRIC and PERIOD`; empty where there are none."""
    return " and ".join(dict.fromkeys(_BLANK.findall(words)))


def _in_what(words: str) -> tuple[str, str] | None:
    """(the target with what it is counted in as part of the metric, that word) of `misprints <= 3 misprints/issue`."""
    amount, _, word = words.rpartition("/")
    found = _TARGET.fullmatch(amount.strip()) if word.strip().isalpha() and word.strip() not in _OPEN else None
    target = _stated(found) if found else None
    if target is None or target.per:
        return None
    return format_target(target.model_copy(update={"metric": f"{target.metric} per {word.strip()}"})), word.strip()


def _stated(found: re.Match[str]) -> Target | None:
    words, per = split_off_period(spaced(found["unit"]).split())
    unit = {"%": "percent", "": "USD" if found["dollar"] else ""}.get(name := " ".join(words), name)
    value = value_of(found)
    if (
        value is None
        or unit in _OPEN
        or found["metric"] in _OPEN
        or not _UNIT.fullmatch(unit)
        or (found["dollar"] and unit != "USD")
    ):
        return None
    return target_of(found["metric"], SIGNS[found["sign"]], -value if found["minus"] else value, unit, per)
