"""Two claims on main share what must be unique.

What it means: Two claims on main share a session_id, a runtime_id, a key, a role or a piece of work. Both proposals
were valid when they were judged, and the second was not judged again when it was merged.

Why: Git merges files with different names without a conflict. This rule finds what the gate could not see.

Example:

    # registry/sessions/03.yaml and registry/sessions/09.yaml on main both have session_id: marketing-research-2

Way out: The one that had it on main first stays: by its registration or, for a role, a key or a piece of work that an
amendment brought, by that amendment. The other is released in a change of its own, and its session
claims a free number.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted
from validator.registry.holders import a_free_number, first_to_have, holder
from validator.registry.overlaps import Clash, clashes
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG501", "double-holder", Level.ERROR
LOOKS_AT = (Input.PAIRS,)
WHAT = {
    "session_id": "the session_id",
    "runtime_id": "the runtime_id",
    "key": "the key",
    "role": "the role",
    "scope": "the work",
}


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the later of two claims on main that share something; the message names the earlier one."""
    for clash in clashes(head, base):
        if not clash.new:
            yield _problem(clash, base)


def _problem(clash: Clash, base: Snapshot) -> Problem:
    winner, loser, standing = first_to_have(clash, base)
    message = (
        f"{WHAT[clash.kind]} {quoted(clash.shared)} stands twice on main: number {winner.number} was first, "
        f"{holder(winner, standing)}; number {loser.number}, {holder(loser, standing)}, has to give way"
    )
    or_amend = clash.kind != "session_id"  # another session_id on the number would be a takeover
    mend = f"amend number {loser.number} or release it" if or_amend else f"release number {loser.number}"
    help = f"{mend}, in a change of its own; {a_free_number(base)}"
    route = clash.route if loser is clash.second or clash.kind != "scope" else ("scope",)
    return Problem(loser.document.at(*route), message, help)
