"""Read what `facts` needs: main, the session's own proposals with their verdicts, and what was turned down."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from validator.git.remote import Proposal, Rejection, rejections
from validator.git.upstream import remote_of
from validator.model import shapes
from validator.model.errors import Unreadable
from validator.model.escape import logged, well_formed, well_formed_or_none
from validator.model.layout import (
    BROADCAST,
    CONFIRMATION,
    SESSIONS,
    acknowledgement_path,
    branch_of,
    claim_path,
    digits,
    path_of,
)
from validator.model.names import is_name
from validator.model.phrases import ranges
from validator.operations.claim_key import ClaimKey, claim_key_of
from validator.operations.export import slot_of
from validator.operations.narrow import Narrow
from validator.operations.proposals import judge_proposal
from validator.operations.whoami.facts import (
    Facts,
    FreeNumber,
    OpenKind,
    OwnProposal,
    SessionState,
    first_against,
    judged,
    most_urgent,
)
from validator.operations.whoami.stopped import what_stopped
from validator.registry.claim_form import claim_form, repeated_claim
from validator.registry.conflicts import conflicts
from validator.registry.consensus.criteria import Phase, acknowledged, is_registered
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.next_steps import DUE
from validator.registry.consensus.phases import active_week, phase_of
from validator.registry.consensus.week import week_after
from validator.registry.holders import holder
from validator.registry.parsing import ClaimFile
from validator.registry.proposals import claim_of, proposals_on, published, waiting_records
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot
from validator.report.documents import SlotEntry
from validator.rules.role_misaligned import is_aligned

Hint = Callable[[str], None]


class SessionReport(NamedTuple):
    """A session's slot or proposal as it is printed, the facts, and all of its proposals."""

    slot: SlotEntry | None
    facts: Facts
    proposals: tuple[OwnProposal, ...]


class _Registry(NamedTuple):
    """Main, and what is proposed, as last fetched."""

    reader: Reader
    main: str
    snapshot: Snapshot
    charter: shapes.Charter
    digest: str
    phase: Phase
    open: tuple[Proposal, ...]
    rejected: tuple[Rejection, ...]
    waiting: frozenset[int] | None  # what does not count as registered, where only a part of main was read

    def is_live(self, proposal: Proposal) -> bool:
        """Whether a proposal can still change main: what is in main's history cannot."""
        return self.reader.repo.merge_base(self.main, proposal.commit) != proposal.commit

    def free_numbers(self) -> list[int]:
        """The numbers that are neither held nor proposed."""
        proposed = {proposal.name for proposal in self.open}
        return [number for number in self.snapshot.free_numbers() if f"claim/{digits(number)}" not in proposed]


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
    registry = _registry(reader, main, session_id, narrow or Narrow(reader))
    me = ("--session-id", well_formed(session_id)) if named else ()
    claims = registry.snapshot.by_number
    planned = (claims[number] for number in sorted(claims) if 1 <= number <= registry.charter.capacity)
    held = next((one for one in planned if well_formed_or_none(one.draft.session_id) == session_id), None)
    if held:
        return _holder(registry, slot_of(registry.snapshot, registry.charter, registry.digest, held), me, now)
    return _other(registry, session_id, me, hint)


def _registry(reader: Reader, main: str, session_id: str, narrow: Narrow) -> _Registry:
    state, repo = narrow.state(main, session_id), reader.repo
    snapshot = state.snapshot if state else reader.at(main)
    return _Registry(
        reader,
        main,
        snapshot,
        charter_of(snapshot),
        registry_digest(snapshot) if snapshot.records else "",  # only records name it
        "registering" if state else phase_of(snapshot),  # a number is free
        proposals_on(published(repo), repo),
        rejections(repo, remote_of(repo)),
        state.waiting if state else None,
    )


def _holder(registry: _Registry, slot: SlotEntry, me: tuple[str, ...], now: str | None) -> SessionReport:
    snapshot, charter, phase, number = registry.snapshot, registry.charter, registry.phase, slot.number
    claim = snapshot.by_number[number]
    proposals = tuple(_of_holder(registry, claim))
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
        over=week_after(snapshot, now) is not None,
        withdraws=_withdraws(registry, claim),
        waiting="".join(waiting_records(registry.reader, registry.digest)) if phase in DUE else "",
        stopped=what_stopped(registry.reader, snapshot, phase),
    )
    return SessionReport(slot, facts, proposals)


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


def _missing(registry: _Registry) -> str:
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


def _of_holder(registry: _Registry, claim: ClaimFile) -> Iterator[OwnProposal]:
    """The open proposals of a holder, and those that were turned down and not followed by others."""
    number = digits(claim.number)
    names: dict[str, OpenKind] = {f"release/{number}": "release", f"claim/{number}": "amendment"}
    if due := _due(registry, claim.number):
        names[branch_of(due)] = "record"
    by_name = {proposal.name: proposal for proposal in registry.open}
    for name, kind in names.items():
        proposal = by_name.get(name)
        if proposal and registry.is_live(proposal) and (kind != "amendment" or _is_mine(registry, proposal, claim)):
            one = judge_proposal(registry.reader, registry.main, proposal)
            yield judged(name, kind, one.verdict, claim_key_of(one))
        elif rejection := _turned_down(registry, name, kind):
            yield _down(registry, rejection, kind)


def _due(registry: _Registry, number: int) -> str | None:
    """The record that this number makes in this phase."""
    if number == registry.charter.orchestrator and registry.phase in ("registered", "approved"):
        return CONFIRMATION if registry.phase == "registered" else BROADCAST
    return acknowledgement_path(number) if registry.phase == "broadcast" else None


def _is_mine(registry: _Registry, proposal: Proposal, claim: ClaimFile) -> bool:
    proposed = claim_of(registry.reader, proposal)
    return isinstance(proposed, ClaimFile) and proposed.draft.session_id == claim.draft.session_id


def _turned_down(registry: _Registry, name: str, kind: OpenKind) -> Rejection | None:
    """The last time that a proposal was turned down, where main has the same file since it began."""
    last = next((one for one in reversed(registry.rejected) if one.name == name), None)
    if last is None:
        return None
    repo = registry.reader.repo
    began = repo.merge_base(registry.main, last.rejected)
    if began is None:
        return None
    paths = [path_of(name)] if kind != "record" else sorted(registry.snapshot.files)
    before = repo.tree(began)
    same = all(_oid(before.get(path)) == _oid(registry.snapshot.files.get(path)) for path in paths)
    return last if same else None


def _down(registry: _Registry, rejection: Rejection, kind: OpenKind) -> OwnProposal:
    """A proposal that was turned down, with the key that spoke for it."""
    one = judge_proposal(registry.reader, registry.main, Proposal(rejection.name, rejection.rejected))
    return OwnProposal(rejection.name, kind, "turned-down", reason=rejection.reason, claim_key=claim_key_of(one))


def _oid(entry: object) -> object:
    return getattr(entry, "oid", None)


def _withdraws(registry: _Registry, claim: ClaimFile) -> bool:
    """Whether a session takes a proposal back by itself: by its key, or where no approver signs anything."""
    return bool(claim.draft.key) or not any(approver.key for approver in registry.charter.approvers)


def _other(registry: _Registry, session_id: str, me: tuple[str, ...], hint: Hint) -> SessionReport:
    """A session that holds no number."""
    found = _proposed(registry, session_id, hint) or _last_rejected(registry, session_id)
    claim, own = found or (None, None)
    state: SessionState = "unregistered"
    if own:
        state = "turned-down" if own.end == "turned-down" else "proposed" if own.end == "open" else "rejected"
    held = registry.snapshot.by_number.get(claim.number) if claim else None
    facts = Facts(
        state=state,
        phase=registry.phase,
        me=me,
        number=claim.number if claim else None,
        form=claim_form(registry.charter, claim.number, *me) if claim else (),
        human=_human(registry.charter),
        own=own,
        free=_free(registry, claim, me),
        holder=_who_has(registry, claim) if claim and (held or state == "turned-down") else "",
        week=active_week(registry.snapshot),
        withdraws=_withdraws(registry, claim) if claim else False,
        again=() if claim else _again(registry, session_id, me),
    )
    return SessionReport(
        _entry(claim, session_id, own.claim_key) if claim and own else None, facts, (own,) if own else ()
    )


def _again(registry: _Registry, session_id: str, me: tuple[str, ...]) -> tuple[str, ...]:
    """The command that claims the number which a session has released last, as it was, where that is free.

    Of a large registry the history is not searched.
    """
    if registry.waiting is not None or not is_name(session_id):
        return ()
    repo = registry.reader.repo
    words = ("log", "-m", "--first-parent", "-1", "--diff-filter=D", "--format=%P", f"-S{session_id}", registry.main)
    before = repo.read(*words, "--", SESSIONS).decode().split()
    claims = registry.reader.at(before[0]).claims.values() if before else ()
    free = registry.free_numbers()
    held = next((one.claim for one in claims if one.draft.session_id == session_id and one.number in free), None)
    return repeated_claim(registry.charter, held, *me) if held else ()


def _proposed(registry: _Registry, session_id: str, hint: Hint) -> tuple[ClaimFile, OwnProposal] | None:
    """What a session has proposed: what the gate accepts, else the first that it rejects."""
    found = []
    for proposal in registry.open:
        if not proposal.name.startswith("claim/"):
            continue
        claim = claim_of(registry.reader, proposal)
        if isinstance(claim, Unreadable):
            hint(f"{proposal.name} cannot be read: {logged(claim.why)}\n")
        elif claim and claim.draft.session_id == session_id and registry.is_live(proposal):
            one = judge_proposal(registry.reader, registry.main, proposal)
            found.append((claim, judged(proposal.name, "amendment", one.verdict, claim_key_of(one))))
    return min(found, key=lambda row: row[1].end != "open", default=None)


def _last_rejected(registry: _Registry, session_id: str) -> tuple[ClaimFile, OwnProposal] | None:
    """This session's last claim that was turned down."""
    for rejection in reversed(registry.rejected):
        claim = claim_of(registry.reader, Proposal(rejection.name, rejection.rejected))
        if claim and not isinstance(claim, Unreadable) and claim.draft.session_id == session_id:
            return claim, _down(registry, rejection, "amendment")
    return None


def _free(registry: _Registry, claim: ClaimFile | None, me: tuple[str, ...]) -> FreeNumber | None:
    """The first free number, better one whose plan fits the role that a session has."""
    free, slots = registry.free_numbers(), {slot.number: slot for slot in registry.charter.slots}
    role = (claim.draft.role if claim else None) or ""
    fitting = [n for n in free if role and n in slots and is_aligned(role, slots[n], slots.values())]
    number = next(iter((*fitting, *free)), None)
    if number is None:
        return None
    role_of = slots[number].role if number in slots else None
    return FreeNumber(number, role_of, ranges(free), claim_form(registry.charter, number, *me))


def _who_has(registry: _Registry, claim: ClaimFile) -> str:
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
