"""The two records of a human, approval and activation: judged, agreed to by the human, and merged in their name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from validator.git.remote import Outcome, Update
from validator.git.retry import Attempts
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import ACTIVATION, APPROVAL, MAIN
from validator.operations.approve import PATIENCE
from validator.operations.approver import Approver, who_approves
from validator.operations.consensus.record import judged, propose, stands
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome, look, look_again
from validator.registry.schedule import Week, week_of

# Shows the registry to the human and asks whether to make the record in the approver's name.
Consent = Callable[[MainState, RecordDraft, Approver], bool]


def approve(*, repo: Path, remote: str, now: str, consent: Consent) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Accept the registry as it is on the remote's main. `now` is RFC 3339."""
    return _ratify(look(repo, remote), RecordDraft("approval", APPROVAL, {"timestamp": now}), consent)


def activate(
    *, repo: Path, remote: str, week: str, now: str, show_week: Callable[[Week], None], consent: Consent
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Start the fleet in an ISO week, as in `2026-W48`. Raises FatalError for a week that does not exist."""
    view = look(repo, remote)
    show_week(week_of(view.snapshot, view.charter, week))
    return _ratify(view, RecordDraft("activation", ACTIVATION, {"week": week, "timestamp": now}), consent)


def _ratify(view: MainState, draft: RecordDraft, consent: Consent) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Judge, ask, merge; again if main has moved. The human is asked again only if the digest has changed."""
    assert view.server, "approve and activate always have a remote"
    approver, consented = who_approves(view.server), ""
    for _ in Attempts(PATIENCE):
        draft = draft._replace(fields=_fields(draft, view, approver))
        if stands(view, draft):
            return view, draft, RecordOutcome(True, f"the {draft.kind} is on main already", merged=view.main)
        commit, verdict = judged(view, draft)
        if not verdict.accepted:
            note = f"no {draft.kind}: the gate rejects it"
            return view, draft, RecordOutcome(False, note, commit=commit, verdict=verdict)
        if consented != view.digest:
            if not consent(view, draft, approver):
                return view, draft, RecordOutcome(False, f"no {draft.kind} is made: you answered no", commit=commit)
            consented = view.digest
        ended = _merge(view, draft, approver, commit, verdict)
        if ended:
            return view, draft, ended
        view = look_again(view.reader, view.server)
    note = f"main moved {PATIENCE.attempts} times in between; run the same command again"
    return view, draft, RecordOutcome(False, note)


def _fields(draft: RecordDraft, view: MainState, approver: Approver) -> Mapping[str, object]:
    week = {"week": draft.fields["week"]} if "week" in draft.fields else {}
    said = {"registry": view.digest, "approved_by": approver.handle}
    return {**said, **week, "timestamp": draft.fields["timestamp"]}


def _merge(
    view: MainState, draft: RecordDraft, approver: Approver, commit: str, verdict: Verdict
) -> RecordOutcome | None:
    """Push the merge; None where main has moved. Where main takes no push, the record is proposed instead."""
    assert view.server, "checked by _ratify"
    message = f"Record: {draft.kind} of {view.digest}\n\nApproved-by: {approver.handle}\n"
    tree = view.reader.repo.tree_of(commit)
    merge = view.reader.repo.commit_as_user(tree, [view.main, commit], message, key=approver.key)
    pushed = view.server.push([Update(MAIN, view.main, merge)])
    if pushed.outcome is Outcome.PUSHED or view.server.took(merge):
        note = f"the {draft.kind} is on main (commit {merge[:12]})"
        return RecordOutcome(True, note, None, commit, True, merge, verdict)
    if pushed.outcome is Outcome.UNREACHABLE:
        raise FatalError(f"the {draft.kind} is not on main: {' / '.join(pushed.said) or 'the server does not answer'}")
    return None if pushed.outcome is Outcome.LOST else propose(view, draft)
