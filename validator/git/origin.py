"""Which commit of a change made a file as it is, and whose signature that commit carries."""

import functools
from collections.abc import Iterable
from typing import NamedTuple

from validator.git.brought import MAX_COMMITS
from validator.git.repo import Repo
from validator.git.signatures import signer


class Origin(NamedTuple):
    """The commit that made a file, or took it away, as a change has it; `blob` is the file's object id, None: gone."""

    path: str
    commit: str
    blob: str | None


class Origins:
    """The commits that a change brings to its base. They are looked up where a file has to be signed, and only there.

    A merge is followed to the commit that made the file; a merge that makes a file itself is its origin.
    """

    def __init__(self, repo: Repo, base: str, head: str) -> None:
        self._repo, self._base, self._head = repo, base, head
        self._signers = dict[tuple[str, str], bool]()

    def of(self, path: str) -> Origin | None:
        """The origin of a file that differs from the base; None where no commit that is brought made it."""
        rows, commit = self._parents, self._head
        found = self._blobs(path, {commit, *rows, *(parent for parents in rows.values() for parent in parents)})
        while commit in rows:
            same = [parent for parent in rows[commit] if found[parent] == found[commit]]
            if not same:
                return Origin(path, commit, found[commit])
            commit = next((parent for parent in same if parent in rows), same[0])
        return None

    @property
    def commits(self) -> tuple[str, ...]:
        """Every commit that is brought, but for merges."""
        return tuple(commit for commit, parents in self._parents.items() if len(parents) < 2)

    def is_signed(self, commit: str, keys: Iterable[str]) -> bool:
        """Whether a commit carries the SSH signature of one of these public keys."""
        return any(self._is_signed(commit, key) for key in keys)

    def is_current(self, origin: Origin) -> bool:
        """Whether the base has had the file all along as it was where the origin left the base's history.

        Nothing that comes from another history (another root) is current.
        """
        forks = self._repo.merge_bases(self._base, origin.commit)
        blobs = self._blobs(origin.path, {self._base, *forks})
        return bool(forks) and all(
            blobs[fork] == blobs[self._base] and not self._has_changed(origin.path, fork, blobs[fork]) for fork in forks
        )

    def _has_changed(self, path: str, fork: str, before: str | None) -> bool:
        """Whether a file was another in between: changed and changed back is another life of it."""
        results = self._repo.results(fork, self._base, [path]) if fork != self._base else ()
        return any((entry.oid if entry else None) != before for _, entry in results)

    def _is_signed(self, commit: str, key: str) -> bool:
        if (commit, key) not in self._signers:
            self._signers[commit, key] = signer(self._repo, commit, [("session", key)]) is not None
        return self._signers[commit, key]

    @functools.cached_property
    def _parents(self) -> dict[str, list[str]]:
        """The parents of each commit that is brought; empty for more commits than a proposal and its merge have."""
        asked = ("rev-list", "--parents", f"--max-count={MAX_COMMITS + 2}", self._head, f"^{self._base}")
        rows = [row.split() for row in self._repo.read(*asked).decode().splitlines()]
        return {commit: parents for commit, *parents in rows} if len(rows) < MAX_COMMITS + 2 else {}

    def _blobs(self, path: str, commits: Iterable[str]) -> dict[str, str | None]:
        """The object id of a file in each commit; None where there is none."""
        asked = list(commits)
        facts = self._repo.objects.facts(f"{commit}:{path}" for commit in asked)
        return {commit: fact.oid if fact else None for commit, fact in zip(asked, facts, strict=True)}
