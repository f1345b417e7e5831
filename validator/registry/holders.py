"""Parts of messages about who holds a number, since when, and which numbers are free."""

from collections.abc import Iterable, Mapping

from validator.model.phrases import ranges
from validator.registry.history import Registration, first_of
from validator.registry.overlaps import Clash, has
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot


def holder(claim: ClaimFile, standing: Mapping[str, Registration]) -> str:
    """`marketing-outreach-1 since 2026-11-20 (commit 0123456789ab)`."""
    who = claim.draft.session_id or "an unreadable claim"
    return who + since(claim.path, standing)


def numbered_holder(clash: Clash, base: Snapshot) -> str:
    """`number 4, marketing-outreach-1 since 2026-11-20 (commit 0123456789ab)`: since it has what they share."""
    first = clash.first
    return f"number {first.number}, {holder(first, had_since(clash, base, [first.path]))}"


def since(path: str, standing: Mapping[str, Registration]) -> str:
    """` since 2026-11-20 (commit 0123456789ab)`, or nothing for a file that is not on main."""
    found = standing.get(path)
    return f" since {found.day} (commit {found.commit[:12]})" if found else ""


def takes_a_held_number(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether a change adds a claim for a number that main has given to a session, the same session or another."""
    intent = head.intent.get(path)
    adds = intent is not None and intent.before is None and intent.after is not None
    return adds and path in base.claims and not head.unrelated


def first_to_have(clash: Clash, snapshot: Snapshot) -> tuple[ClaimFile, ClaimFile, Mapping[str, Registration]]:
    """The claim that had what a clash is about first, the other one, and since when main has it in each of the two.

    Who was first for a role or a piece of work is not always who registered first: an amendment may have brought it.
    """
    pair = {claim.path: claim for claim in (clash.first, clash.second)}
    had = had_since(clash, snapshot, pair)
    first, second = (pair[path] for path in first_of(pair, had))
    return first, second, had


def had_since(clash: Clash, snapshot: Snapshot, paths: Iterable[str]) -> dict[str, Registration]:
    """Since which step main has what a clash is about in each of these claims; nothing for one that main has not."""
    wanted = list(paths)
    known = snapshot.past(wanted)
    return {path: _since(clash, path, snapshot) or known[path] for path in wanted if path in known}


def _since(clash: Clash, path: str, snapshot: Snapshot) -> Registration | None:
    """The step from which on a claim has had it without a break; None where main has it not in the claim."""
    found = None
    for version in snapshot.versions(path):
        found = (found or version.since) if has(version.draft, clash) else None
    return found


def way_to_a_number(base: Snapshot, session_id: str | None) -> str:
    """What a session that cannot have a number does: keep or release the one it holds, or claim a free one."""
    held = sorted(c.number for c in base.claims.values() if session_id and c.draft.session_id == session_id)
    if held:
        return f"{session_id} holds number {held[0]} already: amend that claim, or release it first"
    return a_free_number(base)


def a_free_number(base: Snapshot) -> str:
    """What a session without a number does: claim a free one, if there is one."""
    free = base.free_numbers()
    if not free:
        return "no number is free: ask a holder to release one"
    return f"claim a free number that nobody has proposed, of {ranges(free)}"
