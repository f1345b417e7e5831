"""Parts of messages about who holds a number, since when, and which numbers are free."""

from collections.abc import Mapping

from validator.model.phrases import ranges
from validator.registry.history import Registration
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot


def holder(claim: ClaimFile, standing: Mapping[str, Registration]) -> str:
    """`marketing-outreach-1 since 2026-11-20 (commit 0123456789ab)`."""
    who = claim.draft.session_id or "an unreadable claim"
    return who + since(claim.path, standing)


def numbered_holder(claim: ClaimFile, base: Snapshot) -> str:
    """`number 4, marketing-outreach-1 since 2026-11-20 (commit 0123456789ab)`, by main as it is at `base`."""
    return f"number {claim.number}, {holder(claim, base.past([claim.path]))}"


def since(path: str, standing: Mapping[str, Registration]) -> str:
    """` since 2026-11-20 (commit 0123456789ab)`, or nothing for a file that is not on main."""
    found = standing.get(path)
    return f" since {found.day} (commit {found.commit[:12]})" if found else ""


def takes_a_held_number(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether a change adds a claim for a number that main has given to a session, the same session or another."""
    intent = head.intent.get(path)
    adds = intent is not None and intent.before is None and intent.after is not None
    return adds and path in base.claims and not head.unrelated


def way_to_a_number(base: Snapshot, session_id: str | None) -> str:
    """What a session that cannot have a number does: keep or release the one it holds, or claim a free one."""
    held = sorted(c.number for c in base.claims.values() if session_id and c.draft.session_id == session_id)
    if held:
        return f"{session_id} holds number {held[0]} already: amend that claim, or release it first"
    return a_free_number(base)


def a_free_number(base: Snapshot) -> str:
    """What a session without a number does: claim a free one, if there is one."""
    free = base.free_numbers()
    return f"claim a free number: {ranges(free)}" if free else "no number is free: ask a holder to release one"
