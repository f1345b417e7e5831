"""The six conditions of consensus, each with its evidence, and who has acknowledged."""

from typing import Literal, NamedTuple

from validator.model import shapes
from validator.model.layout import APPROVAL, CONFIRMATION, form_of
from validator.model.phrases import counted, join_limited, quoted, ranges
from validator.registry.conflicts import Conflict
from validator.registry.overlaps import Clash
from validator.registry.parsing import ClaimFile
from validator.registry.records import counting, why_void
from validator.registry.snapshot import Snapshot

Phase = Literal["registering", "registered", "confirmed", "approved", "broadcast", "acknowledged", "active"]
CriterionName = Literal[
    "all-registered",
    "numbers-unique",
    "roles-distinct",
    "goals-measurable",
    "orchestrator-confirmed",
    "human-approved",
]

# What two claims must not share for a criterion to be met; the noun and the note of its evidence.
_KINDS: dict[CriterionName, tuple[tuple[str, ...], str, str]] = {
    "numbers-unique": (("session_id", "runtime_id"), "number", "each held by a session of its own"),
    "roles-distinct": (("role",), "role", "no two alike"),
}


class Criterion(NamedTuple):
    """One of the six conditions of consensus (seed, *Consensus Validation*), with its evidence."""

    name: CriterionName
    met: bool
    evidence: str


def criteria_of(
    snapshot: Snapshot,
    charter: shapes.Charter,
    today: str,
    registered: list[ClaimFile],
    shared: tuple[Clash, ...],
    against: tuple[Conflict, ...],
) -> tuple[Criterion, ...]:
    """The six conditions, in the seed's order; `today` is the digest that records have to name."""
    return (
        _all_registered(snapshot, registered, charter),
        _unshared(snapshot, charter, shared, "numbers-unique"),
        _unshared(snapshot, charter, shared, "roles-distinct"),
        _held(snapshot, charter, "goals-measurable", "goal", "each with targets"),
        _confirmed(snapshot, charter, today, against),
        _approved(snapshot, charter, today),
    )


def is_registered(claim: ClaimFile, charter: shapes.Charter) -> bool:
    """Whether a claim is valid, says REGISTERED, and holds a number of this fleet."""
    fits = claim.summary.status == "REGISTERED" and claim.number <= charter.capacity and claim.summary.valid
    return fits and claim.own_number == claim.number


def violations(found: tuple[Clash, ...], name: CriterionName) -> list[Clash]:
    """Of all clashes, those that keep a criterion from being met."""
    kinds, _, _ = _KINDS[name]
    return [clash for clash in found if clash.kind in kinds]


def acknowledged(snapshot: Snapshot, charter: shapes.Charter, today: str) -> frozenset[int]:
    """The numbers whose holders have acknowledged the registry with this digest."""
    numbers = {path: number for path in snapshot.records if (number := (form_of(path) or (None, None))[1]) is not None}
    return frozenset(
        number
        for path, number in numbers.items()
        if number in snapshot.by_number and counting(snapshot, charter, path, today)
    )


def _all_registered(snapshot: Snapshot, registered: list[ClaimFile], charter: shapes.Charter) -> Criterion:
    ready = {claim.path for claim in registered}
    waiting = sorted(claim.number for claim in snapshot.claims.values() if claim.path not in ready)
    evidence = f"{len(registered)} of {charter.capacity}" + (f"; not ready: {ranges(waiting)}" if waiting else "")
    return Criterion("all-registered", len(registered) == charter.capacity, evidence)


def _unshared(snapshot: Snapshot, charter: shapes.Charter, found: tuple[Clash, ...], name: CriterionName) -> Criterion:
    _, noun, fine = _KINDS[name]
    if shared := violations(found, name):
        evidence = join_limited(f"{quoted(c.shared)} under {c.first.number} and {c.second.number}" for c in shared)
        return Criterion(name, False, evidence)
    return _held(snapshot, charter, name, noun, fine)


def _held(snapshot: Snapshot, charter: shapes.Charter, name: CriterionName, noun: str, fine: str) -> Criterion:
    broken = sorted(claim.number for claim in snapshot.claims.values() if not claim.summary.valid)
    if broken:
        return Criterion(name, False, f"unreadable claims: {ranges(broken)}")
    count = len(snapshot.claims)
    so_far = f", so far ({count} of {charter.capacity})" if count < charter.capacity else ""
    return Criterion(name, count > 0, f"{counted(count, noun)}, {fine}{so_far}" if count else "no claim yet")


def _confirmed(snapshot: Snapshot, charter: shapes.Charter, today: str, against: tuple[Conflict, ...]) -> Criterion:
    record = counting(snapshot, charter, CONFIRMATION, today)
    if record is None:
        why = _missing(snapshot, charter, CONFIRMATION, today)
        why += f"; in its way: {against[0].message}" if against else ""
        return Criterion("orchestrator-confirmed", False, why)
    evidence = f"by {record.session_id}"
    if against:
        evidence += f", but {against[0].message}"
    return Criterion("orchestrator-confirmed", not against, evidence)


def _approved(snapshot: Snapshot, charter: shapes.Charter, today: str) -> Criterion:
    record = counting(snapshot, charter, APPROVAL, today)
    evidence = f"by {record.approved_by}" if record else _missing(snapshot, charter, APPROVAL, today)
    return Criterion("human-approved", record is not None, evidence)


def _missing(snapshot: Snapshot, charter: shapes.Charter, path: str, today: str) -> str:
    noun = {CONFIRMATION: "confirmation", APPROVAL: "approval"}[path]
    parsed = snapshot.records.get(path)
    return f"the {noun} no longer counts: {why_void(parsed, snapshot, charter, today)}" if parsed else f"no {noun}"
