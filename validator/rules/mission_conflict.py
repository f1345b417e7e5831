"""A target contradicts the mission's target for the same metric.

What it means: No value meets both the claim's target and the charter's for the same metric. Units and periods are
converted: 90 minutes are 1.5 hours, `$`, `dollars` and `kUSD` are money of the United States, a ratio of 0.5 is 50
percent, and 60000 a year are 5000 a month. A target without a period is taken in the mission's. Metrics are the same
if their names are, or if the charter's `metrics` list one name as an alias of the other. Different currencies are not
compared. Where all numbers are held, and the sessions that promise some of a metric promise less than the mission in
all, that is a warning: who claims a free number may still promise the rest.

Why: A session that reaches its goal must not make the fleet miss its own.

Example:

    # the charter: {metric: MRR, op: gte, value: 120000, unit: USD, per: month}
    targets: [{metric: MRR, op: lte, value: 90000, unit: USD, per: month}]

Way out: Align the target with the mission; only a human can change the charter.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from validator.model.findings import Input, Level, Location, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Charter, Metric, Target
from validator.model.targets import (
    Number,
    contradict,
    exactly,
    format_target,
    in_its_words,
    in_period_of,
    share_of,
    vocabulary,
)
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG206", "mission-conflict", Level.ERROR
LOOKS_AT = (Input.FILE, Input.REGISTRY)


class _Promise(NamedTuple):
    """A target of a claim beside the mission's; `share` is what it is of that, None where it is no part of it."""

    place: Callable[[], Location]  # asked for where it is shown: a place costs another reading of the file
    target: Target
    contradicts: bool
    share: Number | None


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets that cannot be met together with the mission's, and those that together are less than it."""
    for wanted in head.charter.mission.targets if head.charter else ():
        promises = list(_promises(wanted, head))
        total = sum(one.share for one in promises if one.share is not None)
        too_little = total < exactly(wanted.value) and not head.free_numbers()
        for one in promises:
            promised, needed = quoted(format_target(one.target)), quoted(format_target(wanted))
            if one.contradicts:
                message = f"{promised} contradicts the mission's {needed}"
                yield Problem(one.place(), message, "align it with the mission in the charter")
            elif one.share is not None and too_little:
                message = f"{promised} is less than the mission's {needed}, and no other session promises the rest"
                yield Problem(one.place(), message, "promise more, or let others take the rest", Level.WARNING)


def _promises(wanted: Target, head: Snapshot) -> Iterator[_Promise]:
    """The targets that have to do with one of the mission; few have."""
    metrics = vocabulary(head.charter)
    whole = in_its_words(wanted, metrics)
    for claim in head.claims.values():
        for index, target in enumerate(claim.draft.targets or ()):
            contradicts, share = _promised(target, whole, metrics)
            if contradicts or share is not None:
                yield _Promise(partial(claim.document.at, "targets", index), target, contradicts, share)


def _promised(target: Target, whole: Target, metrics: Mapping[str, Metric]) -> tuple[bool, Number | None]:
    """Whether a target contradicts one of the mission, and what it is of that."""
    meant = in_its_words(target, metrics)
    if fold(meant.metric) != fold(whole.metric):
        return False, None
    meant = in_period_of(meant, whole)
    return contradict(meant, whole), share_of(meant, whole)


def adds_up(claim: ClaimFile, charter: Charter) -> bool:
    """Whether a claim promises some of the mission: then other claims decide whether that is enough."""
    metrics = vocabulary(charter)
    wholes = [in_its_words(wanted, metrics) for wanted in charter.mission.targets]
    return any(
        _promised(target, whole, metrics)[1] is not None for target in claim.draft.targets or () for whole in wholes
    )
