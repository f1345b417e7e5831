"""What a clause says of a change: `reduce flaky tests from 12 to 3`, `up from 18 to 25 percent`, `by 5 to 75%`."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from validator.model.bounds import DOWNWARDS, UPWARDS
from validator.model.quantities import Token
from validator.model.shapes import Op
from validator.model.targets import exactly
from validator.model.units import factor
from validator.operations.claim.lexicon import BAD, DONE, EITHER_WAY, GOOD


class Change(NamedTuple):
    """Where a change goes; without `op` it is said by how much only, or both ways."""

    op: Op | None


def change_in(words: list[Token]) -> tuple[list[Token], Change | None]:
    """Words with only the quantity that a change leads to, and its direction; a range is one quantity with two ends."""
    words = _without_step(words)
    figures = [at for at, token in enumerate(words) if token.is_quantity]
    verb = words[0].word if words else ""
    if len(figures) == 2:
        return _of_two(words, verb, *figures)
    if len(figures) != 1:
        return words, None
    at = figures[0]
    before = words[at - 1].word if at else ""
    if before == "by" and (verb in UPWARDS | DOWNWARDS | EITHER_WAY):
        flows = verb in UPWARDS and not words[at].unit and at + 1 < len(words)
        return ([Token("new"), *words[1 : at - 1], words[at]], Change("gte")) if flows else (words, Change(None))
    if before != "to":
        return words, None
    way = _way(verb, words[1:at])
    if at > 1 and words[at - 2].word == "up":
        limit = at == 2 or (
            verb in DONE and verb not in EITHER_WAY | UPWARDS
        )  # `send up to 3`; `go up to 3` may be both
        return words, None if limit else Change(None)
    if at > 1 and words[at - 2].word == "down":
        return [*words[: at - 2], *words[at:]][_skip(verb) :], Change(None if way == "gte" else "lte")
    if way is None:
        return words, Change(None) if verb in EITHER_WAY else None
    return [*words[1 : at - 1], *words[at:]], Change(way)


def _without_step(words: list[Token]) -> list[Token]:
    """Words without the step of a change whose ends are named: `by 20% from 50k to 40k`."""
    for at in range(len(words) - 2):
        step = words[at + 1].is_quantity or words[at + 1].word == "half"
        if words[at].word == "by" and step and words[at + 2].word == "from":
            return words[:at] + words[at + 2 :]
    return words


def _of_two(words: list[Token], verb: str, first: int, second: int) -> tuple[list[Token], Change | None]:
    start, end = words[first], words[second]
    before, between = [token.word for token in words[:first]], [token.word for token in words[first + 1 : second]]
    if before[-1:] == ["by"] and between[-1:] == ["to"] and (way := _way(verb, words[1:first])):
        return [*words[1 : first - 1], *words[second:]], Change(way)
    if start.value is None or end.value is None:
        return words, None
    if before[-1:] == ["from"] and between[-1:] == ["to"] and len(between) <= 3:
        return _from_to(words, verb, first, second)
    ranged = (before[-1:] == ["between"] and between == ["and"]) or (between == ["to"] and before[-1:] != ["from"])
    if ranged and start.unit in ("", end.unit) and start.value < end.value:
        return [
            *words[: first - (before[-1:] == ["between"])],
            end._replace(value=start.value, high=end.value),
            *words[second + 1 :],
        ], None
    return words, None


def _from_to(words: list[Token], verb: str, first: int, second: int) -> tuple[list[Token], Change | None]:
    start, end = words[first], words[second]
    unit = end.unit or start.unit
    worth = Fraction(1) if not start.unit or start.unit == unit else factor(start.unit, None, unit, None)
    subject = words[: first - 1]
    moved = subject[-1].word if subject else ""
    moving = (
        verb in UPWARDS | DOWNWARDS | EITHER_WAY or moved in ("up", "down") or words[second - 2].word in ("up", "down")
    )
    if worth is None or start.value is None or end.value is None or not (moving or first <= 1):
        return words, None
    op: Op = "gte" if exactly(end.value) > exactly(start.value) * worth else "lte"
    way = better(subject) if verb == "improve" else _way(verb, ())
    if (way and way != op) or not moving:
        return words, Change(None)
    kept = [token for token in subject if token.word not in ("up", "down")]
    return [*kept[_skip(verb) :], end._replace(unit=unit), *words[second + 1 :]], Change(op)


def _skip(verb: str) -> int:
    """How many words of the verb stand before what changes."""
    return int(verb in UPWARDS | DOWNWARDS | EITHER_WAY)


def _way(verb: str, what: Sequence[Token]) -> Op | None:
    """Where a verb leads to: `reduce` down, `raise` up, `improve` to the better."""
    if verb in UPWARDS:
        return "gte"
    if verb in DOWNWARDS:
        return "lte"
    if verb == "improve":
        return "lte" if BAD.intersection(token.word for token in what) else "gte"
    return None


def better(words: Sequence[Token]) -> Op | None:
    """Which way is better, by the words of a metric: `bounce rate` downwards, `open rate` upwards."""
    verbal = len(words) > 1 and words[0].word in DONE and words[1].word not in ("rate", "ratio", "share")
    names = [token.word for token in (words[1:] if verbal else words)]
    if any(name.endswith("-free") or name == "free" for name in names):
        return "gte"
    if any(name in BAD for name in names):
        return "lte"
    return "gte" if any(name in GOOD for name in names) else None
