"""Judge a consensus record as a change of its own, and propose it on its branch."""

from collections.abc import Callable
from typing import Any

from validator.git.remote import Outcome, Remote, Update
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import HEADS, REMOTES, branch_of
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome
from validator.operations.judge import judge
from validator.registry.records import counting
from validator.registry.yaml.writer import write_record

Tell = Callable[[str], None]


def judged(view: MainState, draft: RecordDraft) -> tuple[str, Verdict]:
    """The record as a commit on top of main, and the gate's verdict on it."""
    repo = view.reader.repo
    blob = repo.write_blob(write_record(draft.fields).encode())
    subject = f"Record: {draft.kind}" + (f" of number {draft.speaker.number}" if draft.speaker else "")
    commit = repo.commit_as_user(repo.tree_with(view.main, draft.path, blob), [view.main], f"{subject}\n")
    return commit, judge(*view.reader.change(view.main, commit))


def stands(view: MainState, draft: RecordDraft) -> bool:
    """Whether main has this record already and it counts, whatever its timestamp."""
    record = counting(view.snapshot, view.charter, draft.path, view.digest)
    return record is not None and _same(record, draft)


def propose(view: MainState, draft: RecordDraft) -> RecordOutcome:
    """Put a record on its branch, here and on the remote if there is one. Idempotent: a repeat reports the proposal."""
    branch, repo = branch_of(draft.path), view.reader.repo
    if stands(view, draft):
        return RecordOutcome(True, f"the {draft.kind} is on main already", merged=view.main)
    ref = f"{HEADS}{branch}"
    (open_now,) = repo.resolve(f"{REMOTES}{view.server.name}/{branch}" if view.server else ref)
    if open_now and _proposed(view, draft, open_now):
        note = f"the {draft.kind} is proposed already on {branch}; {_approve(branch)}"
        return RecordOutcome(True, note, branch, open_now, pushed=view.server is not None)
    commit, verdict = judged(view, draft)
    if not verdict.accepted:
        return RecordOutcome(False, "not proposed: the gate would reject it", branch, commit, verdict=verdict)
    (old,) = repo.resolve(ref)
    if repo.is_checked_out(ref):
        raise FatalError(f"{branch} is checked out here; run: git switch main")
    if error := repo.move(ref, commit, old):
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
    if view.server is None:
        note = f"the {draft.kind} is on branch {branch}, here only; publish it: git push origin {branch}"
        return RecordOutcome(True, note, branch, commit, verdict=verdict)
    return _pushed(view.server, draft, branch, open_now, commit, verdict)


def _pushed(
    server: Remote, draft: RecordDraft, branch: str, old: str | None, commit: str, verdict: Verdict
) -> RecordOutcome:
    pushed = server.push([Update(f"{HEADS}{branch}", old, commit)])
    if pushed.outcome is Outcome.PUSHED:
        note = f"the {draft.kind} is proposed on {branch}; {_approve(branch)}"
        return RecordOutcome(True, note, branch, commit, True, verdict=verdict)
    if pushed.outcome is Outcome.LOST:
        return RecordOutcome(
            False, f"{branch} has just been changed by somebody else; run the same command again", branch
        )
    raise FatalError(f"{branch} is not pushed: {' / '.join(pushed.said) or 'the server does not answer'}")


def _proposed(view: MainState, draft: RecordDraft, commit: str) -> bool:
    """Whether an open proposal has the same record, whatever its timestamp."""
    parsed = view.reader.at(commit).records.get(draft.path)
    return parsed is not None and parsed.value is not None and _same(parsed.value, draft)


def _same(record: Any, draft: RecordDraft) -> bool:
    said = record.model_dump(mode="json", exclude={"timestamp"})
    return bool(said == {name: value for name, value in draft.fields.items() if name != "timestamp"})


def _approve(branch: str) -> str:
    return f"a human has to approve it: registry approve {branch}"
