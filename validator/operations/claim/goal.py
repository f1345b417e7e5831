"""From a sentence to targets: what a goal promises in figures, and targets as people write them.

Deterministic, and never a guess. A clause is read as a whole or not at all, and only where it says itself which way its
number counts: `Send 17 emails daily`, `95%+ delivery rate`, `bounce rate below 2%`, but not `2% bounce rate`. Longer
than other modules because of the words that it knows.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from validator.model.normalize import UNREADABLE
from validator.model.numbers import SCALES, numbers_stated
from validator.model.shapes import Op, Period, Target
from validator.operations.claim.lexicon import (
    ADVERBS,
    AWAITED,
    BOUNDS,
    DONE,
    DOUBTFUL,
    DURATIONS,
    HOLDING,
    INCOME,
    PERIODS,
    SIGNS,
    STOP,
    TAIL,
)
from validator.registry.yaml.scalars import SAFE_INTEGER

LONGEST = 400  # characters of a clause or a target; a longer one is asked about

_DIGITS = r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?P<fraction>\.[0-9]{1,6})?"
_AMOUNT = rf"(?P<dollar>\$?){_DIGITS}(?P<scale>{'|'.join(SCALES)})?"
_FIGURE = re.compile(
    rf"{_AMOUNT}(?P<percent>%?)(?P<plus>\+?)(?P<form>/100|-(?:{'|'.join(DURATIONS)}))?", re.IGNORECASE | re.ASCII
)
_TARGET = re.compile(
    rf"(?P<metric>[^\s<>=≥≤][^<>=≥≤]*?) ?(?P<sign>>=|<=|==|[<>=≥≤]) ?(?P<minus>-?){_AMOUNT}(?![\w.,])(?P<unit>.*)",
    re.IGNORECASE | re.ASCII,
)
_UNIT = re.compile(r"[^\W\d_][^/<>=≥≤]*")
_WORD = re.compile(r"[^\W\d_][\w'’]*(?:-[\w'’]+)*")
_JOINT = re.compile(rf"\s+(?:and|to)\s+(?=(?:{'|'.join(DONE)})\b)", re.IGNORECASE)


class UnreadableError(ValueError):
    """Words that make no claim; the message says which, and what to write instead."""


class Draft(NamedTuple):
    """Targets drawn from a goal, and the clauses that state a number in a way that could not be read."""

    targets: tuple[Target, ...]
    unread: tuple[str, ...]


class _Reading(NamedTuple):
    """What a clause came to. `bare`: a count without a period; `hangs`: it ends in `daily` or the like."""

    clause: str
    target: Target | None = None
    bare: bool = False
    hangs: bool = False


class _Words(NamedTuple):
    """A clause around its only figure: words before and after, the way the number counts, the period at the end."""

    before: list[str]
    op: Op | None
    figure: re.Match[str]
    after: list[str]
    per: Period | None


def read_target(text: str) -> Target:
    """`emails sent >= 17 emails/day`, `delivery rate >= 95 percent`, `MRR >= $120k/month`. Raises UnreadableError."""
    words = "" if len(text) > LONGEST or UNREADABLE.search(text) else " ".join(text.split())
    found = _TARGET.fullmatch(words)
    target = _stated(found) if found else None
    if target is None:
        raise UnreadableError(
            f'"{text[:LONGEST]}" is no target; write METRIC >= VALUE UNIT/PERIOD, as in: emails sent >= 17 emails/day'
            "; the period is hour, day, week, month, quarter or year, and left out where nothing is counted"
        )
    return target


def draft_targets(goal: str) -> Draft:
    """Read the targets that a goal states, clause by clause; equal goals give equal drafts."""
    sentences = re.split(r"[;!\n]|\.(?=\s+[A-Z]|\s*$)", goal)
    readings = [reading for sentence in sentences for reading in _read_sentence(sentence)]
    unread = [one.clause for one in readings if one.target is None and numbers_stated(one.clause)]
    return Draft(tuple(one.target for one in readings if one.target), tuple(unread))


def _stated(found: re.Match[str]) -> Target | None:
    words, per, _ = _period(_spaced(found["unit"]).split())
    unit = {"%": "percent", "": "USD" if found["dollar"] else ""}.get(name := " ".join(words), name)
    value = _value(found)
    if value is None or not _UNIT.fullmatch(unit) or (found["dollar"] and unit != "USD"):
        return None
    return _target(found["metric"], SIGNS[found["sign"]], -value if found["minus"] else value, unit, per)


def _read_sentence(sentence: str) -> list[_Reading]:
    clauses = [part.strip() for part in re.split(r",(?![0-9])|(?<![0-9]),|→", sentence) if part.strip()]
    readings = [reading for clause in clauses for reading in _read_joint(clause)]
    return [
        one._replace(target=None) if one.target and _is_open(one, readings[:place], readings[place + 1 :]) else one
        for place, one in enumerate(readings)
    ]


def _is_open(one: _Reading, before: Sequence[_Reading], after: Sequence[_Reading]) -> bool:
    """Whether a neighbour may change what a clause says: `Send 17 emails, call 5 customers daily`, `…, if possible`."""
    hanging = any(other.hangs for other in after) or any(other.hangs and not other.target for other in before)
    beside = (*before[-1:], *after[:1])
    return (one.bare and hanging) or any(DOUBTFUL.intersection(other.clause.casefold().split()[:1]) for other in beside)


def _read_joint(clause: str) -> list[_Reading]:
    """A clause as a whole, or else a part to each verb: `coordinate 12 sessions to generate $120k MRR`."""
    whole = _read(clause)
    parts = [_read(part) for part in _JOINT.split(clause)] if whole.target is None and len(clause) <= LONGEST else []
    return parts if parts and all(part.target or not numbers_stated(part.clause) for part in parts) else [whole]


def _read(clause: str) -> _Reading:
    words, per, hangs = _period(_spaced(clause).split() if len(clause) <= LONGEST else [])
    figures = [(place, figure) for place, word in enumerate(words) if (figure := _FIGURE.fullmatch(word))]
    if len(figures) != 1:
        return _Reading(clause, hangs=hangs)
    place, figure = figures[0]
    before, op = _bound(words[:place])
    after, tail = _parted(words[place + 1 :])
    if not _is_clear([*before, *after, *tail]) or not _is_aside(tail) or (op and figure["plus"]):
        return _Reading(clause, hangs=hangs)
    form = _form(figure, after)
    target = form(_Words(before, "gte" if figure["plus"] else op, figure, after, per))
    return _Reading(clause, target, bare=form is _count and target is not None and not target.per, hangs=hangs)


def _form(figure: re.Match[str], after: list[str]) -> Callable[[_Words], Target | None]:
    if figure["percent"] or figure["form"] == "/100":
        return _ratio
    if figure["form"]:
        return _awaited
    return _duration if after and _duration_of(after[0]) else _count


def _count(words: _Words) -> Target | None:
    """`Send 17 emails daily`, `10+ sales calls/week`, `$120k MRR`: a verb, a sign or the metric shows the way."""
    counted, own, _ = _period(words.after)
    if counted and counted[0].casefold() in ADVERBS and not own:
        counted, own = counted[1:], ADVERBS[counted[0].casefold()]
    verb = " ".join(words.before).casefold()
    thing, value = _thing(counted), _value(words.figure)
    income = INCOME.get(thing.casefold()) if words.figure["dollar"] else None
    op = words.op or ("gte" if verb or income else None)
    if (verb and verb not in DONE) or not thing or not op or value is None or (own and words.per):
        return None
    if words.figure["dollar"]:
        return _target(thing, op, value, "USD", own or words.per or income)
    return _target(f"{thing} {DONE[verb]}" if verb else thing, op, value, counted[-1], own or words.per)


def _ratio(words: _Words) -> Target | None:
    """`95%+ delivery rate`, `Keep bounce rate below 2%`, `avg score 70+/100`: only a sign shows the way."""
    before, value = _held(words.before), _pure(words.figure)
    if before and before[-1].casefold() in ("of", "at"):
        before = before[:-1]
    thing = _thing(before or words.after)
    twice = (before and words.after) or (words.figure["percent"] and words.figure["form"])
    if not thing or not words.op or value is None or twice:
        return None
    return _target(thing, words.op, value, "percent" if words.figure["percent"] else "points", words.per)


def _duration(words: _Words) -> Target | None:
    """`Process all replies within 1 hour`, `Reply in under 2 hours`, `reply time below 30 minutes`."""
    unit, value = _duration_of(words.after[0]), _pure(words.figure)
    of_what = words.after[1:]
    if value is None or words.per or (of_what and of_what[0] not in ("of", "after")) or not _is_aside(of_what):
        return None
    *what, last = words.before or [""]
    if what and (last.casefold() == "within" if words.op is None else last.casefold() == "in"):
        return _target(f"time to {_lowered(' '.join(what))}", words.op or "lte", value, unit)
    thing = _thing(_held(words.before))
    return _target(thing, words.op, value, unit) if thing and words.op else None


def _awaited(words: _Words) -> Target | None:
    """`facilitate 15-min human review`: quick is meant where the thing is one that somebody waits for."""
    thing, value = _thing(words.after), _pure(words.figure)
    verb = " ".join(words.before).casefold()
    awaited = bool(thing) and words.after[-1].casefold().removesuffix("s") in AWAITED
    if not awaited or value is None or words.op or words.per or (verb and verb not in DONE):
        return None
    return _target(f"{thing} time", "lte", value, _duration_of(words.figure["form"][1:]))


def _spaced(clause: str) -> str:
    """The clause with a space between what stands apart (`>= 5`, `calls /week`), and none within a figure."""
    text = re.sub(r"(?<=[0-9]) +(?=%|\+|(?:thousand|million|billion)\b)", "", clause, flags=re.IGNORECASE)
    text = re.sub(r"(?<=[0-9+]) */ *100\b", "/100", text)
    text = re.sub(rf" */ *(?=(?:{'|'.join(PERIODS)})\b)", " /", text, flags=re.IGNORECASE)
    return re.sub(r"(>=|<=|==|[<>=≥≤])", r" \1 ", text)


def _period(words: list[str]) -> tuple[list[str], Period | None, bool]:
    """Words without the period that they end in, that period, and whether it may be that of other clauses as well."""
    last, before = ("", "", *map(str.casefold, words))[-1], ("", "", *map(str.casefold, words))[-2]
    if last in ADVERBS:
        return words[:-1], ADVERBS[last], True
    if last.startswith("/") and last[1:] in PERIODS:
        return words[:-1], PERIODS[last[1:]], False
    if last in PERIODS and before in ("per", "a", "an", "each", "every"):
        return words[:-2], PERIODS[last], True
    return words, None, False


def _bound(words: list[str]) -> tuple[list[str], Op | None]:
    """Words without the bound that they end in, and what it says."""
    for length in (3, 2, 1):
        if op := BOUNDS.get(" ".join(words[-length:]).casefold()):
            return words[:-length], op
    return words, None


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    place = next((place for place, word in enumerate(words) if word.casefold() in TAIL), len(words))
    return words[:place], words[place:]


def _is_clear(words: list[str]) -> bool:
    return not numbers_stated(" ".join(words)) and DOUBTFUL.isdisjoint(map(str.casefold, words))


def _is_aside(words: list[str]) -> bool:
    """Whether words can be left out: nothing, or a preposition with its object, and no period that might be meant."""
    periods = [word for word in words if word.casefold() in ("per", "each", "every", *ADVERBS) or word.startswith("/")]
    return len(words) != 1 and not periods


def _held(words: list[str]) -> list[str]:
    """Words without the `keep`, `achieve a` and the like that they begin with."""
    while words and words[0].casefold() in HOLDING:
        words = words[1:]
    return words


def _thing(words: list[str]) -> str:
    """The name of what is counted or measured; empty where words are none."""
    named = 0 < len(words) <= 7 and all(_WORD.fullmatch(word) and word.casefold() not in STOP for word in words)
    return " ".join("average" if word.casefold() == "avg" else word for word in words) if named else ""


def _lowered(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _duration_of(word: str) -> str:
    return DURATIONS.get(word.casefold().removesuffix("s"), "")


def _pure(figure: re.Match[str]) -> int | float | None:
    return None if figure["dollar"] or figure["scale"] else _value(figure)


def _value(found: re.Match[str]) -> int | float | None:
    """The number that digits, fraction and scale spell; None where JSON cannot carry it, and for 5m, maybe minutes."""
    scale = (found["scale"] or "").lower()
    number = Decimal(found["digits"].replace(",", "") + (found["fraction"] or "")) * SCALES.get(scale, 1)
    if number > SAFE_INTEGER or (scale == "m" and not found["dollar"]):
        return None
    return int(number) if number == int(number) else float(number)


def _target(metric: str, op: Op, value: float, unit: str, per: Period | None = None) -> Target:
    return Target(metric=metric, op=op, value=value, unit=unit, per=per)
