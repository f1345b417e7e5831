"""A claim changes while the fleet is active.

What it means: From activation on, what a session has promised stays: role, goal, targets, scope, schedule and all else
that the digest covers. Comments and layout may change. A number can still be given back, and claimed anew.

Why: All others work from the registry that they have acknowledged. A promise that changes under them is none; a
release is seen by everybody, voids the records, and brings the fleet to agree again.

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
    """Yield the claims of an active fleet that say something else than before."""
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
