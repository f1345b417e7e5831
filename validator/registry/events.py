"""The events between two commits of main."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from validator.model import shapes
from validator.registry.conflicts import conflicts
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import PHASES, active_week, phase_of
from validator.registry.consensus.week import with_days
from validator.registry.parsing import ClaimFile
from validator.registry.records import RecordState, record_states
from validator.registry.snapshot import Snapshot

NewsKind = Literal[
    "proposed",
    "charter-changed",
    "registered",
    "amended",
    "taken-over",
    "released",
    "conflict",
    "confirmed",
    "approved",
    "broadcast",
    "acknowledged",
    "active",
    "voided",
    "rewritten",
]
# The event for each phase. Registrations and acknowledgements have an event each.
_REACHED: Mapping[Phase, tuple[NewsKind, str]] = {
    "confirmed": ("confirmed", "the orchestrator has confirmed that nothing conflicts"),
    "approved": ("approved", "a human has approved the registry: there is consensus"),
    "broadcast": ("broadcast", "the registry has reached every session"),
}


class News(NamedTuple):
    """One event. `subject` distinguishes it from others of its kind in the same commit."""

    event: NewsKind
    subject: str
    number: int | None
    session_id: str | None
    message: str


def news(before: Snapshot, after: Snapshot) -> Iterator[News]:
    """The events of a step of main: charter, claims by number, conflicts, records, phases that are reached."""
    yield from _charter(before, after)
    numbers = sorted({*before.by_number, *after.by_number})
    for number in numbers:
        yield from _claim(number, before.by_number.get(number), after.by_number.get(number), before, after)
    yield from _conflicts(before, after)
    yield from _records(before, after)
    if not (before.records or after.records):
        return  # nothing is confirmed, nor was it
    reached = PHASES[PHASES.index(phase_of(before)) + 1 : PHASES.index(phase_of(after)) + 1]
    for phase in reached:
        if phase in _REACHED:
            event, message = _REACHED[phase]
            yield News(event, "", None, None, message)
    week = active_week(after)
    if week and week != active_week(before):
        yield News("active", "", None, None, f"the fleet is activated for week {with_days(week)}")


def _charter(before: Snapshot, after: Snapshot) -> Iterator[News]:
    if before.charter and after.charter and (fields := _changed(before.charter, after.charter)):
        yield News("charter-changed", "", None, None, f"the charter has changed: {', '.join(fields)}")


def _changed(old: shapes.Charter, new: shapes.Charter) -> list[str]:
    return [name for name in type(new).model_fields if getattr(old, name) != getattr(new, name)]


def _claim(
    number: int, old: ClaimFile | None, new: ClaimFile | None, before: Snapshot, after: Snapshot
) -> Iterator[News]:
    was, now = (claim.draft.session_id if claim else None for claim in (old, new))
    if old and not new:
        yield News("released", str(number), number, was, f"number {number} is given back by {was}")
    elif new and not old:
        yield News("registered", str(number), number, now, f"number {number} is registered by {now}")
    elif new and after.is_new(new, before) and was != now:
        yield News("taken-over", str(number), number, now, f"number {number} went from {was} to {now}")
    elif new and after.is_new(new, before):
        yield News("amended", str(number), number, now, f"{now} has amended the claim of number {number}")


def _conflicts(before: Snapshot, after: Snapshot) -> Iterator[News]:
    known = {(one.kind, one.numbers) for one in conflicts(before, before.charter)} if before.charter else set()
    for one in conflicts(after, after.charter) if after.charter else ():
        if (one.kind, one.numbers) not in known:
            subject = f"{one.kind} {'-'.join(map(str, one.numbers))}"
            yield News("conflict", subject, one.numbers[-1], None, f"{one.message}; {one.help}")


def _records(before: Snapshot, after: Snapshot) -> Iterator[News]:
    counted, counts = _counting(before), _counting(after)
    standing = {record.path: record for record in _standings(after)}
    for path, record in counted.items():
        if path not in counts:
            void = standing[path].void if path in standing else "it was taken out"
            message = (
                f"the {record.kind} by {record.by} no longer counts: {void}; what to do now: registry consensus status"
            )
            yield News("voided", path, record.number, record.by, message)
    for path, record in counts.items():
        if path not in counted and record.kind == "acknowledgement":
            message = f"{record.by} has acknowledged number {record.number}"
            yield News("acknowledged", path, record.number, record.by, message)


def _counting(snapshot: Snapshot) -> Mapping[str, RecordState]:
    return {record.path: record for record in _standings(snapshot) if record.void is None}


def _standings(snapshot: Snapshot) -> tuple[RecordState, ...]:
    if snapshot.charter is None or not snapshot.records:
        return ()
    return record_states(snapshot, snapshot.charter, registry_digest(snapshot))
