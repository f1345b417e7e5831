"""A claim changes while the fleet is active.

What it means: From activation on, role, goal, targets, scope, schedule and everything else that the digest covers
stay as they are. Comments and layout may change. A number can still be released and claimed again.

Why: All others work from the registry that they have acknowledged, so a claim must not change under them. A release
is visible to everybody, voids the records, and makes the fleet agree again.

Example:

    # registry/consensus/activation.yaml counts, and this change edits registry/sessions/04.yaml
    goal: Send 5 emails daily

Way out: Propose the release of the number, and claim it again once that is on main.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.layout import ACTIVATION
from validator.registry.consensus.phases import phase_of
from validator.registry.holders import holder
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG404", "frozen", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of an active fleet whose content the change alters."""
    if ACTIVATION not in base.records:
        return
    for path, held in base.claims.items():
        claim = head.claims.get(path)
        if claim and head.is_new(claim, base) and claim.claim != held.claim and phase_of(base) == "active":
            message = (
                f"the fleet is active, and number {held.number} of {holder(held, base.past([path]))} stays as it is"
            )
            help = f'give it back and claim it again: registry release {held.number} --reason "…"'
            yield Problem(claim.document.at(), message, help)
