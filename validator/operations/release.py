"""Propose to release a number; the claim stays in Git's history."""

from pathlib import Path
from typing import NamedTuple

from validator.git.proposed_commit import Draft, commit_on
from validator.git.remote import Outcome, Remote, Update
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.findings import without_others
from validator.model.layout import HEADS, claim_path, digits
from validator.operations.judge import judge
from validator.operations.reason import checked_reason
from validator.operations.signing import RequiredKey, signing_key
from validator.registry.holders import holder
from validator.registry.reader import Reader
from validator.report.text import render as report


class ReleaseResult(NamedTuple):
    """What the verb prints and its exit code; `session_id` is the session that holds the number."""

    text: str
    exit_code: int
    session_id: str = ""


def release(*, repo: Path, remote: str, number: int, reason: str) -> ReleaseResult:
    """Push branch `release/NN`, which removes the claim; a human approves it. The reason is its commit message.

    An open release is kept, unless it can no longer be merged: then it is replaced.
    """
    reason = checked_reason(reason, "it is what history shows")
    server = Remote(Repo(repo), remote)
    server.fetch()
    reader, main = Reader(server.repo), server.repo.commit(server.main)
    snapshot = reader.at(main)
    held = snapshot.by_number.get(number)
    if held is None:
        return ReleaseResult(f"number {number} is held by nobody\n", 1)
    session_id = held.draft.session_id or ""
    branch = f"release/{digits(number)}"
    there = _open(server, branch)
    if there and _removes(reader, main, there, held.path):
        return ReleaseResult(_proposed_already(number, branch), 0, session_id)
    who = holder(held, snapshot.past([held.path]))
    tree = server.repo.tree_with(main, claim_path(number), None)
    key = signing_key(server.repo, RequiredKey(number, session_id, held.draft.key), server)
    draft = Draft(tree, main, f"Release number {number}: {reason}\n")
    commit = commit_on(branch, draft, server.repo, server, key)
    verdict = judge(*reader.change(main, commit))
    if not verdict.accepted:
        return ReleaseResult(report(without_others(verdict, held.path)), 1)
    pushed = server.push([Update(f"{HEADS}{branch}", there, commit)])
    if pushed.outcome is not Outcome.PUSHED:
        server.fetch()
        if _open(server, branch) not in (None, there):
            return ReleaseResult(_proposed_already(number, branch), 0, session_id)
        raise FatalError(f"{branch} is not pushed: {' / '.join(pushed.said) or 'the server does not answer'}")
    text = f"proposed on {branch}: give back number {number}, held by {who}; a human has to approve it\n"
    return ReleaseResult(text, 0, session_id)


def _open(server: Remote, branch: str) -> str | None:
    """The commit of an open proposal, as last fetched."""
    return next((one.commit for one in server.proposals() if one.name == branch), None)


def _removes(reader: Reader, main: str, commit: str, path: str) -> bool:
    """Whether a proposal, merged into the current main, removes a claim."""
    landed, base = reader.change(main, commit)
    return path in base.files and path not in landed.files and judge(landed, base).accepted


def _proposed_already(number: int, branch: str) -> str:
    return f"the release of number {number} is proposed already: {branch}\n"
