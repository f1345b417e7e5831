"""How far the fleet is on the way to consensus: a pure function of main that nobody keeps and anybody can compute."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from validator import model
from validator.clash import clashes
from validator.phrases import quoted, ranges, some
from validator.snapshot import ACKNOWLEDGEMENTS, CHARTER, ClaimFile, Snapshot, claim_path

CONFIRMATION = "registry/consensus/confirmation.yaml"
APPROVAL = "registry/consensus/approval.yaml"
BROADCAST = "registry/consensus/broadcast.yaml"
ACTIVATION = "registry/consensus/activation.yaml"


class Criterion(NamedTuple):
    """One of the six conditions of consensus (seed, *Consensus Validation*), with what it was decided by."""

    name: "CriterionName"
    met: bool
    evidence: str


Phase = Literal["registering", "registered", "confirmed", "approved", "broadcast", "acknowledged", "active"]
CriterionName = Literal[
    "all-registered",
    "numbers-unique",
    "roles-distinct",
    "goals-measurable",
    "orchestrator-confirmed",
    "human-approved",
]


class Consensus(NamedTuple):
    """Where the fleet stands. `registered` counts valid claims with status REGISTERED."""

    phase: Phase
    digest: str
    registered: int
    criteria: tuple[Criterion, ...]
    next_action: str


def digest(claims: Iterable[model.Claim]) -> str:
    """`sha256:<hex>` over the canonical JSON (RFC 8785) of the claims in the order of their numbers.

    Comments, layout, the order of fields and fields left empty make no difference.
    """
    import rfc8785

    rows = [
        claim.model_dump(mode="json", exclude_none=True) for claim in sorted(claims, key=lambda claim: claim.number)
    ]
    return f"sha256:{hashlib.sha256(rfc8785.dumps(rows)).hexdigest()}"


def registry_digest(snapshot: Snapshot) -> str:
    """The digest of all registered claims of a snapshot; broken files are no claims."""
    return digest(claim.claim for _, claim in sorted(snapshot.claims.items()) if claim.claim)


def assess(snapshot: Snapshot, charter: model.Charter) -> Consensus:
    """Phase, criteria and next action of the registry at a commit."""
    today = registry_digest(snapshot)
    registered = [claim for claim in snapshot.claims.values() if _is_registered(claim, charter)]
    criteria = (
        _all_registered(snapshot, registered, charter),
        _unshared(
            snapshot, "numbers-unique", ("session_id", "runtime_id"), "number", "each held by a session of its own"
        ),
        _unshared(snapshot, "roles-distinct", ("role",), "role", "no two alike"),
        _goals_measurable(snapshot),
        _confirmed(snapshot, charter, today),
        _approved(snapshot, charter, today),
    )
    phase = _phase(snapshot, charter, today, [criterion.met for criterion in criteria])
    return Consensus(phase, today, len(registered), criteria, _next_action(snapshot, charter, phase, criteria))


def acknowledged(snapshot: Snapshot, charter: model.Charter, today: str) -> frozenset[int]:
    """The numbers whose holders have acknowledged the registry with this digest."""
    return frozenset(
        number
        for number, claim in snapshot.by_number.items()
        if (record := _record(snapshot, _acknowledgement_path(number, charter), today))
        and (record.number, record.session_id) == (number, claim.draft.session_id)
    )


def _is_registered(claim: ClaimFile, charter: model.Charter) -> bool:
    value = claim.claim
    fits = value is not None and value.number == claim.number and claim.number <= charter.capacity
    return fits and claim.draft.status == "REGISTERED"


def _all_registered(snapshot: Snapshot, registered: list[ClaimFile], charter: model.Charter) -> Criterion:
    waiting = sorted(claim.number for claim in snapshot.claims.values() if not _is_registered(claim, charter))
    evidence = f"{len(registered)} of {charter.capacity}" + (f"; not ready: {ranges(waiting)}" if waiting else "")
    return Criterion("all-registered", len(registered) == charter.capacity, evidence)


def _unshared(snapshot: Snapshot, name: CriterionName, kinds: tuple[str, ...], noun: str, fine: str) -> Criterion:
    shared = [clash for clash in clashes(snapshot, snapshot) if clash.kind in kinds]
    if shared:
        told = some(f"{quoted(c.shared)} under {c.first.number} and {c.second.number}" for c in shared)
        return Criterion(name, False, told)
    return _held(snapshot, name, noun, fine)


def _goals_measurable(snapshot: Snapshot) -> Criterion:
    return _held(snapshot, "goals-measurable", "goal", "each with targets")


def _held(snapshot: Snapshot, name: CriterionName, noun: str, fine: str) -> Criterion:
    broken = sorted(claim.number for claim in snapshot.claims.values() if claim.claim is None)
    if broken:
        return Criterion(name, False, f"unreadable claims: {ranges(broken)}")
    count = len(snapshot.claims)
    return Criterion(name, count > 0, f"{count} {noun}{'' if count == 1 else 's'}, {fine}" if count else "no claim yet")


def _confirmed(snapshot: Snapshot, charter: model.Charter, today: str) -> Criterion:
    record = _record(snapshot, CONFIRMATION, today)
    by_orchestrator = record is not None and _is_orchestrator(snapshot, charter, record)
    evidence = f"by {record.session_id}" if by_orchestrator else _void(snapshot, CONFIRMATION, "confirmation")
    return Criterion("orchestrator-confirmed", by_orchestrator, evidence)


def _approved(snapshot: Snapshot, charter: model.Charter, today: str) -> Criterion:
    record = _record(snapshot, APPROVAL, today)
    by_approver = record is not None and record.approved_by in {approver.handle for approver in charter.approvers}
    evidence = f"by {record.approved_by}" if by_approver else _void(snapshot, APPROVAL, "approval")
    return Criterion("human-approved", by_approver, evidence)


def _is_orchestrator(snapshot: Snapshot, charter: model.Charter, record: Any) -> bool:
    holder = snapshot.by_number.get(charter.orchestrator)
    named = (record.number, record.session_id)
    return holder is not None and named == (charter.orchestrator, holder.draft.session_id)


def _record(snapshot: Snapshot, path: str, today: str) -> Any:
    """A record that speaks of today's registry, or None."""
    parsed = snapshot.records.get(path)
    return parsed.value if parsed and parsed.value and parsed.value.registry == today else None


def _void(snapshot: Snapshot, path: str, noun: str) -> str:
    return (
        f"the {noun} is void: it speaks of another registry or in another's name"
        if path in snapshot.records
        else f"no {noun}"
    )


def _phase(snapshot: Snapshot, charter: model.Charter, today: str, met: list[bool]) -> Phase:
    """The furthest phase that is reached without a gap before it."""
    everyone = set(range(1, charter.capacity + 1))
    broadcast, activation = _record(snapshot, BROADCAST, today), _record(snapshot, ACTIVATION, today)
    ladder: tuple[tuple[Phase, bool], ...] = (
        ("registered", all(met[:4])),
        ("confirmed", met[4]),
        ("approved", met[5]),
        (
            "broadcast",
            bool(broadcast) and _is_orchestrator(snapshot, charter, broadcast) and everyone <= {*broadcast.delivered},
        ),
        ("acknowledged", everyone <= acknowledged(snapshot, charter, today)),
        ("active", bool(activation) and activation.approved_by in {a.handle for a in charter.approvers}),
    )
    phase: Phase = "registering"
    for name, reached in ladder:
        if not reached:
            break
        phase = name
    return phase


def _next_action(snapshot: Snapshot, charter: model.Charter, phase: Phase, criteria: tuple[Criterion, ...]) -> str:
    orchestrator = snapshot.by_number.get(charter.orchestrator)
    who = f"number {charter.orchestrator}" + (f" ({orchestrator.draft.session_id})" if orchestrator else "")
    humans = some(approver.handle for approver in charter.approvers)
    return {
        "registering": " and ".join(_to_register(snapshot, charter, criteria)),
        "registered": f"{who} proposes {CONFIRMATION} with today's digest",
        "confirmed": f"{humans} reviews the registry and merges {APPROVAL}",
        "approved": f"{who} broadcasts the registry and proposes {BROADCAST}",
        "broadcast": f"each session proposes its file under {ACKNOWLEDGEMENTS}/",
        "acknowledged": f"{humans} merges {ACTIVATION}",
        "active": "nothing: the fleet is active",
    }[phase]


def _to_register(snapshot: Snapshot, charter: model.Charter, criteria: tuple[Criterion, ...]) -> Iterator[str]:
    free = snapshot.free_numbers()
    if free:
        example = claim_path(free[0], charter.capacity)
        yield f"sessions claim the free numbers {ranges(free)}, each by proposing a file such as {example}"
    pending = sorted(c.number for c in snapshot.claims.values() if c.claim and c.draft.status == "PENDING")
    if pending:
        yield f"the sessions of {ranges(pending)} commit with status: REGISTERED"
    if (not all(criterion.met for criterion in criteria[1:4]) and snapshot.claims) or not (free or pending):
        yield f"what is wrong on main is mended: registry audit (charter: {CHARTER})"


def _acknowledgement_path(number: int, charter: model.Charter) -> str:
    return claim_path(number, charter.capacity).replace("registry/sessions", ACKNOWLEDGEMENTS)
