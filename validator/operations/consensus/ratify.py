"""The two records of a human, approval and activation: judge, ask the human, merge in the approver's name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from validator.git.remote import Outcome, Update
from validator.git.retry import Attempts
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import ACTIVATION, APPROVAL, HEADS
from validator.operations.approve import PATIENCE
from validator.operations.approver import Approver, who_approves
from validator.operations.consensus.record import is_on_main, judged, propose
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome, look, look_again
from validator.registry.consensus.phases import active_week, phase_of
from validator.registry.consensus.week import with_days
from validator.registry.schedule import Week, is_over, next_week, week_at, week_of, zone_of

# Shows the registry to the human and asks whether to make the record in the approver's name.
Consent = Callable[[MainState, RecordDraft, Approver], bool]


def approve(*, repo: Path, remote: str, now: str, consent: Consent) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Accept the registry as it is on the remote's main. `now` is RFC 3339."""
    return _ratify(look(repo, remote), RecordDraft("approval", APPROVAL, {"timestamp": now}), consent)


def activate(
    *, repo: Path, remote: str, week: str | None, replace: bool, now: str,
    show_week: Callable[[Week], None], consent: Consent,
) -> tuple[MainState, RecordDraft, RecordOutcome]:  # fmt: skip
    """Start the fleet in an ISO week, as in `2026-W48`.

    None is the week that main is activated for already, else the next one. The week is shown where only the human's yes
    is missing. Raises FatalError for a week that does not exist. One that is over is refused; so is any other while the
    active one is not over, unless it shall `replace` that.
    """
    state = look(repo, remote)
    active, zone, today = active_week(state.snapshot), zone_of(state.charter), datetime.fromisoformat(now)
    following, running = next_week(today, zone, active), active if active and not is_over(active, today, zone) else ""
    chosen = week or running or following
    draft = RecordDraft("activation", ACTIVATION, {"week": chosen, "timestamp": now}, replaces=running or "")
    if not week and not running and ACTIVATION in state.snapshot.records:
        draft = draft._replace(left_out=week_at(today, zone))
    found = week_of(state.snapshot, state.charter, chosen)
    instead = f"registry consensus activate --week {following}{' --replace' if running else ''}"
    if chosen == running:
        note = f"already activated for week {with_days(chosen)}; another week instead: {instead}"
        return state, draft, RecordOutcome(True, note, merged=state.main)
    if is_over(chosen, today, zone):
        due = phase_of(state.snapshot) in ("acknowledged", "active")
        before = f"the next week: {instead}" if due else "and it is too early; see: registry consensus status"
        before = f"week {running} is active; another week instead: {instead}" if running else before
        return state, draft, RecordOutcome(False, f"no activation: week {chosen} is over; {before}")
    if running and not replace:
        whole = f"take it back for week {chosen}: registry consensus activate --week {chosen} --replace"
        note = f"no activation: week {with_days(running)} is active and not over; {whole}"
        return state, draft, RecordOutcome(False, note)

    def consent_to_week(now: MainState, draft: RecordDraft, approver: Approver) -> bool:
        show_week(found)
        return consent(now, draft, approver)

    return _ratify(state, draft, consent_to_week)


def _ratify(state: MainState, draft: RecordDraft, consent: Consent) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Judge, ask, merge; repeat if main has moved. The human is asked again only if the digest has changed."""
    assert state.server, "approve and activate always have a remote"
    approver, consented = who_approves(state.server), ""
    for _ in Attempts(PATIENCE):
        draft = draft._replace(fields=_fields(draft, state, approver))
        if is_on_main(state, draft):
            return state, draft, RecordOutcome(True, f"the {draft.kind} is on main already", merged=state.main)
        commit, verdict = judged(state, draft)
        if not verdict.accepted:
            note = f"no {draft.kind}: the gate rejects it"
            return state, draft, RecordOutcome(False, note, commit=commit, verdict=verdict)
        if consented != state.digest:
            if not consent(state, draft, approver):
                return state, draft, RecordOutcome(False, f"no {draft.kind} is made: you answered no", commit=commit)
            consented = state.digest
        outcome = _merge(state, draft, approver, commit, verdict)
        if outcome:
            return state, draft, outcome
        state = look_again(state.reader, state.server)
    note = f"main moved {PATIENCE.attempts} times in between; run the same command again"
    return state, draft, RecordOutcome(False, note)


def _fields(draft: RecordDraft, state: MainState, approver: Approver) -> Mapping[str, object]:
    week = {"week": draft.fields["week"]} if "week" in draft.fields else {}
    own = {"registry": state.digest, "approved_by": approver.handle}
    return {**own, **week, "timestamp": draft.fields["timestamp"]}


def _merge(
    state: MainState, draft: RecordDraft, approver: Approver, commit: str, verdict: Verdict
) -> RecordOutcome | None:
    """Push the merge; None where main has moved. Where main takes no push, the record is proposed instead."""
    assert state.server, "checked by _ratify"
    message = f"Record: {draft.kind} of {state.digest}\n\nApproved-by: {approver.handle}\n"
    tree = state.reader.repo.tree_of(commit)
    merge = state.reader.repo.commit_as_user(tree, [state.main, commit], message, key=approver.key)
    pushed = state.server.push([Update(f"{HEADS}{state.server.branch}", state.main, merge)])
    if pushed.outcome is Outcome.PUSHED or state.server.has(merge):
        note = f"the {draft.kind} is on main (commit {merge[:12]})"
        return RecordOutcome(True, note, None, commit, True, merge, verdict)
    if pushed.outcome is Outcome.UNREACHABLE:
        raise FatalError(f"the {draft.kind} is not on main: {' / '.join(pushed.said) or 'the server does not answer'}")
    return None if pushed.outcome is Outcome.LOST else propose(state, draft)
