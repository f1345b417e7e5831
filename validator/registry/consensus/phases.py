"""How far the fleet is on the way to consensus: a pure function of main that nobody keeps and anybody can compute."""

import functools
from collections.abc import Set
from typing import NamedTuple, get_args

from validator.model import shapes
from validator.model.layout import ACTIVATION, APPROVAL, BROADCAST, CONFIRMATION
from validator.model.phrases import quoted, ranges, some
from validator.registry.conflicts import Conflict, conflicts
from validator.registry.consensus.criteria import Criterion, CriterionName, Phase, acknowledged
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.next_steps import Move, next_moves
from validator.registry.overlaps import Clash, clashes
from validator.registry.parsing import ClaimFile
from validator.registry.records import RecordKind, Standing, counting, standings, why_void
from validator.registry.snapshot import Snapshot

PHASES: tuple[Phase, ...] = get_args(Phase)
# The phase that has to be reached before a record of a kind may be said.
NEEDED: dict[RecordKind, Phase] = {
    "confirmation": "registered",
    "approval": "confirmed",
    "broadcast": "approved",
    "acknowledgement": "broadcast",
    "activation": "acknowledged",
}


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


@functools.lru_cache(maxsize=2)
def phase_of(snapshot: Snapshot) -> Phase:
    """The phase of a registry; one without a readable charter is registering."""
    return assess(snapshot, snapshot.charter).phase if snapshot.charter else "registering"


def assess(snapshot: Snapshot, charter: shapes.Charter, proposed: Set[int] = frozenset()) -> Consensus:
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
        tuple(next_moves(snapshot, charter, phase, criteria, against, proposed)),
    )


def reached(phase: Phase, needed: Phase) -> bool:
    """Whether a phase is the needed one or a later one."""
    return PHASES.index(phase) >= PHASES.index(needed)


def _is_registered(claim: ClaimFile, charter: shapes.Charter) -> bool:
    value = claim.claim
    fits = value is not None and value.number == claim.number and claim.number <= charter.capacity
    return fits and claim.draft.status == "REGISTERED"


def _all_registered(snapshot: Snapshot, registered: list[ClaimFile], charter: shapes.Charter) -> Criterion:
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


def _confirmed(snapshot: Snapshot, charter: shapes.Charter, today: str, against: tuple[Conflict, ...]) -> Criterion:
    record = counting(snapshot, charter, CONFIRMATION, today)
    if record is None:
        return Criterion("orchestrator-confirmed", False, _missing(snapshot, charter, CONFIRMATION, today))
    evidence = f"by {record.session_id}"
    if against:
        evidence += f", and yet {against[0].message}"
    return Criterion("orchestrator-confirmed", not against, evidence)


def _approved(snapshot: Snapshot, charter: shapes.Charter, today: str) -> Criterion:
    record = counting(snapshot, charter, APPROVAL, today)
    evidence = f"by {record.approved_by}" if record else _missing(snapshot, charter, APPROVAL, today)
    return Criterion("human-approved", record is not None, evidence)


def _missing(snapshot: Snapshot, charter: shapes.Charter, path: str, today: str) -> str:
    noun = {CONFIRMATION: "confirmation", APPROVAL: "approval"}[path]
    parsed = snapshot.records.get(path)
    return f"the {noun} is void: {why_void(parsed, snapshot, charter, today)}" if parsed else f"no {noun}"


def _phase(snapshot: Snapshot, charter: shapes.Charter, today: str, met: list[bool]) -> Phase:
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
    charter: shapes.Charter,
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
