"""Another session has the same role.

What it means: Two roles are the same when their letters are: case, spacing and punctuation do not count (a point
between digits does: Batch 1.1 is not Batch 11), nor do other forms of a letter. Two roles are also the same when they
look the same, by the table of look-alikes that Unicode publishes (UTS #39), in one version for every Python. Refused
beside "Outreach AI": "outreach ai", "Outreach-AI", "Outreach Al" (a small L), "Outreach A1", "Outreach A|", "0utreach
AI" (a zero), and the last word in Cyrillic. Refused beside "Morning Batch 1": "Moming Batch 1" (r and n look like m),
"Morning Batch l" and "Morning Batch I". 01, 1.0 and 1 are one number. Not refused: "Batch 2" or "Batch 11", "Engineer
I" beside "Engineer II", "Café" beside "Cafe", "C" beside "C#".

Why: Twelve numbers need twelve distinct roles; two sessions in one role do the same work twice. Whoever reads two roles
that look the same sends the work to the wrong session.

Example:

    role: outreach ai: personalize and send emails (morning batch 1)

Way out: Add what distinguishes your role: the batch, the segment, primary or backup. One more word tells apart two
roles that only look alike, as "Modem Team" and "Modern Team". Where the charter plans a role for your number, take
that one.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.registry.holders import numbered_holder
from validator.registry.overlaps import Clash, taken
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG105", "role-taken", Level.ERROR
LOOKS_AT = (Input.PAIRS,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims of this change whose role another number has."""
    for clash in taken(head, base, "role"):
        who = numbered_holder(clash, base)
        message = f"the role {quoted(clash.shared)} {_relation(clash)} {who}"
        yield Problem(clash.second.document.at("role"), message, _way_out(clash, head))


def _way_out(clash: Clash, head: Snapshot) -> str:
    """The planned role, where the charter plans another for the number: a role of one's own would be refused too."""
    number, slots = clash.second.number, head.charter.slots if head.charter else ()
    plan = next((slot.role for slot in slots if slot.number == number), None)
    if plan is None or fold(plan) == fold(clash.shared):
        return "write a role that no other session has"
    return f"take the planned role of number {number}: {quoted(plan)}"


def _relation(clash: Clash) -> str:
    theirs = clash.first.draft.role or ""
    return "is that of" if fold(theirs) == fold(clash.shared) else f"looks like {quoted(theirs)}, the role of"
