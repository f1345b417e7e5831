"""A record names somebody who may not make it.

What it means: The orchestrator confirms and broadcasts, each session acknowledges for itself, and a human whom the
charter lists among its approvers approves and activates; where steps are signed, that human is the one who signed.
An acknowledgement that counts may not be removed either.

Why: Consensus needs everybody's own agreement. Whoever could agree for one other session could agree for all.

Example:

    # registry/consensus/acknowledgements/04.yaml; number 4 is held by marketing-outreach-1
    session_id: marketing-outreach-2

Way out: The session or human that the message names makes the record.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import ACKNOWLEDGEMENTS
from validator.model.phrases import quoted
from validator.registry.consensus.digest import registry_digest
from validator.registry.records import RecordFile, added_records, counting, why_foreign
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG402", "foreign-record", Level.ERROR
LOOKS_AT = (Input.CHANGE, Input.REGISTRY)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the records of this change that name the wrong session or human, and acknowledgements that it removes."""
    for record in added_records(head, base):
        assert head.charter, "without a charter no record is read"
        if why := why_foreign(record, head, head.charter) or _unlike_signer(record, head):
            place = record.document.at("approved_by" if record.number is None else "session_id")
            message = f"this {record.kind} is in a wrong name: {why}"
            yield Problem(place, message, _who_may(record))
    yield from _taken_away(head, base)


def _who_may(record: RecordFile) -> str:
    if record.number is None:
        return "only an approver of the charter can make this record, in their own name"
    return f"only the session that holds number {record.number} can make this record"


def _unlike_signer(record: RecordFile, head: Snapshot) -> str | None:
    if record.number is not None or head.signed_by in (None, record.by):
        return None
    return f"it says {quoted(record.by)}, and {head.signed_by} has signed the step"


def _taken_away(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    for path in base.records:
        gone = path.startswith(f"{ACKNOWLEDGEMENTS}/") and path not in head.files
        if gone and base.charter and counting(base, base.charter, path, registry_digest(base)):
            message = "this removes an acknowledgement that its session has given"
            release = "registry release NUMBER --reason REASON"
            help = f"leave it there; a session takes it back by releasing its number; fill in: {release}"
            yield Problem(Location(path), message, help)
