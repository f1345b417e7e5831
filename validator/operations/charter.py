"""Propose a new charter on a branch of its own, with the CODEOWNERS that it generates; a human approves it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from validator.git.remote import Outcome, Proposal, Remote, Update
from validator.git.repo import Repo
from validator.git.upstream import remote_of, remotes
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.model.findings import Verdict
from validator.model.layout import CHARTER, HEADS, own_files
from validator.model.phrases import command_line, quoted
from validator.operations.judge import has_to_be_made_again, judge
from validator.registry.proposals import proposals_on
from validator.registry.reader import Reader, main_of

DEFAULT_NAME = "change"
_AUTHOR = re.compile(rb"^author (.*) [0-9]+ [+-][0-9]{4}$", re.MULTILINE)


class CharterOutcome(NamedTuple):
    """The outcome: `note` is one line for the human; `commit` is None where nothing was proposed."""

    succeeded: bool
    branch: str
    note: str
    commit: str | None = None
    pushed: bool = False
    verdict: Verdict | None = None


def propose(*, repo: Repo, server: Remote | None, name: str, files: Mapping[str, bytes]) -> CharterOutcome:
    """Put a charter on branch `charter/NAME`, here and on the server if there is one. Idempotent.

    `files` are the charter and CODEOWNERS. They are put on top of the commit from which the working tree has begun, so
    that what main has changed since is not undone. Raises FatalError where another's draft has that name.
    """
    branch = f"charter/{name}"
    if not own_files(branch):
        raise FatalError(
            f"{quoted(name)} is no name for a proposal; use letters and digits, with . _ or - between them"
        )
    if server:
        server.fetch()
    reader, main = Reader(repo), repo.commit(server.main) if server else main_of(repo, None)
    (head,) = repo.resolve("HEAD")
    commit = _commit(repo, (repo.merge_base(main, head) if head else None) or main, files, name)
    landed, base = reader.change(main, commit)
    if CHARTER not in landed.touched(base):
        why = "main has this charter already"
        if _charter_at(repo, main) != _charter_at(repo, commit):
            why = f"you have changed nothing, and main has another charter since; take that over: {_pull(repo, server)}"
        return CharterOutcome(True, branch, f"nothing is proposed: {why}; change {CHARTER} and run this again")
    verdict = judge(landed, base)
    if not verdict.accepted:
        stale = f"main has changed it since; run: {_pull(repo, server)}, and then this again"
        why = stale if has_to_be_made_again(verdict) else "the gate would reject it"
        return CharterOutcome(False, branch, f"not proposed: {why}", verdict=verdict)
    if known := _same(repo, server, main, commit, branch):
        return CharterOutcome(True, known.name, _known(known.name), known.commit, server is not None, verdict)
    there = _open(repo, server, branch)
    if there and repo.tree_of(there) == repo.tree_of(commit) and repo.merge_base(main, there) != there:
        return CharterOutcome(True, branch, _known(branch), there, server is not None, verdict)
    if there and (author := _author(repo, there)) != _author(repo, commit):
        raise FatalError(f"{branch} is a draft of {author}; name yours otherwise: --name NAME")
    return _publish(repo, server, branch, there, commit)._replace(verdict=verdict)


def _charter_at(repo: Repo, commit: str) -> str | None:
    """The id of the charter's content at a commit."""
    (facts,) = repo.objects.facts([f"{commit}:{CHARTER}"])
    return facts.oid if facts else None


def _pull(repo: Repo, server: Remote | None) -> str:
    """The command that takes over what main has, which may be a branch of this repository alone."""
    if server is None and not remotes(repo):
        return "git rebase --autostash main"
    server = server or Remote(repo)
    return command_line(("git", "pull", "--rebase", "--autostash", server.name, server.branch))


def _commit(repo: Repo, fork: str, files: Mapping[str, bytes], name: str) -> str:
    tree = repo.tree_of(fork)
    for path, content in files.items():
        tree = repo.tree_with(tree, path, repo.write_blob(content))
    return repo.commit_as_user(tree, [fork], f"Charter: {name}\n")


def _open(repo: Repo, server: Remote | None, branch: str) -> str | None:
    rows = proposals_on(server.name if server else None, repo, "charter")
    return next((one.commit for one in rows if one.name == branch), None)


def _same(repo: Repo, server: Remote | None, main: str, commit: str, branch: str) -> Proposal | None:
    """An open proposal of the same charter under another name."""
    rows = [one for one in proposals_on(server.name if server else None, repo, "charter") if one.name != branch]
    wanted, *charters = repo.objects.facts(f"{one}:{CHARTER}" for one in (commit, *(row.commit for row in rows)))
    same = [row for row, found in zip(rows, charters, strict=True) if found and wanted and found.oid == wanted.oid]
    return next((row for row in same if repo.merge_base(main, row.commit) != row.commit), None)


def _known(branch: str) -> str:
    return f"{branch} is proposed already; {_next(branch)}"


def _author(repo: Repo, commit: str) -> str:
    found = _AUTHOR.search(repo.blobs([commit])[commit])
    return logged(found[1].decode("utf-8", "replace")) if found else "somebody"


def _publish(repo: Repo, server: Remote | None, branch: str, old: str | None, commit: str) -> CharterOutcome:
    ref = f"{HEADS}{branch}"
    repo.require_not_checked_out(ref)
    if server:
        pushed = server.push([Update(ref, old, commit)])
        if pushed.outcome is not Outcome.PUSHED:
            raise FatalError(f"{branch} is not pushed: {' / '.join(pushed.said) or 'somebody was faster'}")
    (here,) = repo.resolve(ref)
    if (error := repo.move(ref, commit, here)) and not server:
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
    if server:
        return CharterOutcome(True, branch, f"proposed the charter on {branch}; {_next(branch)}", commit, pushed=True)
    note = f"proposed the charter on {branch}, here only; publish it: git push {remote_of(repo)} {branch}"
    return CharterOutcome(True, branch, note, commit)


def _next(branch: str) -> str:
    return f"a human has to approve it: registry approve {branch}"
