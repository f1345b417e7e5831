"""A change takes a number away from the session that holds it.

What it means: The change puts another session_id on a held number, or removes one claim and adds another. A holder
may amend its own claim or release its number, each in a change that does nothing else.

Why: The first registration wins, and it is not undone by a later edit.

Example:

    # main:        session_id: marketing-outreach-1
    # this change: session_id: marketing-outreach-9

Way out: Claim a free number. If the holder is gone, propose its release first, and claim once that is on main.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import join_limited, quoted
from validator.registry.holders import holder, way_to_a_number
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG301", "takeover", Level.ERROR
LOOKS_AT = (Input.CHANGE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield held numbers that get another session_id, and claims added by a change that removes another one."""
    for path in sorted(head.touched(base) & base.claims.keys()):
        held, claim, intent = base.claims[path], head.claims.get(path), head.intent.get(path)
        meant_as_new = intent is not None and intent.before is None
        if not claim or meant_as_new or not head.is_new(claim, base):
            continue
        before, after = held.draft.session_id, claim.draft.session_id
        if before is not None and after is not None and before != after:
            message = (
                f"number {held.number} is held by {holder(held, base.past([path]))}; this puts {quoted(after)} on it"
            )
            yield Problem(claim.document.at("session_id"), message, way_to_a_number(base, after))
    yield from _swaps(head, base)


def _swaps(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    touched = sorted(head.touched(base))
    removed = [base.claims[path] for path in touched if path in base.claims and path not in head.files]
    added = [head.claims[path] for path in touched if path in head.claims and path not in base.files]
    for claim in added if removed else []:
        gone = join_limited(f"{old.number} ({old.draft.session_id or 'unreadable'})" for old in removed)
        message = f"this adds number {claim.number} while it removes number {gone}"
        help = "propose the release alone, and claim once it is on main"
        yield Problem(claim.document.at("number"), message, help)
