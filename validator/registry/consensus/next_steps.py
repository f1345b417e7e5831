"""The next steps on the way to consensus: who, what, and the command."""

from collections.abc import Iterator, Set
from typing import NamedTuple

from validator.model import shapes
from validator.model.layout import BROADCAST, CONFIRMATION, branch_of, digits
from validator.model.phrases import command_line, join_limited, ranges
from validator.registry.claim_form import any_claim_form, claim_form
from validator.registry.conflicts import Conflict
from validator.registry.consensus.criteria import Criterion, Phase, acknowledged
from validator.registry.consensus.digest import registry_digest
from validator.registry.parsing import ClaimFile
from validator.registry.records import command
from validator.registry.snapshot import Snapshot

DUE: dict[Phase, str] = {"registered": CONFIRMATION, "approved": BROADCAST}  # the record that is proposed in a phase
# In these phases a human decides on open changes first: the next record would not count for long.
CHANGES_FIRST: tuple[Phase, ...] = ("registered", "confirmed", "approved")


class Move(NamedTuple):
    """Who acts next, what they do, and the command for it (None where no single command does it)."""

    who: str
    action: str
    command: str | None


def next_moves(
    snapshot: Snapshot,
    charter: shapes.Charter,
    phase: Phase,
    criteria: tuple[Criterion, ...],
    against: tuple[Conflict, ...],
    proposed: Set[int] | None,
    waiting: Set[str],
    me: str | None = None,
    rejected: Set[str] = frozenset(),
    this_week: str | None = None,
    stopping: Set[str] = frozenset(),
) -> Iterator[Move]:
    """The next moves in a phase. `proposed` are the numbers with an open proposal, None where nobody has asked.

    `waiting` are the open proposals of records about this registry, and of changes of a fleet with all its numbers.

    `rejected` are the open proposals that the gate rejects: they wait for those who proposed them, never for a human.

    `me` is the session that reads them, where it has said so: its own commands do without its name.

    `this_week` is the week of today, where that of an active fleet is over; or that of a stopped one which is not.

    `stopping` are the open proposals that stop an active fleet when they are approved.
    """
    orchestrator = snapshot.by_number.get(charter.orchestrator)
    named = orchestrator is None or orchestrator.summary.session_id != me
    who = f"number {charter.orchestrator}" + (f" ({orchestrator.summary.session_id})" if orchestrator else "")
    humans, decidable = join_limited(approver.handle for approver in charter.approvers), waiting - rejected
    if phase == "registering":
        yield from _to_register(snapshot, charter, criteria, proposed, rejected, me)
    elif phase in CHANGES_FIRST and (changes := sorted(decidable - {branch_of(record) for record in DUE.values()})):
        yield from _to_decide(snapshot, against, changes)
    elif phase == "registered" and against:
        yield _to_resolve(snapshot, against)
    elif phase in DUE and (branch := branch_of(DUE[phase])) in decidable:
        yield Move(humans, f"decides on {branch}", f"registry approve {branch}")
    elif phase == "registered":
        yield Move(who, "confirms that nothing conflicts", command("confirmation", orchestrator, named=named))
    elif phase == "confirmed":
        yield Move(humans, "reviews the registry and approves it", command("approval"))
    elif phase == "approved":
        yield Move(who, "broadcasts the registry", command("broadcast", orchestrator, named=named))
    elif phase == "broadcast":
        yield _to_acknowledge(snapshot, charter, me)
    elif phase == "acknowledged":
        yield _to_start(humans, this_week)
    else:
        yield from _while_active(humans, sorted(decidable), rejected, this_week, stopping)


def moves_of_rejected(rejected: Set[str]) -> Iterator[Move]:
    """The next move of those whose proposals the gate rejects, in every phase."""
    names = join_limited(sorted(rejected))
    if len(rejected) == 1:
        action = "mends it, proposes something else or withdraws it: the gate rejects it"
        yield Move(f"who proposed {names}", action, None)
    elif rejected:
        action = "mend them, propose something else or withdraw them: the gate rejects them"
        yield Move(f"those who proposed {names}", action, None)


def _to_decide(snapshot: Snapshot, against: tuple[Conflict, ...], changes: list[str]) -> Iterator[Move]:
    """The moves while changes are proposed: a record made before they are decided on would not count for long."""
    yield Move("an approver", f"decides on what is proposed: {join_limited(changes)}", "registry proposals")
    left = tuple(one for one in against if f"claim/{digits(one.numbers[-1])}" not in changes)
    if left:
        yield _to_resolve(snapshot, left)


def _to_resolve(snapshot: Snapshot, against: tuple[Conflict, ...]) -> Move:
    """The move of those who have to change: of each conflict the last number, which has what another had first."""
    numbers = sorted({one.numbers[-1] for one in against})
    claim = snapshot.by_number.get(numbers[0])
    named = f" ({claim.draft.session_id})" if claim and len(numbers) == 1 else ""
    resolves = "resolves its conflict" if len(against) == 1 else f"resolves {len(against)} conflicts"
    return Move(f"{_each(numbers)}{named}", resolves, "registry conflicts")


def _to_start(humans: str, week: str | None) -> Move:
    again = f" (it was activated for week {week}; to go on in that: --week {week})" if week else ""
    return Move(humans, f"starts the fleet{again}", command("activation"))


def _while_active(
    humans: str, waiting: list[str], rejected: Set[str], this_week: str | None, stopping: Set[str]
) -> Iterator[Move]:
    if waiting:
        single = f"registry approve {waiting[0]}" if len(waiting) == 1 else "registry proposals"
        which = "it" if len(waiting) == 1 else join_limited(name for name in waiting if name in stopping)
        stops = f" (approving {which} stops the fleet)" if stopping & {*waiting} else ""
        yield Move(humans, f"decides on {join_limited(waiting)}{stops}", single)
    if this_week:
        action = "activates this week, as the active one is over (the next one: without --week)"
        yield Move(humans, action, f"{command('activation')} --week {this_week}")
    elif not waiting and not rejected:
        yield Move("nobody", f"has to do anything before {humans} activates the next week", None)


def _to_acknowledge(snapshot: Snapshot, charter: shapes.Charter, me: str | None) -> Move:
    ready = acknowledged(snapshot, charter, registry_digest(snapshot))
    waiting = [number for number in sorted(snapshot.by_number) if number not in ready]
    only = snapshot.by_number[waiting[0]] if len(waiting) == 1 else None
    mine = me is not None and me in (snapshot.by_number[number].summary.session_id for number in waiting)
    return _by_each(waiting, "acknowledges for itself", command("acknowledgement", only, named=not mine), mine)


def _to_register(
    snapshot: Snapshot,
    charter: shapes.Charter,
    criteria: tuple[Criterion, ...],
    proposed: Set[int] | None,
    rejected: Set[str],
    me: str | None,
) -> Iterator[Move]:
    asked, proposed = proposed is not None, proposed or frozenset()
    waiting = [number for number in snapshot.free_numbers() if number in proposed]
    decidable = [number for number in waiting if f"claim/{digits(number)}" not in rejected]
    free = [number for number in snapshot.free_numbers() if number not in proposed]
    if free:
        holds = me is None or waiting or any(claim.summary.session_id == me for claim in snapshot.claims.values())
        name = ("--session-id", "ID") if holds else ()
        form = claim_form(charter, free[0], *name) if asked else any_claim_form(charter, *name)
        example = command_line(form)
        which = f"one of the free numbers {ranges(free)}" if len(free) > 1 else f"the free number {free[0]}"
        which += "" if asked else " that nobody has proposed"
        yield Move("whoever has no number", f"claims {which}; fill in: {example}", None)
    if decidable:
        yield Move("an approver", f"decides on what is proposed: {ranges(decidable)}", "registry proposals")
    pending = sorted(
        (c.number, c) for c in snapshot.claims.values() if c.summary.valid and c.summary.status == "PENDING"
    )
    if pending:
        yield _to_commit([claim for _, claim in pending], me)
    if (not all(criterion.met for criterion in criteria[1:4]) and snapshot.claims) or not (free or waiting or pending):
        yield Move("everybody concerned", "mends what is wrong on main", "registry audit")


def _to_commit(pending: list[ClaimFile], me: str | None) -> Move:
    """The move of the sessions that hold a number and are not ready."""
    only = pending[0] if len(pending) == 1 else None
    number, session = (str(only.number), str(only.summary.session_id)) if only else ("NUMBER", "ID")
    name = () if session == me else ("--session-id", session)
    words = ("registry", "claim", number, *name, "--status", "REGISTERED", "--push")
    return _by_each([claim.number for claim in pending], "amends its claim to status: REGISTERED", command_line(words))


def _by_each(numbers: list[int], action: str, command: str, ready: bool = False) -> Move:
    """A move of one session, with its command; or of several, with a form of it, unless it is `ready` to run."""
    who = _each(numbers)
    if ready or len(numbers) == 1:
        return Move(who, action, command)
    return Move(who, f"{action}; fill in: {command}", None)


def _each(numbers: list[int]) -> str:
    return f"number {numbers[0]}" if len(numbers) == 1 else f"each of {ranges(numbers)}"
