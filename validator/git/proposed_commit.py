"""Make the commit of a proposal. A signed one is dated later than what the same key has signed on its branch before.

A guarded server takes a proposal only if it is newer than the one that it replaces, and than those that are closed.
"""

from collections.abc import Sequence
from typing import NamedTuple

from validator.git.objects import MAX_COMMIT
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.signatures import signing_keys


class Draft(NamedTuple):
    """A commit to be made."""

    tree: str
    parent: str
    message: str


def commit_on(branch: str, draft: Draft, repo: Repo, server: Remote | None, key: str | None) -> str:
    """A commit to be proposed on a branch, in the caller's name; with `key`, signed by that SSH key.

    The clock dates it wherever it can: two commits may be of one second, and a clock may have been set back.
    """
    commit = repo.commit_as_user(draft.tree, [draft.parent], draft.message, key=key)
    last = _last_time(repo, commit, server.said_on(branch)) if key and server else None
    if last is None:
        return commit
    return repo.commit_as_user(draft.tree, [draft.parent], draft.message, key=key, time=last + 1)


def _last_time(repo: Repo, commit: str, others: Sequence[str]) -> int | None:
    """The latest time of those that the same key has signed and that are not earlier than a commit; None without any.

    Only there signatures are asked for: anyone can set a date.
    """
    light = [oid for oid, size in repo.commit_sizes([commit, *others]).items() if size <= MAX_COMMIT]
    times = {oid: repo.read_commit(content)[1] for oid, content in repo.blobs(light).items()}
    late = [oid for oid, time in times.items() if oid != commit and time >= times[commit]]
    signed = signing_keys(repo, [commit, *late]) if late else {}
    return max((times[oid] for oid in late if signed[oid] == signed[commit]), default=None)
