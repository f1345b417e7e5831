"""The human's two words, approval and activation: shown on one page, asked, and merged in one's own name (signed)."""

from collections.abc import Callable, Mapping
from pathlib import Path

from validator.git.remote import Outcome, Update
from validator.model.errors import FatalError
from validator.model.escape import visible
from validator.model.findings import Verdict
from validator.model.layout import ACTIVATION, APPROVAL
from validator.operations import judge
from validator.operations.approve import ATTEMPTS
from validator.operations.approver import Approver, who_approves
from validator.operations.consensus.record import judged, propose, stands
from validator.operations.consensus.view import Ended, View, Word, look, look_again
from validator.registry.consensus.phases import assess
from validator.registry.schedule import week_of
from validator.report.summary import conclusion
from validator.report.week import render as render_week

Ask = Callable[[str], bool]
Say = Callable[[str], None]


def approve(*, repo: Path, remote: str, now: str, ask: Ask, say: Say) -> tuple[View, Word, Ended]:
    """Accept the registry as it is on the remote's main. `now` is RFC 3339."""
    return _ratify(look(repo, remote), Word("approval", APPROVAL, {"timestamp": now}), ask, say)


def activate(*, repo: Path, remote: str, week: str, now: str, ask: Ask, say: Say) -> tuple[View, Word, Ended]:
    """Start the fleet in an ISO week, as in `2026-W48`. Raises FatalError for a week that the calendar has not."""
    view = look(repo, remote)
    say(render_week(week_of(view.snapshot, view.charter, week)) + "\n")
    return _ratify(view, Word("activation", ACTIVATION, {"week": week, "timestamp": now}), ask, say)


def _ratify(view: View, word: Word, ask: Ask, say: Say) -> tuple[View, Word, Ended]:
    """Judge, show, ask, merge; again where main has moved, and asked again only if the registry is another."""
    assert view.server, "a human's word is for everybody"
    approver, agreed = who_approves(view.server), ""
    for _ in range(ATTEMPTS):
        word = word._replace(fields=_fields(word, view, approver))
        if stands(view, word):
            return view, word, Ended(True, f"the {word.kind} is on main already", merged=view.main)
        commit, verdict = judged(view, word)
        if not verdict.accepted:
            return view, word, Ended(False, f"no {word.kind}: the gate rejects it", commit=commit, verdict=verdict)
        if agreed != view.digest:
            say(_page(view))
            if not ask(f"{_question(word)} as {approver.handle}?"):
                return view, word, Ended(False, "nothing is said", commit=commit)
            agreed = view.digest
        ended = _merge(view, word, approver, commit, verdict)
        if ended:
            return view, word, ended
        view = look_again(view.reader, view.server)
    return view, word, Ended(False, f"main moved {ATTEMPTS} times in between; run the same command again")


def _fields(word: Word, view: View, approver: Approver) -> Mapping[str, object]:
    week = {"week": word.fields["week"]} if "week" in word.fields else {}
    said = {"registry": view.digest, "approved_by": approver.handle}
    return {**said, **week, "timestamp": word.fields["timestamp"]}


def _merge(view: View, word: Word, approver: Approver, commit: str, verdict: Verdict) -> Ended | None:
    """Push the merge; None where main has moved. Where main takes no push, the record is proposed instead."""
    assert view.server, "asked above"
    message = f"Record: {word.kind} of {view.digest}\n\nApproved-by: {approver.handle}\n"
    tree = view.reader.repo.tree_of(commit)
    merge = view.reader.repo.commit_as_user(tree, [view.main, commit], message, key=approver.key)
    pushed = view.server.push([Update("refs/heads/main", view.main, merge)])
    if pushed.outcome is Outcome.PUSHED or view.server.took(merge):
        note = f"the {word.kind} is on main (commit {merge[:12]})"
        return Ended(True, note, None, commit, True, merge, verdict)
    if pushed.outcome is Outcome.UNREACHABLE:
        raise FatalError(f"the {word.kind} is not on main: {' / '.join(pushed.said) or 'the server does not answer'}")
    return None if pushed.outcome is Outcome.LOST else propose(view, word)


def _question(word: Word) -> str:
    return f"Activate week {word.fields['week']}" if word.kind == "activation" else "Approve this registry"


def _page(view: View) -> str:
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
