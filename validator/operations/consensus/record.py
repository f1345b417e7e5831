"""Judge a consensus record as a change of its own, and propose it on its branch."""

from collections.abc import Callable
from typing import Any

from validator.git.proposed_commit import Draft, commit_on
from validator.git.remote import Outcome, Remote, Update
from validator.git.upstream import remote_of
from validator.model.errors import FatalError, attempted
from validator.model.findings import Verdict
from validator.model.layout import HEADS, REMOTES, branch_of
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome
from validator.operations.judge import judge
from validator.operations.signing import RequiredKey, signing_key
from validator.registry.consensus.forms import Form, acknowledgement_forms
from validator.registry.parsing import ClaimFile
from validator.registry.records import counting
from validator.registry.yaml.writer import write_record

Hint = Callable[[str], None]


def judged(state: MainState, draft: RecordDraft) -> tuple[str, Verdict]:
    """The record as a commit on top of main, and the gate's verdict on it."""
    commit = record_on(state, draft, state.main)
    return commit, judge(*state.reader.change(state.main, commit))


def record_on(state: MainState, draft: RecordDraft, parent: str) -> str:
    """The record as a commit on top of another one, signed where its session has a key."""
    repo, form = state.reader.repo, _form(draft)
    blob = repo.write_blob(form.text.encode())
    key = signing_key(repo, _speaker(draft.claim)) if draft.claim else None
    commit = Draft(repo.tree_with(parent, draft.path, blob), parent, form.message)
    return commit_on(branch_of(draft.path), commit, repo, state.server, key)


def _speaker(claim: ClaimFile) -> RequiredKey:
    return RequiredKey(claim.number, claim.draft.session_id or "", claim.draft.key)


def _form(draft: RecordDraft) -> Form:
    if draft.kind == "acknowledgement":
        return acknowledgement_forms(draft.fields)[0]
    subject = f"Record: {draft.kind}" + (f" of number {draft.claim.number}" if draft.claim else "")
    return Form(write_record(draft.fields), f"{subject}\n")


def is_on_main(state: MainState, draft: RecordDraft) -> bool:
    """Whether main has this record already, valid and equal except for its timestamp."""
    record = counting(state.snapshot, state.charter, draft.path, state.digest)
    return record is not None and _same(record, draft)


def propose(state: MainState, draft: RecordDraft) -> RecordOutcome:
    """Put a record on its branch, here and on the remote if there is one. Idempotent: a repeat reports the proposal."""
    branch, repo = branch_of(draft.path), state.reader.repo
    if is_on_main(state, draft):
        return RecordOutcome(True, f"the {draft.kind} is on main already", merged=state.main)
    ref = f"{HEADS}{branch}"
    open_now = repo.tip(f"{REMOTES}{state.server.name}/{branch}" if state.server else ref)
    # What cannot be read or judged is replaced, as anything else is that stands there.
    if open_now and attempted(lambda: _proposed(state, draft, open_now)) is True:
        note = f"the {draft.kind} is proposed already on {branch}; {_approve(branch)}"
        return RecordOutcome(True, note, branch, open_now, pushed=state.server is not None)
    commit, verdict = judged(state, draft)
    if not verdict.accepted:
        return RecordOutcome(False, "not proposed: the gate would reject it", branch, commit, verdict=verdict)
    old = repo.tip(ref)
    repo.require_not_checked_out(ref)
    if error := repo.move(ref, commit, old):
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
    if state.server is None:
        note = f"the {draft.kind} is on branch {branch}, here only; publish it: git push {remote_of(repo)} {branch}"
        return RecordOutcome(True, note, branch, commit, verdict=verdict)
    return _pushed(state.server, draft, branch, open_now, commit, verdict)


def _pushed(
    server: Remote, draft: RecordDraft, branch: str, old: str | None, commit: str, verdict: Verdict
) -> RecordOutcome:
    pushed = server.push([Update(f"{HEADS}{branch}", old, commit)])
    if pushed.outcome is Outcome.PUSHED:
        note = f"the {draft.kind} is proposed on {branch}; {_approve(branch)}"
        return RecordOutcome(True, note, branch, commit, True, verdict=verdict)
    if pushed.outcome is Outcome.LOST:
        return RecordOutcome(False, f"{branch} was changed by another push; run the same command again", branch)
    raise FatalError(f"{branch} is not pushed: {' / '.join(pushed.said) or 'the server does not answer'}")


def _proposed(state: MainState, draft: RecordDraft, commit: str) -> bool:
    """Whether an open proposal has the same record, except for its timestamp, and the gate accepts it now."""
    parsed = state.reader.at(commit).records.get(draft.path)
    if parsed is None or parsed.value is None or not _same(parsed.value, draft):
        return False
    return judge(*state.reader.change(state.main, commit)).accepted


def _same(record: Any, draft: RecordDraft) -> bool:
    fields = record.model_dump(mode="json", exclude={"timestamp"})
    return bool(fields == {name: value for name, value in draft.fields.items() if name != "timestamp"})


def _approve(branch: str) -> str:
    return f"a human has to approve it: registry approve {branch}"
