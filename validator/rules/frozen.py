"""A claim changes while the fleet is active.

What it means: From activation on, a claim's commitment stays as it is: number, session_id, role, goal, targets,
responsibilities, scope, schedule and status. Its runtime_id, key, owner, labels and timestamp may change, and so may
comments and layout. A number can still be released and claimed again.

Why: All others work from the registry that they have acknowledged, so a claim must not change under them. A release
is visible to everybody, and after it the records no longer count: the fleet stops until it is confirmed, approved and
activated again.

Example:

    # registry/consensus/activation.yaml counts, and this change edits registry/sessions/04.yaml
    goal: Send 5 emails daily

Way out: Propose the release of the number, and claim it again once that is on main. On a plain Git server both are one
proposal: `registry claim NUMBER --schedule "…" --release REASON --push`; main takes them as two steps.
"""

from collections.abc import Iterator
from typing import Any

from validator.model.findings import Input, Level, Problem
from validator.model.layout import ACTIVATION
from validator.model.shapes import COMMITMENT
from validator.registry.consensus.phases import phase_of
from validator.registry.holders import holder
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG404", "frozen", Level.ERROR
LOOKS_AT = (Input.CHANGE, Input.REGISTRY)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of an active fleet whose content the change alters."""
    if ACTIVATION not in base.records:
        return
    for path, held in base.claims.items():
        claim = head.claims.get(path)
        if (
            claim
            and head.is_new(claim, base)
            and _commitment(claim) != _commitment(held)
            and phase_of(base.whole()) == "active"
        ):
            message = (
                f"the fleet is active, and number {held.number} of {holder(held, base.past([path]))} stays as it is"
            )
            release = f"registry release {held.number} --reason REASON"
            help = (
                f"give it back and claim it again; that stops the fleet until all agree again; fill in: {release}\n"
                "or in one proposal, on a plain Git server; add to the same command: --release REASON"
            )
            yield Problem(claim.document.at(), message, help)


def _commitment(claim: ClaimFile) -> tuple[Any, ...] | None:
    """What others rely on; None for a claim that cannot be read."""
    return tuple(getattr(claim.claim, name) for name in COMMITMENT) if claim.claim else None
