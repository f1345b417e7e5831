"""The phase of the fleet on the way to consensus, computed from main; it is stored nowhere."""

import functools
from collections.abc import Set
from typing import NamedTuple, get_args

from validator.model import shapes
from validator.model.layout import ACTIVATION, BROADCAST
from validator.registry.conflicts import Conflict, conflicts
from validator.registry.consensus.criteria import (
    Criterion,
    CriterionName,
    Phase,
    acknowledged,
    criteria_of,
    is_registered,
    violations,
)
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.next_steps import Move, moves_of_rejected, next_moves
from validator.registry.overlaps import Clash, clashes
from validator.registry.parsing import ClaimFile
from validator.registry.records import RecordKind, RecordState, counting, record_states
from validator.registry.snapshot import Snapshot

PHASES: tuple[Phase, ...] = get_args(Phase)
# The phase that has to be reached before a record of a kind may be made.
NEEDED: dict[RecordKind, Phase] = {
    "confirmation": "registered",
    "approval": "confirmed",
    "broadcast": "approved",
    "acknowledgement": "broadcast",
    "activation": "acknowledged",
}
TOO_EARLY = "comes too early"  # what a record is told whose phase is not reached: no commit on its branch mends that


KINDS: tuple[RecordKind, ...] = tuple(NEEDED)  # in the order of the steps


class Metrics(NamedTuple):
    """The counts of the seed's *Consensus Metrics*.

    `alignment` is the share of the fleet, in whole percent rounded down, that is registered and without conflict.
    Consensus needs 100, and more than that.
    """

    unique_numbers: int
    distinct_roles: int
    measurable_goals: int
    alignment: int
    acknowledged: int


class Consensus(NamedTuple):
    """The state of consensus. `registered` counts valid claims with status REGISTERED; `records` are by path."""

    phase: Phase
    digest: str
    registered: int
    criteria: tuple[Criterion, ...]
    metrics: Metrics
    records: tuple[RecordState, ...]
    conflicts: tuple[Conflict, ...]
    moves: tuple[Move, ...]

    @property
    def next_action(self) -> str:
        """The next moves as one sentence."""
        return "; ".join(f"{m.who} {m.action}" + (f": {m.command}" if m.command else "") for m in self.moves)

    @property
    def void(self) -> tuple[RecordState, ...]:
        """The void records, which have to be made again."""
        return tuple(record for record in self.records if record.void)


@functools.lru_cache(maxsize=2)
def phase_of(snapshot: Snapshot) -> Phase:
    """The phase of a registry; one without a readable charter is registering."""
    return assess(snapshot, snapshot.charter).phase if snapshot.charter else "registering"


def active_week(snapshot: Snapshot) -> str | None:
    """The week that an active fleet works in, as in `2026-W48`; None for a fleet that is not active."""
    if snapshot.charter is None or ACTIVATION not in snapshot.records or phase_of(snapshot) != "active":
        return None
    return str(counting(snapshot, snapshot.charter, ACTIVATION, registry_digest(snapshot)).week)


def assess(
    snapshot: Snapshot,
    charter: shapes.Charter,
    proposed: Set[int] | None = frozenset(),
    waiting: Set[str] = frozenset(),
    me: str | None = None,
    rejected: Set[str] = frozenset(),
    this_week: str | None = None,
    stopping: Set[str] = frozenset(),
) -> Consensus:
    """Phase, criteria, metrics and next moves of the registry at a commit.

    `proposed` are the numbers with an open proposal: the next moves do not name them as free. None: nobody
    has asked for them, and the moves say so.
    `waiting` are the open proposals of records about this registry, and of changes of a fleet with all its numbers: a
    human decides on them next. `me` is the session that reads the moves, where it has said so. `rejected` are the open
    proposals that the gate rejects, where that is known: no approver can decide on them. `this_week` is the week of
    today, where that of an active fleet is over, or that of a stopped one which is not. `stopping` are the
    open proposals that stop an active fleet.
    """
    today = registry_digest(snapshot)
    registered = [claim for claim in snapshot.claims.values() if is_registered(claim, charter)]
    shared, against = clashes(snapshot, snapshot), conflicts(snapshot, charter)
    criteria = criteria_of(snapshot, charter, today, registered, shared, against)
    phase = _phase(snapshot, charter, today, [criterion.met for criterion in criteria])
    return Consensus(
        phase,
        today,
        len(registered),
        criteria,
        _metrics(snapshot, charter, registered, shared, against),
        _in_steps(record_states(snapshot, charter, today), phase),
        against,
        (
            *next_moves(
                snapshot, charter, phase, criteria, against, proposed, waiting, me, rejected, this_week, stopping
            ),
            *moves_of_rejected(rejected),
        ),
    )


def _in_steps(records: tuple[RecordState, ...], phase: Phase) -> tuple[RecordState, ...]:
    """Records in the order of the steps, each with the command that makes it again only where that works now."""
    ordered = sorted(records, key=lambda one: (KINDS.index(one.kind), one.path))
    return tuple(one if one.by is None or _is_due(one, phase) else one._replace(again=None) for one in ordered)


def _is_due(record: RecordState, phase: Phase) -> bool:
    return record.void is not None and NEEDED[record.kind] == phase


def reached(phase: Phase, needed: Phase) -> bool:
    """Whether a phase is the needed one or a later one."""
    return PHASES.index(phase) >= PHASES.index(needed)


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
    numbers = {claim.number for claim in registered}
    opposed = {number for conflict in against for number in conflict.numbers}
    return Metrics(
        unique_numbers=len(numbers - _doubled(shared, "numbers-unique")),
        distinct_roles=len(numbers - _doubled(shared, "roles-distinct")),
        measurable_goals=len(numbers),
        alignment=min(100 * len(numbers - opposed) // charter.capacity, 99 if against else 100),
        acknowledged=len(acknowledged(snapshot, charter, registry_digest(snapshot))),
    )


def _doubled(shared: tuple[Clash, ...], name: CriterionName) -> set[int]:
    return {clash.second.number for clash in violations(shared, name)}
