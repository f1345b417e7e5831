"""A target that is always met, never met, or contradicted by another.

What it means: A share in percent lies between 0 and 100; a floor is above zero, since a floor of zero is always
met; two targets of one claim for the same metric, unit and period can both be met.

Why: A target that decides nothing is not a goal.

Example:

    targets: [{metric: delivery rate, op: gte, value: 950, unit: percent}]

Way out: Correct the value or the operator.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from validator.model.findings import Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Target
from validator.model.targets import contradict, format_target
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG203", "target-implausible", Level.ERROR
PERCENT = ("percent", "%", "per cent", "pct")


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield implausible targets, and pairs of targets that cannot both be met."""
    for claim in head.claims.values():
        targets = claim.draft.targets or ()
        for index, target in enumerate(targets):
            if why := _implausible(target):
                place = claim.document.at("targets", index, "value")
                yield Problem(place, f"{quoted(format_target(target))}: {why}", "correct the value or the operator")
        for one, index, other in _contradictions(targets):
            message = f"{quoted(format_target(other))} contradicts {quoted(format_target(one))}"
            yield Problem(claim.document.at("targets", index), message, "keep the one that is meant")


def _contradictions(targets: Sequence[Target]) -> Iterator[tuple[Target, int, Target]]:
    """(earlier, index, later), each later target once: a file of 16 KiB has room for 80,000 pairs."""
    comparable = defaultdict[tuple[str, str, str | None], list[Target]](list)
    for index, target in enumerate(targets):
        before = comparable[fold(target.metric), fold(target.unit), target.per]
        if found := next((one for one in before if contradict(one, target)), None):
            yield found, index, target
        before.append(target)


def _implausible(target: Target) -> str | None:
    if target.unit.strip().casefold() in PERCENT and not 0 <= target.value <= 100:
        return "a share in percent lies between 0 and 100"
    if target.value < 0 or (target.value == 0 and target.op == "lt"):
        return "a goal is not below zero"
    return "a floor of zero is always met" if target.value == 0 and target.op == "gte" else None
