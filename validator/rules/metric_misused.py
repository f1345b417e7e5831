"""A target has a metric of the charter's vocabulary in a unit or period of another kind.

What it means: The charter's `metrics` say in what unit and period each metric is measured, and what else it is
called. A target for such a metric, under any of its names, has a unit and a period that can be converted to those. A
target without a period is taken in the metric's own.

Why: Goals can be compared and added up only if the same name means the same quantity: MRR in percent, or a reply
time per day, is something else.

Example:

    # the charter: {name: MRR, aliases: [monthly recurring revenue], unit: USD, per: month}
    targets: [{metric: monthly recurring revenue, op: gte, value: 12, unit: customers}]

Way out: Write the target in the metric's unit and period, or give what it measures another name.
"""

from collections.abc import Iterator, Mapping

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Metric, Target
from validator.model.targets import format_target, in_its_words, vocabulary
from validator.model.units import factor
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG209", "metric-misused", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets of claims and of the mission that use the charter's metrics otherwise than it says."""
    metrics = vocabulary(head.charter)
    if not metrics or not head.charter or not head.charter_file:
        return
    for index, target in enumerate(head.charter.mission.targets):
        if found := _misuse(target, metrics):
            yield Problem(head.charter_file.document.at("mission", "targets", index), *found)
    for claim in head.claims.values():
        for index, target in enumerate(claim.draft.targets or ()):
            if found := _misuse(target, metrics):
                yield Problem(claim.document.at("targets", index), *found)


def _misuse(target: Target, metrics: Mapping[str, Metric]) -> tuple[str, str] | None:
    """What is wrong with a target, and what to do."""
    meant = in_its_words(target, metrics)
    metric = metrics.get(fold(target.metric))
    if metric is None or factor(meant.unit, meant.per, metric.unit, metric.per) is not None:
        return None
    unit = f"{metric.unit}/{metric.per}" if metric.per else metric.unit
    return (
        f"{quoted(format_target(target))}, but the charter measures {quoted(metric.name)} in {quoted(unit)}",
        f"write it in {unit}, or name another metric",
    )
