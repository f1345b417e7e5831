"""A target contradicts the mission's target for the same metric.

What it means: No value meets both the claim's target and the charter's, for the same metric, unit and period.

Why: A session that reaches its goal must not make the fleet miss its own.

Example:

    # the charter: {metric: MRR, op: gte, value: 120000, unit: USD, per: month}
    targets: [{metric: MRR, op: lte, value: 90000, unit: USD, per: month}]

Way out: Align the target with the mission; only a human can change the charter.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.phrases import quoted
from validator.model.targets import contradict, format_target
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG206", "mission-conflict", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets that cannot be met together with the mission's."""
    mission = head.charter.mission.targets if head.charter else ()
    for claim in head.claims.values():
        for index, target in enumerate(claim.draft.targets or ()):
            for wanted in mission:
                if contradict(target, wanted):
                    message = (
                        f"{quoted(format_target(target))} contradicts the mission's {quoted(format_target(wanted))}"
                    )
                    place = claim.document.at("targets", index)
                    yield Problem(place, message, "align it with the mission in the charter")
