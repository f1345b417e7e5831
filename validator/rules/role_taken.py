"""Another session has the same role.

What it means: Roles are compared after Unicode normalisation, without regard to case, spacing, punctuation and
look-alike letters: roles that look the same are the same.

Why: Twelve numbers need twelve distinct roles; two sessions in one role do the same work twice.

Example:

    role: outreach ai: personalize and send emails (morning batch 1)

Way out: Add what distinguishes your role: the batch, the segment, primary or backup. The charter's slot for your
number has a role.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.phrases import quoted
from validator.registry.holders import holder
from validator.registry.overlaps import clashes
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG105", "role-taken", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of this change whose role another number has."""
    for clash in clashes(head, base):
        if clash.kind == "role" and clash.new:
            first = clash.first
            who = f"number {first.number}, {holder(first, base.past([first.path]))}"
            message = f"the role {quoted(clash.shared)} is that of {who}"
            yield Problem(clash.second.document.at("role"), message, "name a role that is yours alone")
