"""The session is registered under another number.

What it means: A `session_id` and a `runtime_id` stand for one session, and one session holds one number.

Why: A session with two numbers would take two shares of the work and be waited for twice.

Example:

    # registry/sessions/03.yaml has session_id: marketing-research-2
    # registry/sessions/09.yaml has session_id: marketing-research-2

Way out: Use your own session_id; or give the other number back in a change of its own, and then claim this one.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.phrases import quoted
from validator.registry.holders import since
from validator.registry.overlaps import clashes
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG104", "session-id-taken", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of this change whose session_id or runtime_id another claim has."""
    for clash in clashes(head, base):
        if clash.kind in ("session_id", "runtime_id") and clash.new:
            number = clash.first.number
            known = since(clash.first.path, base.past([clash.first.path]))
            where = f"is registered under number {number}{known}" if known else f"is that of number {number} as well"
            message = f"{clash.kind} {quoted(clash.shared)} {where}"
            help = f"if number {number} is yours, amend or release it; otherwise use your own {clash.kind}"
            yield Problem(clash.second.document.at(*clash.route), message, help)
