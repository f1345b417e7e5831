"""What every verb that reads main tells of a number: its state, its session, since when."""

from collections.abc import Iterator

from validator import model
from validator.consensus import acknowledged
from validator.escaping import well_formed
from validator.history import Registration, rfc3339
from validator.output import SlotEntry, SlotState
from validator.snapshot import ClaimFile, Snapshot


def slots_of(snapshot: Snapshot, charter: model.Charter, digest: str, proposed: frozenset[int]) -> Iterator[SlotEntry]:
    """Every number of the charter in order; `proposed` are the numbers with a proposal that is not on main."""
    standing = snapshot.past(list(snapshot.claims))
    ready = acknowledged(snapshot, charter, digest)
    for number in range(1, charter.capacity + 1):
        claim = snapshot.by_number.get(number)
        if claim is None:
            state: SlotState = "proposed" if number in proposed else "open"
            yield SlotEntry(
                number=number, state=state, session_id=None, role=None, goal=None, registered_at=None, commit=None
            )
        else:
            yield _held(number, claim, standing.get(claim.path), acknowledged=number in ready)


def _held(number: int, claim: ClaimFile, arrival: Registration | None, *, acknowledged: bool) -> SlotEntry:
    return SlotEntry(
        number=number,
        state="acknowledged" if acknowledged else _state(claim),
        session_id=_text(claim.draft.session_id),
        role=_text(claim.draft.role),
        goal=_text(claim.draft.goal),
        registered_at=rfc3339(arrival.time) if arrival else None,
        commit=arrival.commit if arrival else None,
    )


def _state(claim: ClaimFile) -> SlotState:
    if claim.claim is None:
        return "unreadable"
    return "registered" if claim.claim.status == "REGISTERED" else "pending"


def _text(text: str | None) -> str | None:
    return None if text is None else well_formed(text)
