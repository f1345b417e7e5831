"""The human's two words, approval and activation: shown on one page, asked, and merged in one's own name (signed)."""

from collections.abc import Callable, Mapping
from pathlib import Path

from validator.git.remote import Outcome, Update
from validator.git.retry import Attempts
from validator.model.errors import FatalError
from validator.model.escape import visible
from validator.model.findings import Verdict
from validator.model.layout import ACTIVATION, APPROVAL, MAIN
from validator.operations import judge
from validator.operations.approve import PATIENCE
from validator.operations.approver import Approver, who_approves
from validator.operations.consensus.record import judged, propose, stands
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome, look, look_again
from validator.registry.consensus.phases import assess
from validator.registry.schedule import week_of
from validator.report.summary import conclusion
from validator.report.week import render as render_week

Ask = Callable[[str], bool]
Say = Callable[[str], None]


def approve(*, repo: Path, remote: str, now: str, ask: Ask, say: Say) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Accept the registry as it is on the remote's main. `now` is RFC 3339."""
    return _ratify(look(repo, remote), RecordDraft("approval", APPROVAL, {"timestamp": now}), ask, say)


def activate(
    *, repo: Path, remote: str, week: str, now: str, ask: Ask, say: Say
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Start the fleet in an ISO week, as in `2026-W48`. Raises FatalError for a week that the calendar has not."""
    view = look(repo, remote)
    say(render_week(week_of(view.snapshot, view.charter, week)) + "\n")
    return _ratify(view, RecordDraft("activation", ACTIVATION, {"week": week, "timestamp": now}), ask, say)


def _ratify(view: MainState, draft: RecordDraft, ask: Ask, say: Say) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Judge, show, ask, merge; again where main has moved, and asked again only if the registry is another."""
    assert view.server, "a human's word is for everybody"
    approver, agreed = who_approves(view.server), ""
    for _ in Attempts(PATIENCE):
        draft = draft._replace(fields=_fields(draft, view, approver))
        if stands(view, draft):
            return view, draft, RecordOutcome(True, f"the {draft.kind} is on main already", merged=view.main)
        commit, verdict = judged(view, draft)
        if not verdict.accepted:
            note = f"no {draft.kind}: the gate rejects it"
            return view, draft, RecordOutcome(False, note, commit=commit, verdict=verdict)
        if agreed != view.digest:
            say(_page(view))
            if not ask(f"{_question(draft)} as {approver.handle}?"):
                return view, draft, RecordOutcome(False, "nothing is said", commit=commit)
            agreed = view.digest
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
    assert view.server, "asked above"
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


def _question(draft: RecordDraft) -> str:
    return f"Activate week {draft.fields['week']}" if draft.kind == "activation" else "Approve this registry"


def _page(view: MainState) -> str:
    """What a human decides on: who is who, by which digest, and what the gate has to say about all of it."""
    lines = [f"{view.charter.mission.statement}", f"registry {view.digest}", ""]
    for number, claim in sorted(view.snapshot.by_number.items()):
        draft = claim.draft
        lines += [f"{number:>5}  {draft.session_id}: {draft.role}", f"       {draft.goal}"]
    verdict = judge.audit(view.snapshot)
    lines += ["", *(f"{f.level}[{f.code}] {f.message}" for f in verdict.findings), f"audit: {conclusion(verdict)}"]
    lines += [
        f"{'✓' if c.met else '·'} {c.name:<23} {c.evidence}" for c in assess(view.snapshot, view.charter).criteria
    ]
    return "".join(f"{visible(line)}\n" for line in lines) + "\n"
