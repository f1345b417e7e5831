"""How far the fleet is on the way to consensus: a pure function of main that nobody keeps and anybody can compute."""

import functools
import hashlib
from collections.abc import Iterable, Iterator, Set
from typing import Literal, NamedTuple, get_args

from validator import model
from validator.clash import Clash, clashes
from validator.conflicts import Conflict, conflicts
from validator.phrases import quoted, ranges, some
from validator.records import (
    ACTIVATION,
    APPROVAL,
    BROADCAST,
    CONFIRMATION,
    RecordKind,
    Standing,
    acknowledgement_path,
    command,
    counting,
    standings,
    why_void,
)
from validator.snapshot import ClaimFile, Snapshot

Phase = Literal["registering", "registered", "confirmed", "approved", "broadcast", "acknowledged", "active"]
CriterionName = Literal[
    "all-registered",
    "numbers-unique",
    "roles-distinct",
    "goals-measurable",
    "orchestrator-confirmed",
    "human-approved",
]
PHASES: tuple[Phase, ...] = get_args(Phase)
# The phase that has to be reached before a record of a kind may be said.
NEEDED: dict[RecordKind, Phase] = {
    "confirmation": "registered",
    "approval": "confirmed",
    "broadcast": "approved",
    "acknowledgement": "broadcast",
    "activation": "acknowledged",
}


class Criterion(NamedTuple):
    """One of the six conditions of consensus (seed, *Consensus Validation*), with what it was decided by."""

    name: CriterionName
    met: bool
    evidence: str


class Metrics(NamedTuple):
    """The counts of the seed's *Consensus Metrics*.

    `alignment` is the share of the fleet, in whole percent rounded down, that is registered and in conflict with
    nothing; 100 is needed, and not enough, for consensus.
    """

    unique_numbers: int
    distinct_roles: int
    measurable_goals: int
    alignment: int
    acknowledged: int


class Move(NamedTuple):
    """Whose turn it is, for what, and the command for it where one says it all (else None)."""

    who: str
    action: str
    command: str | None


class Consensus(NamedTuple):
    """Where the fleet stands. `registered` counts valid claims with status REGISTERED; `records` are by path."""

    phase: Phase
    digest: str
    registered: int
    criteria: tuple[Criterion, ...]
    metrics: Metrics
    records: tuple[Standing, ...]
    conflicts: tuple[Conflict, ...]
    moves: tuple[Move, ...]

    @property
    def next_action(self) -> str:
        """The moves in a sentence."""
        return "; ".join(f"{m.who} {m.action}" + (f": {m.command}" if m.command else "") for m in self.moves)

    @property
    def void(self) -> tuple[Standing, ...]:
        """The records that count for nothing: what they say has to be said again."""
        return tuple(record for record in self.records if record.void)


def digest(claims: Iterable[model.Claim]) -> str:
    """`sha256:<hex>` over the canonical JSON (RFC 8785) of the claims in the order of their numbers.

    Comments, layout, the order of fields and fields left empty make no difference.
    """
    import rfc8785

    rows = [
        claim.model_dump(mode="json", exclude_none=True) for claim in sorted(claims, key=lambda claim: claim.number)
    ]
    return f"sha256:{hashlib.sha256(rfc8785.dumps(rows)).hexdigest()}"


@functools.lru_cache(maxsize=2)  # the rules on a change ask for its head and its base, one after the other
def registry_digest(snapshot: Snapshot) -> str:
    """The digest of all registered claims of a snapshot; broken files are no claims."""
    return digest(claim.claim for _, claim in sorted(snapshot.claims.items()) if claim.claim)


@functools.lru_cache(maxsize=2)
def phase_of(snapshot: Snapshot) -> Phase:
    """The phase of a registry; one without a readable charter is registering."""
    return assess(snapshot, snapshot.charter).phase if snapshot.charter else "registering"


def assess(snapshot: Snapshot, charter: model.Charter, proposed: Set[int] = frozenset()) -> Consensus:
    """Phase, criteria, metrics and next moves of the registry at a commit.

    `proposed` are the numbers with an open proposal: nobody is told to claim one of them.
    """
    today = registry_digest(snapshot)
    registered = [claim for claim in snapshot.claims.values() if _is_registered(claim, charter)]
    shared, against = clashes(snapshot, snapshot), conflicts(snapshot, charter)
    criteria = (
        _all_registered(snapshot, registered, charter),
        _unshared(snapshot, shared, "numbers-unique"),
        _unshared(snapshot, shared, "roles-distinct"),
        _held(snapshot, "goals-measurable", "goal", "each with targets"),
        _confirmed(snapshot, charter, today, against),
        _approved(snapshot, charter, today),
    )
    phase = _phase(snapshot, charter, today, [criterion.met for criterion in criteria])
    return Consensus(
        phase,
        today,
        len(registered),
        criteria,
        _metrics(snapshot, charter, registered, shared, against),
        standings(snapshot, charter, today),
        against,
        tuple(_moves(snapshot, charter, phase, criteria, against, proposed)),
    )


def reached(phase: Phase, needed: Phase) -> bool:
    """Whether a phase is the needed one or a later one."""
    return PHASES.index(phase) >= PHASES.index(needed)


def acknowledged(snapshot: Snapshot, charter: model.Charter, today: str) -> frozenset[int]:
    """The numbers whose holders have acknowledged the registry with this digest."""
    paths = {number: acknowledgement_path(number, charter) for number in snapshot.by_number}
    return frozenset(
        number
        for number, path in paths.items()
        if path in snapshot.records and counting(snapshot, charter, path, today)
    )


def _is_registered(claim: ClaimFile, charter: model.Charter) -> bool:
    value = claim.claim
    fits = value is not None and value.number == claim.number and claim.number <= charter.capacity
    return fits and claim.draft.status == "REGISTERED"


def _all_registered(snapshot: Snapshot, registered: list[ClaimFile], charter: model.Charter) -> Criterion:
    ready = {claim.path for claim in registered}
    waiting = sorted(claim.number for claim in snapshot.claims.values() if claim.path not in ready)
    evidence = f"{len(registered)} of {charter.capacity}" + (f"; not ready: {ranges(waiting)}" if waiting else "")
    return Criterion("all-registered", len(registered) == charter.capacity, evidence)


# What a claim must not share with another for a criterion to be met, and how it is told.
_KINDS: dict[CriterionName, tuple[tuple[str, ...], str, str]] = {
    "numbers-unique": (("session_id", "runtime_id"), "number", "each held by a session of its own"),
    "roles-distinct": (("role",), "role", "no two alike"),
}


def _unshared(snapshot: Snapshot, found: tuple[Clash, ...], name: CriterionName) -> Criterion:
    kinds, noun, fine = _KINDS[name]
    shared = [clash for clash in found if clash.kind in kinds]
    if shared:
        told = some(f"{quoted(c.shared)} under {c.first.number} and {c.second.number}" for c in shared)
        return Criterion(name, False, told)
    return _held(snapshot, name, noun, fine)


def _held(snapshot: Snapshot, name: CriterionName, noun: str, fine: str) -> Criterion:
    broken = sorted(claim.number for claim in snapshot.claims.values() if claim.claim is None)
    if broken:
        return Criterion(name, False, f"unreadable claims: {ranges(broken)}")
    count = len(snapshot.claims)
    return Criterion(name, count > 0, f"{count} {noun}{'' if count == 1 else 's'}, {fine}" if count else "no claim yet")


def _confirmed(snapshot: Snapshot, charter: model.Charter, today: str, against: tuple[Conflict, ...]) -> Criterion:
    record = counting(snapshot, charter, CONFIRMATION, today)
    if record is None:
        return Criterion("orchestrator-confirmed", False, _missing(snapshot, charter, CONFIRMATION, today))
    evidence = f"by {record.session_id}"
    if against:
        evidence += f", and yet {against[0].message}"
    return Criterion("orchestrator-confirmed", not against, evidence)


def _approved(snapshot: Snapshot, charter: model.Charter, today: str) -> Criterion:
    record = counting(snapshot, charter, APPROVAL, today)
    evidence = f"by {record.approved_by}" if record else _missing(snapshot, charter, APPROVAL, today)
    return Criterion("human-approved", record is not None, evidence)


def _missing(snapshot: Snapshot, charter: model.Charter, path: str, today: str) -> str:
    noun = {CONFIRMATION: "confirmation", APPROVAL: "approval"}[path]
    parsed = snapshot.records.get(path)
    return f"the {noun} is void: {why_void(parsed, snapshot, charter, today)}" if parsed else f"no {noun}"


def _phase(snapshot: Snapshot, charter: model.Charter, today: str, met: list[bool]) -> Phase:
    """The furthest phase that is reached without a gap before it."""
    everyone = set(range(1, charter.capacity + 1))
    sent = counting(snapshot, charter, BROADCAST, today)
    steps = (
        all(met[:4]),
        met[4],
        met[5],
        sent is not None and everyone == {*sent.delivered},
        everyone <= acknowledged(snapshot, charter, today),
        counting(snapshot, charter, ACTIVATION, today) is not None,
    )
    return PHASES[(*steps, False).index(False)]


def _metrics(
    snapshot: Snapshot,
    charter: model.Charter,
    registered: list[ClaimFile],
    shared: tuple[Clash, ...],
    against: tuple[Conflict, ...],
) -> Metrics:
    doubled = {
        kind: {clash.second.number for clash in shared if clash.kind in kinds[0]} for kind, kinds in _KINDS.items()
    }
    numbers = {claim.number for claim in registered}
    opposed = {number for conflict in against for number in conflict.numbers}
    return Metrics(
        unique_numbers=len(numbers - doubled["numbers-unique"]),
        distinct_roles=len(numbers - doubled["roles-distinct"]),
        measurable_goals=len(numbers),
        alignment=100 * len(numbers - opposed) // charter.capacity,
        acknowledged=len(acknowledged(snapshot, charter, registry_digest(snapshot))),
    )


def _moves(
    snapshot: Snapshot,
    charter: model.Charter,
    phase: Phase,
    criteria: tuple[Criterion, ...],
    against: tuple[Conflict, ...],
    proposed: Set[int],
) -> Iterator[Move]:
    orchestrator = snapshot.by_number.get(charter.orchestrator)
    who = f"number {charter.orchestrator}" + (f" ({orchestrator.draft.session_id})" if orchestrator else "")
    humans = some(approver.handle for approver in charter.approvers)
    if phase == "registering":
        yield from _to_register(snapshot, criteria, proposed)
    elif phase == "registered" and against:
        yield Move(f"who is in conflict ({len(against)})", "gives way", "registry conflicts")
    elif phase == "registered":
        yield Move(who, "confirms that nothing conflicts", command("confirmation", orchestrator))
    elif phase == "confirmed":
        yield Move(humans, "reviews the registry and approves it", command("approval"))
    elif phase == "approved":
        yield Move(who, "broadcasts the registry", command("broadcast", orchestrator))
    elif phase == "broadcast":
        yield _to_acknowledge(snapshot, charter)
    elif phase == "acknowledged":
        yield Move(humans, "starts the fleet", command("activation"))
    else:
        yield Move("nobody", "has to do anything: the fleet is active", None)


def _to_acknowledge(snapshot: Snapshot, charter: model.Charter) -> Move:
    ready = acknowledged(snapshot, charter, registry_digest(snapshot))
    waiting = [number for number in sorted(snapshot.by_number) if number not in ready]
    only = snapshot.by_number[waiting[0]] if len(waiting) == 1 else None
    return Move(_each(waiting), "acknowledges for itself", command("acknowledgement", only))


def _to_register(snapshot: Snapshot, criteria: tuple[Criterion, ...], proposed: Set[int]) -> Iterator[Move]:
    waiting = [number for number in snapshot.free_numbers() if number in proposed]
    free = [number for number in snapshot.free_numbers() if number not in proposed]
    if free:
        example = f"registry claim {free[0]} --session-id ID --goal GOAL --push"
        which = f"one of the free numbers {ranges(free)}" if len(free) > 1 else f"the free number {free[0]}"
        yield Move("whoever has no number", f"claims {which}", example)
    if waiting:
        yield Move("an approver", f"decides on what is proposed: {ranges(waiting)}", "registry proposals")
    pending = sorted(c.number for c in snapshot.claims.values() if c.claim and c.draft.status == "PENDING")
    if pending:
        yield Move(_each(pending), "amends its claim to status: REGISTERED", None)
    if (not all(criterion.met for criterion in criteria[1:4]) and snapshot.claims) or not (free or waiting or pending):
        yield Move("everybody concerned", "mends what is wrong on main", "registry audit")


def _each(numbers: list[int]) -> str:
    return f"number {numbers[0]}" if len(numbers) == 1 else f"each of {ranges(numbers)}"
