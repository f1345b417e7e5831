"""The registry as one JSON document, for the orchestrator, and each number's slot in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from validator.model import definition, shapes
from validator.model.escape import well_formed_or_none
from validator.model.phrases import rfc3339
from validator.operations.claim_key import ClaimKey, claim_keys_on_main
from validator.operations.narrow import Narrow
from validator.registry.consensus.criteria import acknowledged
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import active_week
from validator.registry.history import Registration
from validator.registry.parsing import ClaimFile, Summary
from validator.registry.proposals import proposed_numbers
from validator.registry.reader import Reader, charter_of, reader_at
from validator.registry.snapshot import Snapshot
from validator.report.documents import ExportDocument, SlotEntry, SlotState, as_json, export_text

_SAID = set(SlotEntry.model_fields)  # of a number that is held


def registry_at(repo: Path, ref: str | None) -> ExportDocument:
    """The same as a typed document. Raises FatalError where the charter cannot be read."""
    return document_at(*reader_at(repo, ref))


def document_at(reader: Reader, commit: str) -> ExportDocument:
    """The same of a commit that a reader has at hand."""
    snapshot = Narrow(reader).whole(commit)
    claims = (file.claim for file in snapshot.claims.values() if file.claim)
    documents = tuple(definition.Claim.model_validate(_fields(claim)) for claim in claims)
    return without_claims(reader, commit, snapshot).model_copy(update={"claims": documents})


def text_at(reader: Reader, commit: str, narrow: Narrow | None = None) -> str:
    """The same document as JSON; what a large registry prints of its claims is kept for the next time."""
    narrow = narrow or Narrow(reader)
    index, snapshot = narrow.index(commit), narrow.whole(commit)
    if index is None:
        return as_json(document_at(reader, commit))
    from validator.operations.claim_texts import texts_of  # most registries are small

    return export_text(without_claims(reader, commit, snapshot), texts_of(reader, snapshot, index))


def without_claims(
    reader: Reader, commit: str, snapshot: Snapshot, slots: tuple[SlotEntry, ...] | None = None
) -> ExportDocument:
    """The same document, but for its claims; `slots` where they are known. Raises FatalError without a charter."""
    charter, digest = charter_of(snapshot), registry_digest(snapshot)
    if slots is None:
        slots = tuple(slots_of(snapshot, charter, digest, proposed_numbers(reader.repo, commit)))
    return ExportDocument(
        commit=commit,
        week=active_week(snapshot),
        digest=digest,
        charter=definition.Charter.model_validate(_fields(charter)),
        slots=slots,
        claims=(),
    )


def _fields(value: shapes.Shape) -> dict[str, Any]:
    """The fields that a file has, for a model of a document."""
    return value.model_dump(exclude_unset=True)


def slots_of(snapshot: Snapshot, charter: shapes.Charter, digest: str, proposed: frozenset[int]) -> Iterator[SlotEntry]:
    """Every number of the charter in order; `proposed` are the numbers with a proposal that is not on main."""
    standing = snapshot.past(list(snapshot.claims))
    ready, keys = acknowledged(snapshot, charter, digest), claim_keys_on_main(snapshot, snapshot.claims.values())
    for number in range(1, charter.capacity + 1):
        claim = snapshot.by_number.get(number)
        if claim is None:
            state: SlotState = "proposed" if number in proposed else "open"
            yield SlotEntry(
                number=number, state=state, session_id=None, role=None, goal=None, registered_at=None, commit=None
            )
        else:
            yield _held(number, claim, standing.get(claim.path), keys[claim.path], acknowledged=number in ready)


def slot_of(snapshot: Snapshot, charter: shapes.Charter, digest: str, claim: ClaimFile) -> SlotEntry:
    """The slot of one claim."""
    ready = claim.number in acknowledged(snapshot, charter, digest)
    arrival, key = snapshot.past([claim.path]).get(claim.path), claim_keys_on_main(snapshot, [claim])[claim.path]
    return _held(claim.number, claim, arrival, key, acknowledged=ready)


def _held(
    number: int, claim: ClaimFile, arrival: Registration | None, claim_key: ClaimKey, *, acknowledged: bool
) -> SlotEntry:
    said = claim.summary
    fields = {
        "number": number,
        "state": "acknowledged" if acknowledged else _state(said),
        "session_id": well_formed_or_none(said.session_id),
        "role": well_formed_or_none(said.role),
        "goal": well_formed_or_none(said.goal),
        "registered_at": rfc3339(arrival.time) if arrival else None,
        "commit": arrival.commit if arrival else None,
        "fingerprint": claim_key.fingerprint,
        "key_state": claim_key.state,
    }
    slot = SlotEntry.model_validate(fields)  # three times as fast as its constructor, of which a fleet has thousands
    # Each would hold the names of its fields, which all have: half of the memory that slots take.
    object.__setattr__(slot, "__pydantic_fields_set__", _SAID)
    return slot


def _state(said: Summary) -> SlotState:
    if not said.valid:
        return "unreadable"
    return "registered" if said.status == "REGISTERED" else "pending"
