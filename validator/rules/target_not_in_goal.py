"""A target's value is not stated by the goal's sentence.

What it means: The number of every target stands in the goal, in figures or in words: `$120k` states 120000, `95%+`
states 95, `twelve` states 12. A target of 120 kUSD is stated by `$120k` as well.

Why: The human approves the sentence, and programs measure the target. If one says 17 and the other 7, what is
measured is not what was approved.

Example:

    goal: Send 17 emails daily
    targets: [{metric: emails sent, op: gte, value: 7, unit: emails, per: day}]

Way out: State the number in the goal, or correct the target.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.numbers import numbers_stated
from validator.model.phrases import quoted
from validator.model.targets import format_target
from validator.model.units import thousands
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG202", "target-not-in-goal", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets whose value the goal does not state."""
    for claim in head.claims.values():
        if claim.draft.goal is None or not claim.draft.targets:
            continue
        stated = numbers_stated(claim.draft.goal)
        for index, target in enumerate(claim.draft.targets):
            if not stated.intersection((target.value, target.value * thousands(target.unit))):
                message = f"{quoted(format_target(target))}, but the goal's sentence does not state {target.value}"
                place = claim.document.at("targets", index, "value")
                yield Problem(place, message, f"say {target.value} in the goal, or correct the target")
