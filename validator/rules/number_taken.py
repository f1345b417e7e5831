"""Somebody holds this number already.

What it means: The change adds a claim for a number that main has given to a session. That is so even where Git reports
no conflict, because both files are identical.

Why: The first registration wins. It is the order of arrival on main that counts, not a date that anyone can write.

Example:

    # main: registry/sessions/05.yaml is held by marketing-outreach-2
    # this change: adds registry/sessions/05.yaml

Way out: Claim one of the free numbers that the message lists. If the holder is you, there is nothing left to do.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.registry.holders import holder, takes_a_held_number, way_to_a_number
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG103", "number-taken", Level.ERROR
LOOKS_AT = (Input.PAIRS, Input.CHANGE)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the held numbers that the change adds a claim for."""
    for path, intent in head.intent.items():
        held = base.claims.get(path)
        if held and intent.after and takes_a_held_number(path, head, base):
            place = head.claims[path].document.at("number") if path in head.claims else Location(path)
            message = f"number {held.number} is held by {holder(held, base.past([path]))}"
            yield Problem(place, message, _way_out(held, head, base, intent.after.oid))


def _way_out(held: ClaimFile, head: Snapshot, base: Snapshot, meant: str) -> str:
    # After the merge the file can be the holder's own, not the one that the change adds.
    entry = head.files.get(held.path)
    claimed = head.claims.get(held.path) if entry and entry.oid == meant else None
    session_id = claimed.draft.session_id if claimed else None
    if session_id is not None and session_id == held.draft.session_id:
        return "you are registered already: there is nothing left to propose"
    return way_to_a_number(base, session_id)
