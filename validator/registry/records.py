"""The records of consensus: which there are, who may make them, and what makes one void.

A record names the digest of the registry that it is for. One for another registry, or by somebody who may not make it,
is void: it stays in the tree and does not count.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from validator.model import shapes
from validator.model.layout import ACKNOWLEDGEMENTS, form_of
from validator.model.phrases import join_limited, quoted, shell_word
from validator.registry.parsing import ClaimFile, Parsed
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import Document

RecordKind = Literal["confirmation", "approval", "broadcast", "acknowledgement", "activation"]
KINDS: Mapping[type[shapes.Record], RecordKind] = {
    shapes.Confirmation: "confirmation",
    shapes.Approval: "approval",
    shapes.Broadcast: "broadcast",
    shapes.Acknowledgement: "acknowledgement",
    shapes.Activation: "activation",
}
BY_THE_ORCHESTRATOR = (shapes.Confirmation, shapes.Broadcast)


class RecordFile(NamedTuple):
    """A readable record. `number` is the one that its path belongs to, None for a human's record."""

    kind: RecordKind
    number: int | None
    value: Any
    document: Document

    @property
    def by(self) -> str:
        """The session_id or handle that it names."""
        return str(self.value.approved_by if self.number is None else self.value.session_id)


class RecordState(NamedTuple):
    """A record in a tree; `by` is None where it cannot be read, `void` says why it does not count."""

    path: str
    kind: RecordKind
    number: int | None
    by: str | None
    void: str | None
    again: str | None  # the command that makes it again, None where there is nothing to make, or not yet


def record_states(snapshot: Snapshot, charter: shapes.Charter, today: str) -> tuple[RecordState, ...]:
    """Every record of a snapshot, by path, compared with the registry whose digest is `today`."""
    return tuple(_standing(parsed, snapshot, charter, today) for _, parsed in sorted(snapshot.records.items()))


def counting(snapshot: Snapshot, charter: shapes.Charter, path: str, today: str) -> Any:
    """The record at a path where it counts for the registry with this digest, else None."""
    parsed = snapshot.records.get(path)
    record = record_of(parsed, charter) if parsed else None
    return record.value if record and _why_void(record, snapshot, charter, today) is None else None


def why_void(parsed: Parsed[Any], snapshot: Snapshot, charter: shapes.Charter, today: str) -> str | None:
    """Why a record does not count: unreadable, for another registry, or by the wrong one. None where it counts."""
    record = record_of(parsed, charter)
    return _why_void(record, snapshot, charter, today) if record else "it cannot be read"


def added_records(head: Snapshot, base: Snapshot) -> Iterator[RecordFile]:
    """The readable records that a change adds or rewrites, not those that it only makes void."""
    for path in sorted(head.touched(base) & head.records.keys()):
        record = record_of(head.records[path], head.charter) if head.charter and head.differs(path, base) else None
        if record:
            yield record


def record_of(parsed: Parsed[Any], charter: shapes.Charter) -> RecordFile | None:
    """The record in a file; None where it cannot be read."""
    kind, form = KINDS[parsed.shape], form_of(parsed.path)
    number = form[1] if form and form[1] is not None else charter.orchestrator
    human = kind in ("approval", "activation")
    if parsed.value is None:
        return None
    return RecordFile(kind, None if human else number, parsed.value, parsed.document)


def claim_of_record(path: str, base: Snapshot) -> ClaimFile | None:
    """The claim of the session in whose name a record is; None for other files, and where nobody holds the number."""
    shape, number = form_of(path) or (None, None)
    if shape in BY_THE_ORCHESTRATOR and base.charter:
        number = base.charter.orchestrator
    elif shape is not shapes.Acknowledgement:
        return None
    return base.by_number.get(number or 0)


def acknowledges_only(head: Snapshot, base: Snapshot) -> bool:
    """Whether a change does nothing but add or renew acknowledgements."""
    touched = head.touched(base)
    return bool(touched) and all(path.startswith(f"{ACKNOWLEDGEMENTS}/") and path in head.records for path in touched)


def is_stale(record: RecordFile, today: str) -> bool:
    """Whether a record is for another registry than the one with this digest."""
    return bool(record.value.registry != today)


def why_foreign(record: RecordFile, snapshot: Snapshot, charter: shapes.Charter) -> str | None:
    """Why the one that a record names may not make it; None where they may."""
    if record.number is None:
        handles = [approver.handle for approver in charter.approvers]
        known = record.by in handles
        return None if known else f"{quoted(record.by)} is no approver of the charter ({join_limited(handles)})"
    if record.value.number != record.number:
        return f"only number {record.number} can say it, and it names number {record.value.number}"
    held = snapshot.by_number.get(record.number)
    if held is None or record.number > charter.capacity:
        return f"number {record.number} is held by nobody"
    if held.summary.session_id != record.by:
        return f"number {record.number} is held by {held.summary.session_id or 'nobody'}, not by {quoted(record.by)}"
    return None


def command(kind: RecordKind, holder: ClaimFile | None = None, *, named: bool = True) -> str:
    """The command that makes a record of this kind; `holder` is the claim of the session that runs it.

    A session that has a bound name needs none in its commands: `named` False.
    """
    session = shell_word((holder.summary.session_id if holder else None) or "ID")
    name = f" --session-id {session}" if named else ""
    return {
        "confirmation": f"registry consensus confirm{name} --push",
        "approval": "registry consensus approve",
        "broadcast": f"registry consensus broadcast{name} --branch --push",
        "acknowledgement": f"registry consensus acknowledge{name} --push",
        "activation": "registry consensus activate",
    }[kind]


def repeat_command(record: RecordFile, snapshot: Snapshot) -> str:
    """The command that makes a record again for the current registry."""
    holder = None if record.number is None else snapshot.by_number.get(record.number)
    return command(record.kind, holder)


def short(digest: str) -> str:
    """The first twelve digits of a digest, for people to compare."""
    return digest[: len("sha256:") + 12] + "…"


def _why_void(record: RecordFile, snapshot: Snapshot, charter: shapes.Charter, today: str) -> str | None:
    if is_stale(record, today):
        return f"it speaks of the registry {short(record.value.registry)}, and today's is {short(today)}"
    return why_foreign(record, snapshot, charter)


def _standing(parsed: Parsed[Any], snapshot: Snapshot, charter: shapes.Charter, today: str) -> RecordState:
    record = record_of(parsed, charter)
    if record is None:
        return RecordState(parsed.path, KINDS[parsed.shape], None, None, "it cannot be read", "registry audit")
    void = _why_void(record, snapshot, charter, today)
    return RecordState(parsed.path, record.kind, record.number, record.by, void, repeat_command(record, snapshot))
