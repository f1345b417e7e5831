"""A target that is always met, never met, or contradicted by another.

What it means: A share in percent lies between 0 and 100; a floor is above zero, since a floor of zero is always
met; two targets of one claim for the same metric can both be met, in whatever units and periods they are written, by
the calendar or in a working week of five days. What can grow beyond its base (net revenue retention, growth, return,
attainment) may exceed 100 percent.

Why: A target that decides nothing is not a goal.

Example:

    targets: [{metric: delivery rate, op: gte, value: 950, unit: percent}]

Way out: Correct the value or the operator.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Metric, Target
from validator.model.targets import Interval, Number, allowed, disjoint, format_target, in_its_words, vocabulary
from validator.model.units import basic, fold_unit, is_share
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG203", "target-implausible", Level.ERROR
LOOKS_AT = (Input.FILE,)
_GROWS = re.compile(
    r"\b(?:(?:net|revenue|dollar)\b.*\bretention|nrr|growth|increase|return|roi|roas|attainment|quota|margin)\b",
    re.IGNORECASE,
)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield implausible targets, and pairs of targets that cannot both be met."""
    metrics = vocabulary(head.charter)
    for claim in head.claims.values():
        targets = claim.draft.targets or ()
        for index, target in enumerate(targets):
            if why := _implausible(target):
                place = claim.document.at("targets", index, "value")
                yield Problem(place, f"{quoted(format_target(target))}: {why}", "correct the value or the operator")
        for one, index, other in _contradictions(targets, metrics):
            message = f"{quoted(format_target(other))} contradicts {quoted(format_target(one))}"
            yield Problem(claim.document.at("targets", index), message, "keep the one that is meant")


def _contradictions(targets: Sequence[Target], metrics: Mapping[str, Metric]) -> Iterator[tuple[Target, int, Target]]:
    """(earlier, index, later), each later target once."""
    by_metric = defaultdict[str, list[tuple[int, Target]]](list)
    for index, target in enumerate(targets):
        meant = in_its_words(target, metrics)
        by_metric[fold(meant.metric)].append((index, meant))
    for same in (several for several in by_metric.values() if len(several) > 1):
        for earlier, index in _pairs(same):
            yield targets[earlier], index, targets[index]


def _pairs(same: Sequence[tuple[int, Target]]) -> Iterator[tuple[int, int]]:
    """Targets of one metric against the strictest before them: a file of 16 KiB has room for 80,000 pairs."""
    plain = len({(fold_unit(target.unit), target.per) for _, target in same}) == 1
    strictest = dict[str, list[tuple[int, Sequence[Interval]]]]()
    for index, target in same:
        kind, sizes = ("", (Fraction(1),)) if plain else _sizes(target)
        values = [allowed(target, size) for size in sizes]
        before = strictest.setdefault(kind, [])
        found = next((at for at, other in before if all(map(disjoint, values, other))), None)
        if found is not None:
            yield found, index
        strictest[kind] = _strictest([*before, (index, values)])


def _sizes(target: Target) -> tuple[str, tuple[Fraction, Fraction]]:
    """What a target measures, and the size of its unit by the calendar and in working time."""
    kind, size = basic(target.unit, target.per)
    return kind, (size, basic(target.unit, target.per, working=True)[1])


def _strictest(targets: Sequence[tuple[int, Sequence[Interval]]]) -> list[tuple[int, Sequence[Interval]]]:
    """The highest floor and the lowest ceiling, by the calendar and in working time."""
    scales = range(len(targets[0][1]))
    floors = [max(targets, key=partial(_floor, at)) for at in scales]
    return floors + [min(targets, key=partial(_ceiling, at)) for at in scales]


def _floor(at: int, one: tuple[int, Sequence[Interval]]) -> tuple[Number, bool]:
    return one[1][at].low, one[1][at].open


def _ceiling(at: int, one: tuple[int, Sequence[Interval]]) -> tuple[Number, bool]:
    return one[1][at].high, not one[1][at].open


def _implausible(target: Target) -> str | None:
    if is_share(target.unit) and (target.value < 0 or (target.value > 100 and not _GROWS.search(target.metric))):
        return "a share in percent lies between 0 and 100"
    if target.value < 0 or (target.value == 0 and target.op == "lt"):
        return "a goal is not below zero"
    return "a floor of zero is always met" if target.value == 0 and target.op == "gte" else None
