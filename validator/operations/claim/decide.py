"""Decide about a request from what was read before: an outcome, or the draft of a claim to propose. No Git here."""

import random
from typing import NamedTuple

from validator.model.findings import Verdict
from validator.model.phrases import command_line, ranges
from validator.model.shapes import Target
from validator.operations.claim.completion import complete, differences, is_current, restored
from validator.operations.claim.request import ClaimRequest
from validator.operations.claim.state import OwnProposal, RegistryState
from validator.operations.judge import has_to_be_made_again
from validator.registry.holders import holder
from validator.registry.openness import may_withdraw
from validator.registry.parsing import ClaimFile
from validator.registry.yaml.reader import Document
from validator.rules.role_misaligned import is_aligned


class ClaimOutcome(NamedTuple):
    """The outcome: `note` is one line for the session; `verdict` is the gate's, None where nothing was judged.

    `changes` are the lines that an amendment changes, as in a unified diff. `advice` is what will be missing in the
    registry because of this claim. `drawn` are the targets that were read from the goal.
    """

    succeeded: bool
    number: int
    branch: str
    note: str
    commit: str | None = None
    pushed: bool = False
    verdict: Verdict | None = None
    changes: str = ""
    advice: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()


class ClaimDraft(NamedTuple):
    """A claim to propose; `replaces` is what its branch names: the session's open proposal, or what main has already.

    `from_goal` are the targets that were read from the goal. `restores`: main's claim in place of an amendment.
    `source` is the file that it was read from. `release` is the reason why the number may be given back first.
    """

    number: int
    text: str
    replaces: str | None
    from_goal: tuple[Target, ...] = ()
    changes: str = ""
    restores: bool = False
    source: Document | None = None
    release: str = ""


def decide(state: RegistryState, request: ClaimRequest) -> ClaimOutcome | ClaimDraft:
    """The outcome if no new proposal is needed, else a draft. Raises FatalError where a needed verdict failed."""
    outcome = _settled_by_main(state, request)
    if outcome:
        return outcome
    number = request.number or next(iter(state.own), None) or _free_number(state, request)
    if number is None:
        return ClaimOutcome(False, 0, "", _why_no_number(state))
    return _other_proposal(state, number) or _repeated(state, request, number) or _draft(state, request, number)


def _settled_by_main(state: RegistryState, request: ClaimRequest) -> ClaimOutcome | None:
    """The outcome where the number does not exist, the session holds one, or another session holds this one."""
    session, number, capacity = request.session_id, request.number, state.charter.capacity
    if number is not None and not 1 <= number <= capacity:
        return _refused(state, request, number, f"number {number} is not one of 1 to {capacity}")
    held = next((claim for claim in state.snapshot.by_number.values() if claim.draft.session_id == session), None)
    if held:
        return _settled_by_own(state, request, held)
    return _taken(state, request, number) if number is not None else None


def _settled_by_own(state: RegistryState, request: ClaimRequest, held: ClaimFile) -> ClaimOutcome | None:
    """The outcome for a session that holds a number; None where it amends its claim."""
    number = held.number
    if request.number == number and (_amendment(state, number, held) or not _is_as_on_main(state, request, held)):
        return _proposed_by_other(state, request, number)
    since = holder(held, state.snapshot.past([held.path]))
    is_wanted = request.number in (None, number)
    note = f"number {number} is yours already: {since}" if is_wanted else f"you hold number {number}: {since}"
    return ClaimOutcome(is_wanted, number, state.branch(number), note)


def _taken(state: RegistryState, request: ClaimRequest, number: int) -> ClaimOutcome | None:
    """The outcome where another session holds a number or has proposed it."""
    held = state.snapshot.by_number.get(number)
    if held:
        who = holder(held, state.snapshot.past([held.path]))
        return _refused(state, request, number, f"number {number} is held by {who}")
    return _proposed_by_other(state, request, number)


def _proposed_by_other(state: RegistryState, request: ClaimRequest, number: int) -> ClaimOutcome | None:
    proposal = state.proposed.get(number)
    other = proposal.claim.draft.session_id if proposal and proposal.claim else None
    if proposal is None or proposal.landed or other == request.session_id:
        return None
    who = f"{other or 'a session that cannot be read'} (commit {proposal.commit[:12]})"
    return _refused(state, request, number, f"number {number} was proposed first by {who}")


def _refused(state: RegistryState, request: ClaimRequest, number: int, why: str) -> ClaimOutcome:
    free = state.free_numbers()
    again = "; claim one with --key new" if request.fields.get("key") else ""  # no key stays of what is not proposed
    choice = f"free and not proposed: {ranges(free)}{again}" if free else "no number is left"
    return ClaimOutcome(False, number, state.branch(number), f"{why}; {choice}")


def _free_number(state: RegistryState, request: ClaimRequest) -> int | None:
    """A free number: one that is planned for the role, else an unplanned one; without a role, any.

    Pseudo-random by session, so that sessions seldom choose the same one.
    """
    slots, role = {slot.number: slot for slot in state.charter.slots}, request.fields.get("role")
    free = state.free_numbers()
    if isinstance(role, str) and role:
        planned = [n for n in free if n in slots and is_aligned(role, slots[n], slots.values())]
        free = planned or [n for n in free if n not in slots]
    seed = f"{request.session_id} {len(free)}"
    return random.Random(seed).choice(free) if free else None  # noqa: S311 - spreads sessions, no secret


def _why_no_number(state: RegistryState) -> str:
    free = state.free_numbers()
    if free:
        return f"the charter plans other roles for the free numbers ({ranges(free)}); claim without a role of your own"
    if not state.snapshot.free_numbers():
        return "every number is held; no number is free until one is released"
    return "every free number is proposed already; ask again when one is turned down or withdrawn: registry proposals"


def _other_proposal(state: RegistryState, number: int) -> ClaimOutcome | None:
    """The outcome where the session has proposed another number, and the gate would accept it."""
    for other, own in state.own.items():
        if other != number and _verdict(own).accepted:
            way_out = f"claim that one, or {way_out_of(state, own, other)}"
            return ClaimOutcome(False, number, state.branch(number), f"you have proposed number {other}; {way_out}")
    return None


def way_out_of(state: RegistryState, own: OwnProposal, number: int) -> str:
    """How a proposal goes away: its session takes it back where it may, else an approver turns it down."""
    if may_withdraw(state.charter, own.claim):
        words = ("registry", "withdraw", state.branch(number), "--session-id", str(own.claim.draft.session_id))
        return f"take it back: {command_line(words)}"
    return f"an approver turns it down; fill in: registry reject {number} --reason TEXT"


def _repeated(state: RegistryState, request: ClaimRequest, number: int) -> ClaimOutcome | None:
    """The outcome where the session has proposed the same claim already: the verdict on that proposal as of now."""
    own = state.own.get(number)
    if own is None or own.landed or not _is_repeat(own.claim, complete(state, request, number).file(number)):
        return None
    verdict = _verdict(own)
    if has_to_be_made_again(verdict) or (request.release and not verdict.accepted):
        return None
    then = "a human has to approve it" if verdict.accepted else "the gate rejects it now"
    note = f"number {number} is proposed already, by you; {then}"
    return ClaimOutcome(verdict.accepted, number, state.branch(number), note, own.commit, state.from_server, verdict)


def _draft(state: RegistryState, request: ClaimRequest, number: int) -> ClaimDraft:
    own, held = state.own.get(number), state.snapshot.by_number.get(number)
    there, claim = state.proposed.get(number), complete(state, request, number)
    replaces = there.commit if there and (own or there.landed) else None
    if held and held.document.text and _amendment(state, number, held) and _is_as_on_main(state, request, held):
        text = restored(held.document.text, request)
        return ClaimDraft(number, text, replaces, (), _changes(state, number, own, text), restores=True)
    draft = ClaimDraft(number, claim.text, replaces, claim.from_goal, _changes(state, number, own, claim.text))
    return draft._replace(source=request.source, release=request.release)


def _changes(state: RegistryState, number: int, own: OwnProposal | None, text: str) -> str:
    """What the claim changes on main, or in the open proposal of a number that the session does not hold."""
    before = state.snapshot.by_number.get(number) or (own.claim if own else None)
    return differences(before.document.text or "", text) if before else ""


def _amendment(state: RegistryState, number: int, held: ClaimFile) -> bool:
    """Whether the session's own amendment of its number is open."""
    own = state.own.get(number)
    return own is not None and is_current(own) and not _is_repeat(own.claim, held)


def _is_as_on_main(state: RegistryState, request: ClaimRequest, held: ClaimFile) -> bool:
    return _is_repeat(held, complete(state, request, held.number).file(held.number))


def _verdict(own: OwnProposal) -> Verdict:
    if isinstance(own.verdict, Verdict):
        return own.verdict
    raise own.verdict


def _is_repeat(one: ClaimFile, other: ClaimFile) -> bool:
    """Whether two claims are equal except for their timestamps."""
    return (
        one.claim is not None
        and other.claim is not None
        and one.claim.model_copy(update={"timestamp": ""}) == other.claim.model_copy(update={"timestamp": ""})
    )
