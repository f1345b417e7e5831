"""Propose to release a number; the claim stays in Git's history."""

from pathlib import Path
from typing import NamedTuple

from validator.git.proposed_commit import Draft, commit_on
from validator.git.remote import Outcome, Remote, Update
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.findings import Verdict, without_others
from validator.model.layout import HEADS, digits
from validator.operations.judge import judge
from validator.operations.reason import checked_reason
from validator.operations.signing import RequiredKey, signing_key
from validator.registry.holders import holder
from validator.registry.parsing import ClaimFile
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot


class ReleaseOutcome(NamedTuple):
    """The outcome: `note` is one line for the session that holds the number, `session_id`; None where nobody does.

    `verdict` is the gate's, None where nothing was judged.
    """

    succeeded: bool
    number: int
    session_id: str | None
    branch: str
    note: str
    commit: str | None = None
    verdict: Verdict | None = None


def release(
    *, repo: Path, remote: str, number: int | None, reason: str, session_id: str | None = None
) -> ReleaseOutcome:
    """Push branch `release/NN`, which removes the claim; a human approves it. The reason is its commit message.

    `session_id` is who has to hold the number; without a number it is the one that this session holds. An open release
    is kept, unless it can no longer be merged: then it is replaced.
    """
    reason = checked_reason(reason, "it is what history shows")
    server = Remote(Repo(repo), remote)
    server.fetch()
    reader, main = Reader(server.repo), server.repo.commit(server.main)
    held = _held(reader.at(main), number, session_id)
    if isinstance(held, ReleaseOutcome):
        return held
    branch, session = f"release/{digits(held.number)}", held.draft.session_id or ""
    there = _open(server, branch)
    if there and _removes(reader, main, there, held.path):
        return _proposed_already(held.number, session, branch, there)
    who = holder(held, reader.at(main).past([held.path]))
    tree = server.repo.tree_with(main, held.path, None)
    key = signing_key(server.repo, RequiredKey(held.number, session, held.draft.key), server)
    draft = Draft(tree, main, f"Release number {held.number}: {reason}\n")
    commit = commit_on(branch, draft, server.repo, server, key)
    verdict = judge(*reader.change(main, commit))
    if not verdict.accepted:
        note = "not proposed: the gate would reject it"
        return ReleaseOutcome(False, held.number, session, branch, note, verdict=without_others(verdict, held.path))
    pushed = server.push([Update(f"{HEADS}{branch}", there, commit)])
    if pushed.outcome is not Outcome.PUSHED:
        server.fetch()
        if (now := _open(server, branch)) not in (None, there):
            return _proposed_already(held.number, session, branch, now)
        raise FatalError(f"{branch} is not pushed: {' / '.join(pushed.said) or 'the server does not answer'}")
    note = f"proposed on {branch}: give back number {held.number}, held by {who}; a human has to approve it"
    return ReleaseOutcome(True, held.number, session, branch, note, commit)


def _held(main: Snapshot, number: int | None, session_id: str | None) -> ClaimFile | ReleaseOutcome:
    """The claim that is given back."""
    if number is None:
        number = next((n for n, one in sorted(main.by_number.items()) if one.draft.session_id == session_id), None)
        if number is None:
            return ReleaseOutcome(False, 0, None, "", f"{session_id} holds no number on main")
    branch, held = f"release/{digits(number)}", main.by_number.get(number)
    if held is None:
        return ReleaseOutcome(False, number, None, branch, f"number {number} is held by nobody")
    session = held.draft.session_id or ""
    if session_id not in (None, session):
        note = f"number {number} is held by {holder(held, main.past([held.path]))}, not by {session_id}"
        return ReleaseOutcome(False, number, session, branch, note)
    return held


def _open(server: Remote, branch: str) -> str | None:
    """The commit of an open proposal, as last fetched."""
    return next((one.commit for one in server.proposals() if one.name == branch), None)


def _removes(reader: Reader, main: str, commit: str, path: str) -> bool:
    """Whether a proposal, merged into the current main, removes a claim."""
    landed, base = reader.change(main, commit)
    return path in base.files and path not in landed.files and judge(landed, base).accepted


def _proposed_already(number: int, session_id: str, branch: str, commit: str | None) -> ReleaseOutcome:
    note = f"the release of number {number} is proposed already: {branch}"
    return ReleaseOutcome(True, number, session_id, branch, note, commit)
