"""A target's value is not stated by the goal's sentence.

What it means: The number of every target stands in the goal, in figures or in words: `$120k` states 120000, `95%+`
states 95, `twelve` states 12. A target of 120 kUSD is stated by `$120k` as well. A year, an ordinal, a room, a version,
a time of the day and other numbers in names state nothing. Where the sentence says which way the number counts (`at
most`, `below`, `within`, `95%+`, `reduce bugs to`) or in what period (`daily`), the target says the same.

Why: The human approves the sentence, and programs measure the target. If one says 17 and the other 7, what is
measured is not what was approved.

Example:

    goal: Send 17 emails daily
    targets: [{metric: emails sent, op: gte, value: 7, unit: emails, per: day}]

Way out: State the number in the goal, or correct the target. Where the goal has another number of the same unit, the
message names it.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from validator.model.bounds import leads_to, split_bound, split_period
from validator.model.findings import Input, Level, Problem
from validator.model.numbers import may_state, numbers_stated
from validator.model.phrases import quoted
from validator.model.quantities import Token, tokens
from validator.model.shapes import Op, Period, Target
from validator.model.targets import format_target
from validator.model.units import thousands
from validator.registry.snapshot import Snapshot


class Stated(NamedTuple):
    """A token of a goal that states numbers: whether it is a quantity, and what is said of it."""

    numbers: frozenset[float]
    is_quantity: bool
    op: Op | None
    per: Period | None


_CLAUSES = re.compile(r"[;!\n]|\.(?=\s|$)|,(?![0-9])")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}\S*|24/7")
CODE, NAME, LEVEL = "REG202", "target-not-in-goal", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets whose value the goal does not state."""
    for claim in head.claims.values():
        if claim.draft.goal is None or not claim.draft.targets:
            continue
        stated, said = _read(claim.draft.goal)
        for index, target in enumerate(claim.draft.targets):
            if not stated.intersection((target.value, target.value * thousands(target.unit))):
                missing, help = _missing(target, claim.draft.goal, claim.draft.targets)
                place = claim.document.at("targets", index, "value")
                yield Problem(place, f"{quoted(format_target(target))}, but {missing}", help)
            elif why := _differs(target, said):
                message = f"{quoted(format_target(target))}, but {why}"
                yield Problem(
                    claim.document.at("targets", index), message, "say the same in the goal and in the target"
                )


def _missing(target: Target, goal: str, targets: Iterable[Target]) -> tuple[str, str]:
    """What the goal says instead of a target's value, and the way out."""
    others = {other.value for other in targets}
    instead = sorted({value for value in _in_unit(goal, target.unit) if value not in others})
    if not instead:
        why = f"the goal's sentence does not state {target.value}"
        return why, f"say {target.value} in the goal, or correct the target"
    found = " and ".join(map(str, instead))
    way_out = f"make the target {' or '.join(map(str, instead))}, or say {target.value} in the goal"
    return f"the goal says {quoted(f'{found} {target.unit}')}, not {target.value}", way_out


def _in_unit(goal: str, unit: str) -> Iterator[float]:
    """The quantities of a goal that stand with a unit: `2 hours`, `17 personalized emails`."""
    wanted = _singular(unit)
    for clause in _CLAUSES.split(goal):
        beside = ""  # the words between this token and the next quantity
        for token in reversed(tokens(clause)):
            if not token.is_quantity:
                beside = f" {_singular(token.text)}{beside}"
                continue
            if token.value is not None and f" {wanted} " in f" {_singular(token.unit)}{beside} ":
                yield token.value
            beside = ""


def _singular(words: str) -> str:
    return " ".join(word.removesuffix("s") for word in words.casefold().split())


@functools.lru_cache(maxsize=1024)  # most goals of a change are main's as well
def _read(goal: str) -> tuple[frozenset[float], tuple[Stated, ...]]:
    """The numbers that a goal states, and what it says of them."""
    return numbers_stated(goal), tuple(_stated(goal))


def _stated(goal: str) -> Iterator[Stated]:
    """The quantities of a goal, clause by clause, with direction and period; and the numbers that are only names."""
    return (one for clause in _CLAUSES.split(goal) if may_state(clause) for one in _in_clause(clause))


@functools.lru_cache(maxsize=4096)  # sessions with the same work share clauses
def _in_clause(clause: str) -> tuple[Stated, ...]:
    words = tokens(clause)
    found = [Stated(numbers, False, None, None) for token in words if (numbers := _of(token.text)) and _is_name(token)]
    period = split_period(words)
    for at, token in enumerate(period.words):
        if not _is_name(token) and (numbers := _of(token.text)):
            bound = split_bound(period.words[:at], token, period.words[at + 1 :])
            per = period.per if period.clear and not period.soft else None
            op = (bound.op or leads_to(bound.before)) if bound.clear else None
            found.append(Stated(numbers, True, op, per))
    return tuple(found)


_of = functools.lru_cache(maxsize=4096)(numbers_stated)  # of a word


def _is_name(token: Token) -> bool:
    """Whether a token is no quantity; a time of the day is none, nor is `24/7`."""
    return not token.is_quantity or bool(_CLOCK.fullmatch(token.text))


def _differs(target: Target, said: Iterable[Stated]) -> str | None:
    """What the goal says of a target's number otherwise than the target; None where one quantity of it agrees."""
    values = (target.value, target.value * thousands(target.unit))
    found = [one for one in said if one.numbers.intersection(values)]
    quantities = [one for one in found if one.is_quantity]
    if found and not quantities and target.value:
        return f"{target.value} is part of a name there, no quantity"
    against = [one for one in quantities if one.op and one.op[:2] != target.op[:2] and "eq" not in (one.op, target.op)]
    if quantities and len(against) == len(quantities):
        words = {"lt": "at most", "gt": "at least"}[(against[0].op or "")[:2]]
        return f"the goal says {words} {target.value}"
    other = [one for one in quantities if one.per and target.per and one.per != target.per]
    if quantities and len(other) == len(quantities):
        return f"the goal says {target.value} per {other[0].per}"
    return None
