"""A target contradicts the mission's target for the same metric.

What it means: No value meets both the claim's target and the charter's for the same metric. Units and periods are
converted: 90 minutes are 1.5 hours, `$`, `dollars` and `kUSD` are money of the United States, a ratio of 0.5 is 50
percent, and 60000 a year are 5000 a month. A target without a period is taken in the mission's. Metrics are the same
if their names are, or if the charter's `metrics` list one name as an alias of the other. Different currencies are not
compared.

Why: A session that reaches its goal must not make the fleet miss its own.

Example:

    # the charter: {metric: MRR, op: gte, value: 120000, unit: USD, per: month}
    targets: [{metric: MRR, op: lte, value: 90000, unit: USD, per: month}]

Way out: Align the target with the mission; only a human can change the charter.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.phrases import quoted
from validator.model.targets import contradict, format_target, in_its_words, vocabulary
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG206", "mission-conflict", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets that cannot be met together with the mission's."""
    metrics = vocabulary(head.charter)
    mission = (
        [(wanted, in_its_words(wanted, metrics)) for wanted in head.charter.mission.targets] if head.charter else []
    )
    for claim in head.claims.values():
        for index, target in enumerate(claim.draft.targets or ()):
            meant = in_its_words(target, metrics)
            for wanted, wanted_meant in mission:
                if contradict(meant if meant.per else meant.model_copy(update={"per": wanted_meant.per}), wanted_meant):
                    message = (
                        f"{quoted(format_target(target))} contradicts the mission's {quoted(format_target(wanted))}"
                    )
                    place = claim.document.at("targets", index)
                    yield Problem(place, message, "align it with the mission in the charter")
