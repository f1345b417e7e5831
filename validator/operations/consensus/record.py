"""How a record gets from a mouth to main: judged as a change of its own, proposed on its branch, or put on main."""

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from validator.git.remote import Outcome, Remote, Update
from validator.git.repo import Repo
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.escape import well_formed
from validator.model.findings import Verdict, decides
from validator.model.layout import CONFIRMATION, branch_of
from validator.operations.judge import audit, judge
from validator.registry.consensus.digest import registry_digest
from validator.registry.parsing import ClaimFile
from validator.registry.reader import Reader, charter_of, main_of
from validator.registry.records import RecordKind, counting
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.writer import write_record
from validator.report.documents import RecordDocument, as_json, finding_entries

ATTEMPTS = 60  # lost races before giving up; with jitter, more than a hundred sessions at once need
UNANSWERED = 4  # of these, how often a server may be silent
LONGEST_PAUSE = 20.0  # seconds

Tell = Callable[[str], None]


class View(NamedTuple):
    """What somebody who says a record sees: main as last heard of, and the remote where there is one to push to."""

    reader: Reader
    server: Remote | None
    main: str
    snapshot: Snapshot
    charter: shapes.Charter
    digest: str


class Word(NamedTuple):
    """A record that is to be said; `speaker` is the claim of the session that says it, None for a human."""

    kind: RecordKind
    path: str
    fields: Mapping[str, Any]
    speaker: ClaimFile | None = None


class Ended(NamedTuple):
    """How it ended: `won` is yes; `note` says it in a line; `merged` is the commit on main."""

    won: bool
    note: str
    branch: str | None = None
    commit: str | None = None
    pushed: bool = False
    merged: str | None = None
    verdict: Verdict | None = None


def look(repo: Path, remote: str | None) -> View:
    """Main as it is, fetched from a remote where one is named. Raises FatalError where the charter cannot be read."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if remote else None
    return look_again(reader, server)


def look_again(reader: Reader, server: Remote | None) -> View:
    """The same with a reader that knows most of it."""
    if server:
        server.fetch()
    main = reader.repo.commit(server.main) if server else main_of(reader.repo, None)
    snapshot = reader.at(main)
    return View(reader, server, main, snapshot, charter_of(snapshot), registry_digest(snapshot))


def speaker_of(view: View, session_id: str) -> ClaimFile:
    """The claim of a session. Raises FatalError for one that holds no number."""
    for claim in view.snapshot.claims.values():
        if claim.draft.session_id == session_id:
            return claim
    raise FatalError(f"{session_id} holds no number on main; see: registry whoami --session-id {session_id}")


def orchestrator_of(view: View, session_id: str) -> ClaimFile:
    """The claim of the orchestrator. Raises FatalError where the session is another one."""
    held = view.snapshot.by_number.get(view.charter.orchestrator)
    who = held.draft.session_id if held else "nobody"
    if held is None or who != session_id:
        raise FatalError(f"the orchestrator is number {view.charter.orchestrator}, held by {who}, not {session_id}")
    return held


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


def document_of(view: View, word: Word, ended: Ended) -> RecordDocument:
    """What was said and how it ended, to be printed."""
    draft = word.speaker.draft if word.speaker else None
    return RecordDocument(
        record=word.kind,
        path=word.path,
        registry=view.digest,
        number=word.speaker.number if word.speaker else None,
        session_id=_text(draft.session_id if draft else None),
        role=_text(draft.role if draft else None),
        goal=_text(draft.goal if draft else None),
        branch=ended.branch,
        commit=ended.commit,
        pushed=ended.pushed,
        merged=ended.merged,
        findings=finding_entries(ended.verdict.findings) if ended.verdict else (),
        note=ended.note,
    )


def render(view: View, word: Word, ended: Ended, format: str, report: Callable[[Verdict], str]) -> str:
    """The document as JSON, or as text with the gate's findings where it said no."""
    if format == "json":
        return as_json(document_of(view, word, ended))
    rejected = report(ended.verdict) if ended.verdict and not ended.won else ""
    return f"{rejected}{ended.note}\n"


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


def _text(text: str | None) -> str | None:
    return None if text is None else well_formed(text)


def confirm(*, repo: Path, remote: str | None, session_id: str, now: str) -> tuple[View, Word, Ended]:
    """Propose the confirmation (`remote` None: here only). `now` is RFC 3339."""
    view = look(repo, remote)
    orchestrator = orchestrator_of(view, session_id)
    fields = {
        "registry": view.digest,
        "number": orchestrator.number,
        "session_id": session_id,
        "timestamp": now,
    }
    word = Word("confirmation", CONFIRMATION, fields, orchestrator)
    verdict = audit(view.snapshot)
    if any(decides(finding) for finding in verdict.findings):
        return view, word, Ended(False, "not confirmed: this has to be mended on main before", verdict=verdict)
    return view, word, propose(view, word)
