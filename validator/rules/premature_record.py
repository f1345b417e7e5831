"""A record comes too early.

What it means: First all sessions are registered and nothing conflicts, then the orchestrator confirms, then a human
approves, then the registry is broadcast to every number, then each session acknowledges, then a human activates an
existing ISO week for which something is scheduled.

Why: Each step agrees to the result of the one before. An acknowledgement of a registry that nobody has approved
would commit its session to a draft.

Example:

    # registry/consensus/acknowledgements/04.yaml while the phase is approved

Way out: Wait until that phase is reached, and propose it again then: no commit on the same branch can mend it.
`registry consensus status` shows the next step, who takes it, and the command.
"""

from collections.abc import Iterator
from datetime import date

from validator.model.findings import Input, Level, Location, Problem
from validator.model.phrases import ranges
from validator.model.shapes import Charter
from validator.registry.consensus.phases import NEEDED, TOO_EARLY, assess, reached
from validator.registry.records import RecordFile, added_records
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG403", "premature-record", Level.ERROR
LOOKS_AT = (Input.CHANGE, Input.REGISTRY)
WAIT = "wait, and propose it again in phase {}; what comes before that, and who does it: registry consensus status"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the records of this change whose phase is not reached yet."""
    if head.charter is None:
        for path in (path for path in head.records if head.differs(path, base)):
            yield Problem(
                Location(path), "without a readable charter no record can be judged", "mend the charter: registry audit"
            )
        return
    for record in added_records(head, base):
        yield from _early(record, head, head.charter) or _incomplete(record, head, head.charter)


def _early(record: RecordFile, head: Snapshot, charter: Charter) -> list[Problem]:
    now, needed = assess(head, charter), NEEDED[record.kind]
    if not reached(now.phase, needed):
        message = f"the {record.kind} {TOO_EARLY}: the fleet is in phase {now.phase}, and this needs phase {needed}"
        return [Problem(record.document.at(), message, WAIT.format(needed))]
    against = [one for one in now.conflicts if one.kind != "gap"]  # work-gap is about those
    if record.kind == "confirmation" and against:
        first = against[0]
        return [Problem(record.document.at(), f"what is confirmed is in conflict: {first.message}", first.help)]
    return []


def _incomplete(record: RecordFile, head: Snapshot, charter: Charter) -> Iterator[Problem]:
    if record.kind == "broadcast" and sorted(record.value.delivered) != list(range(1, charter.capacity + 1)):
        reached_by = ranges(sorted(record.value.delivered))
        message = f"the broadcast has reached {reached_by}, and the fleet is 1-{charter.capacity}"
        yield Problem(record.document.at("delivered"), message, "propose it when each number is reached once")
    if record.kind == "activation":
        yield from _unscheduled(record, head)


def _unscheduled(record: RecordFile, head: Snapshot) -> Iterator[Problem]:
    week, place = record.value.week, record.document.at("week")
    if not _exists(week):
        yield Problem(place, f"the calendar has no week {week}", "name an ISO week, as in 2026-W48")
    elif not any(claim.draft.schedule for claim in head.claims.values()):
        yield Problem(place, f"nothing is scheduled for week {week}", "a session adds a schedule to its claim")


def _exists(week: str) -> bool:
    try:
        date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)
    except ValueError:
        return False
    return True
