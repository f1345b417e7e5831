"""The session is registered under another number.

What it means: A `session_id` and a `runtime_id` stand for one session, and one session holds one number. A session_id
is typed and spoken, so it must not look like another either, with or without its hyphens. Refused beside `outreach-1`:
`outreach-l` (a small L), `0utreach-1` (a zero), `outreach1`, `out-reach-1`, `outreach-01`; beside `marketing-1`:
`rnarketing-1` (r and n look like m). Not refused: `outreach-2`, `outreach-11`, `outreach-1-eu`. A runtime_id is
compared as it is: a program made it.

Why: A session with two numbers would take two shares of the work and be waited for twice.

Example:

    # registry/sessions/03.yaml has session_id: marketing-research-2
    # registry/sessions/09.yaml has session_id: marketing-research-2

Way out: Use your own session_id; or give the other number back in a change of its own, and then claim this one.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted
from validator.registry.holders import since
from validator.registry.overlaps import Clash, taken
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG104", "session-id-taken", Level.ERROR
LOOKS_AT = (Input.PAIRS,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of this change whose session_id or runtime_id another claim has."""
    for clash in taken(head, base, "session_id", "runtime_id"):
        yield _problem(clash, since(clash.first.path, base.past([clash.first.path])))


def _problem(clash: Clash, known: str) -> Problem:
    number, theirs = clash.first.number, clash.first.draft
    where = f"is registered under number {number}{known}" if known else f"is that of number {number} as well"
    what = f"{clash.kind} {quoted(clash.shared)}"
    if clash.shared not in (theirs.session_id, theirs.runtime_id):
        what += f" looks like {quoted(theirs.session_id or '')}, which"
    help = f"if number {number} is yours, amend or release it; otherwise use your own {clash.kind}"
    return Problem(clash.second.document.at(*clash.route), f"{what} {where}", help)
