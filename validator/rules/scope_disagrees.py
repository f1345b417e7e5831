"""The goal promises a different amount than the scope holds.

What it means: A claim has a range of work and a target that counts per period, and no such target has the size of
the range. It is a warning: there may be a reason, and a human decides.

Why: In the document that this registry was made for, session 5 promises 17 e-mails a day for prospects 18-33, which
are 16, and session 6 promises 16 for 34-50, which are 17.

Example:

    targets: [{metric: emails sent, op: gte, value: 17, unit: emails, per: day}]
    scope: [{work: outreach, first: 18, last: 33}]

Way out: Correct the target and the goal, or the range.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.phrases import quoted, span
from validator.model.shapes import RangePart
from validator.model.targets import format_target
from validator.registry.snapshot import Snapshot
from validator.registry.workload import counts, range_size

CODE, NAME, LEVEL = "REG204", "scope-disagrees", Level.WARNING


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims whose counted targets all differ from the size of their ranges."""
    for claim in head.claims.values():
        counted = [target for target in claim.draft.targets or () if counts(target)]
        ranges = [(at, part) for at, part in enumerate(claim.draft.scope or ()) if isinstance(part, RangePart)]
        size = range_size([part for _, part in ranges])
        if counted and ranges and size > 0 and all(target.value != size for target in counted):
            held = ", ".join(f"{part.work} {span(part.first, part.last)}" for _, part in ranges)
            message = f"the goal promises {quoted(format_target(counted[0]))}, the scope {quoted(held)} holds {size}"
            help = f"promise {size}, or make the scope {counted[0].value} long"
            yield Problem(claim.document.at("scope", ranges[0][0]), message, help)
