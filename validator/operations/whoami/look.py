"""Read what `facts` needs: main, the session's own proposals with their verdicts, and what was turned down."""

from typing import NamedTuple

from validator.model import shapes
from validator.model.escape import well_formed, well_formed_or_none
from validator.model.layout import (
    claim_path,
    digits,
)
from validator.model.phrases import join_limited, ranges
from validator.operations.claim_key import ClaimKey
from validator.operations.export import slot_of
from validator.operations.narrow import Narrow
from validator.operations.proposals import rejected_here
from validator.operations.whoami.facts import (
    Facts,
    FreeNumber,
    OwnProposal,
    SessionState,
    first_against,
    most_urgent,
)
from validator.operations.whoami.main import MainAsSeen, main_as_seen
from validator.operations.whoami.own import Hint, has_key, last_turned_down, newest_proposal, of_holder
from validator.operations.whoami.released import claimed_again
from validator.operations.whoami.rivals import with_rivals
from validator.operations.whoami.stopped import what_stopped
from validator.registry.claim_form import claim_form
from validator.registry.conflicts import conflicts
from validator.registry.consensus.criteria import Phase, acknowledged, is_registered
from validator.registry.consensus.next_steps import CHANGES_FIRST, DUE
from validator.registry.consensus.phases import active_week
from validator.registry.consensus.week import in_week, week_after
from validator.registry.holders import holder
from validator.registry.openness import may_withdraw
from validator.registry.parsing import ClaimFile
from validator.registry.proposals import claim_of, waiting_changes, waiting_records
from validator.registry.reader import Reader
from validator.report.documents import SlotEntry
from validator.rules.role_misaligned import is_aligned


class SessionReport(NamedTuple):
    """A session's slot or proposal as it is printed, the facts, and all of its proposals."""

    slot: SlotEntry | None
    facts: Facts
    proposals: tuple[OwnProposal, ...]


def look(
    reader: Reader,
    main: str,
    session_id: str,
    *,
    named: bool,
    hint: Hint,
    now: str | None = None,
    narrow: Narrow | None = None,
) -> SessionReport:
    """What there is about a session at a commit of main; `named`: the reader's commands have to name it.

    `now` is RFC 3339; without it no week is over.

    Raises FatalError where the charter cannot be read; `hint` gets a line about a proposal that cannot be read.
    """
    narrow = narrow or Narrow(reader)
    registry = main_as_seen(reader, main, session_id, narrow)
    me = ("--session-id", well_formed(session_id)) if named else ()
    claims = registry.snapshot.by_number
    planned = (claims[number] for number in sorted(claims) if 1 <= number <= registry.charter.capacity)
    held = next((one for one in planned if well_formed_or_none(one.draft.session_id) == session_id), None)
    if held:
        slot = slot_of(registry.snapshot, registry.charter, registry.digest, held)
        found = _holder(registry, slot, me, now)
        return found._replace(facts=found.facts._replace(changes=_changes(registry, narrow)))
    return _other(registry, session_id, me, hint, narrow)


def _holder(registry: MainAsSeen, slot: SlotEntry, me: tuple[str, ...], now: str | None) -> SessionReport:
    snapshot, charter, phase, number = registry.snapshot, registry.charter, registry.phase, slot.number
    claim = snapshot.by_number[number]
    proposals = tuple(of_holder(registry, claim, me))
    names = {n: well_formed_or_none(c.draft.session_id) or "" for n, c in snapshot.by_number.items()}
    facts = Facts(
        state=_state(slot, phase),
        phase=phase,
        me=me,
        number=number,
        role=slot.role or "",
        goal=slot.goal or "",
        is_orchestrator=number == charter.orchestrator,
        orchestrator=f"{charter.orchestrator} ({names.get(charter.orchestrator, 'nobody')})",
        human=_human(charter),
        own=(own := most_urgent(proposals)),
        also=tuple(one.branch for one in proposals if one is not own and one.end == "open"),
        missing=_missing(registry),
        against=first_against(conflicts(snapshot, charter), number, names),
        week=active_week(snapshot),
        when=in_week(snapshot, now),
        over=week_after(snapshot, now) is not None,
        withdraws=may_withdraw(registry.charter, claim),
        waiting="".join(waiting_records(registry.reader, registry.digest)) if phase in DUE else "",
        stopped=what_stopped(registry.reader, snapshot, phase),
    )
    mine = next((one for one in registry.open if own and own.kind == "amendment" and one.name == own.branch), None)
    proposed = claim_of(registry.reader, mine) if mine and own and own.end == "open" else None
    return SessionReport(
        slot, with_rivals(registry, facts, proposed) if isinstance(proposed, ClaimFile) else facts, proposals
    )


def _changes(registry: MainAsSeen, narrow: Narrow) -> str:
    """What an approver decides on before the next record of a full fleet, which would not count for long."""
    if registry.phase not in CHANGES_FIRST or not (changes := waiting_changes(registry.reader, registry.snapshot)):
        return ""
    return join_limited(sorted(changes - rejected_here(registry.reader, registry.main, narrow)))


def _human(charter: shapes.Charter) -> str:
    """Who approves: `a human (@OWNER)`, `a human (@OWNER or @DEPUTY)`."""
    return f"a human ({' or '.join(approver.handle for approver in charter.approvers)})"


def _state(slot: SlotEntry, phase: Phase) -> SessionState:
    """The state of a holder; an acknowledgement counts from the broadcast on."""
    if slot.state == "acknowledged":
        return (
            "active"
            if phase == "active"
            else "acknowledged"
            if phase in ("broadcast", "acknowledged")
            else "registered"
        )
    return "unreadable" if slot.state == "unreadable" else "pending" if slot.state == "pending" else "registered"


def _missing(registry: MainAsSeen) -> str:
    """The numbers that the fleet waits for."""
    snapshot, charter = registry.snapshot, registry.charter
    if registry.waiting is not None:
        there = (snapshot.by_number.keys() | snapshot.unread.numbers) - registry.waiting
    elif registry.phase == "registering":
        there = {claim.number for claim in snapshot.claims.values() if is_registered(claim, charter)}
    else:
        there = {*acknowledged(snapshot, charter, registry.digest)}
    missing = [number for number in range(1, charter.capacity + 1) if number not in there]
    return ranges(missing) if missing else ""


def _other(registry: MainAsSeen, session_id: str, me: tuple[str, ...], hint: Hint, narrow: Narrow) -> SessionReport:
    """A session that holds no number."""
    found = newest_proposal(registry, session_id, me, hint) or last_turned_down(registry, session_id)
    claim, own = found or (None, None)
    state: SessionState = "unregistered"
    if own:
        state = "turned-down" if own.end == "turned-down" else "proposed" if own.end == "open" else "rejected"
    held = registry.snapshot.by_number.get(claim.number) if claim else None
    keyed = has_key(registry, session_id, claim)
    again, released = ((), "") if claim else claimed_again(registry, session_id, me, narrow)
    facts = Facts(
        state=state,
        phase=registry.phase,
        me=me,
        number=claim.number if claim else None,
        form=claim_form(registry.charter, claim.number, *me, keyed=keyed) if claim else (),
        human=_human(registry.charter),
        own=own,
        free=_free(registry, claim, me, keyed=keyed),
        holder=_who_has(registry, claim) if claim and (held or state == "turned-down") else "",
        week=active_week(registry.snapshot),
        withdraws=may_withdraw(registry.charter, claim) if claim else False,
        stopped=what_stopped(registry.reader, registry.snapshot, registry.phase),
        again=again,
        released=released,
    )
    if claim and state == "proposed":
        facts = with_rivals(registry, facts, claim)
    return SessionReport(
        _entry(claim, session_id, own.claim_key) if claim and own else None, facts, (own,) if own else ()
    )


def _free(registry: MainAsSeen, claim: ClaimFile | None, me: tuple[str, ...], *, keyed: bool) -> FreeNumber | None:
    """The first free number, better one whose plan fits the role that a session has."""
    free, slots = registry.free_numbers(), {slot.number: slot for slot in registry.charter.slots}
    role = (claim.draft.role if claim else None) or ""
    fitting = [n for n in free if role and n in slots and is_aligned(role, slots[n], slots.values())]
    number = next(iter((*fitting, *free)), None)
    if number is None:
        return None
    role_of = slots[number].role if number in slots else None
    return FreeNumber(number, role_of, ranges(free), claim_form(registry.charter, number, *me, keyed=keyed))


def _who_has(registry: MainAsSeen, claim: ClaimFile) -> str:
    """Who holds or has proposed a number instead; empty where nobody has."""
    held = registry.snapshot.by_number.get(claim.number)
    if held:
        return holder(held, registry.snapshot.past([claim_path(claim.number)]))
    name = f"claim/{digits(claim.number)}"
    rival = next((proposal for proposal in registry.open if proposal.name == name), None)
    proposed = claim_of(registry.reader, rival) if rival else None
    return f"a proposal of {proposed.draft.session_id}" if isinstance(proposed, ClaimFile) else ""


def _entry(claim: ClaimFile, session_id: str, claim_key: ClaimKey) -> SlotEntry:
    return SlotEntry(
        number=claim.number,
        state="proposed",
        session_id=well_formed(session_id),
        role=well_formed_or_none(claim.draft.role),
        goal=well_formed_or_none(claim.draft.goal),
        registered_at=None,
        commit=None,
        fingerprint=claim_key.fingerprint,
        key_state=claim_key.state,
    )
