"""How a record is proposed: judged as a change of its own, and put on its branch."""

import random
import time
from collections.abc import Callable
from typing import Any

from validator.git.remote import Outcome, Remote, Update
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import branch_of
from validator.operations.consensus.view import Ended, View, Word
from validator.operations.judge import judge
from validator.registry.records import counting
from validator.registry.yaml.writer import write_record

LONGEST_PAUSE = 20.0  # seconds

Tell = Callable[[str], None]


def judged(view: View, word: Word) -> tuple[str, Verdict]:
    """The record as a commit on top of main, and the gate's verdict on it."""
    repo = view.reader.repo
    blob = repo.write_blob(write_record(word.fields).encode())
    subject = f"Record: {word.kind}" + (f" of number {word.speaker.number}" if word.speaker else "")
    commit = repo.commit_as_user(repo.tree_with(view.main, word.path, blob), [view.main], f"{subject}\n")
    return commit, judge(*view.reader.change(view.main, commit))


def stands(view: View, word: Word) -> bool:
    """Whether main has this record already, counting, whatever its timestamp."""
    record = counting(view.snapshot, view.charter, word.path, view.digest)
    return record is not None and _same(record, word)


def propose(view: View, word: Word) -> Ended:
    """Put a record on its branch, and on the remote's where there is one. Once more says that it is there."""
    branch, repo = branch_of(word.path), view.reader.repo
    if stands(view, word):
        return Ended(True, f"the {word.kind} is on main already", merged=view.main)
    ref = f"refs/heads/{branch}"
    (open_now,) = repo.resolve(f"refs/remotes/{view.server.name}/{branch}" if view.server else ref)
    if open_now and _proposed(view, word, open_now):
        note = f"the {word.kind} is proposed already on {branch}; {_approve(branch)}"
        return Ended(True, note, branch, open_now, pushed=view.server is not None)
    commit, verdict = judged(view, word)
    if not verdict.accepted:
        return Ended(False, "not proposed: the gate would reject it", branch, commit, verdict=verdict)
    (old,) = repo.resolve(ref)
    if repo.is_checked_out(ref):
        raise FatalError(f"{branch} is checked out here; run: git switch main")
    if error := repo.move(ref, commit, old):
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
    if view.server is None:
        note = f"the {word.kind} is on branch {branch}, here only; publish it: git push origin {branch}"
        return Ended(True, note, branch, commit, verdict=verdict)
    return _pushed(view.server, word, branch, open_now, commit, verdict)


def pause(seconds: float) -> None:
    """Wait a while of chance, about half as long as this, so that rivals seldom meet again."""
    time.sleep(random.uniform(0.01, min(LONGEST_PAUSE, seconds)))  # noqa: S311 - hides nothing


def _pushed(server: Remote, word: Word, branch: str, old: str | None, commit: str, verdict: Verdict) -> Ended:
    pushed = server.push([Update(f"refs/heads/{branch}", old, commit)])
    if pushed.outcome is Outcome.PUSHED:
        note = f"the {word.kind} is proposed on {branch}; {_approve(branch)}"
        return Ended(True, note, branch, commit, True, verdict=verdict)
    if pushed.outcome is Outcome.LOST:
        return Ended(False, f"{branch} has just been changed by somebody else; run the same command again", branch)
    raise FatalError(f"{branch} is not pushed: {' / '.join(pushed.said) or 'the server does not answer'}")


def _proposed(view: View, word: Word, commit: str) -> bool:
    """Whether an open proposal says this very record."""
    parsed = view.reader.at(commit).records.get(word.path)
    return parsed is not None and parsed.value is not None and _same(parsed.value, word)


def _same(record: Any, word: Word) -> bool:
    said = record.model_dump(mode="json", exclude={"timestamp"})
    return bool(said == {name: value for name, value in word.fields.items() if name != "timestamp"})


def _approve(branch: str) -> str:
    return f"a human has to approve it: registry approve {branch}"
