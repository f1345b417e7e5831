"""Which commit of a change made a file as it is, and whose signature that commit carries."""

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from validator.git.arrivals import Arrival
from validator.git.brought import MAX_COMMITS
from validator.git.repo import Repo
from validator.git.signatures import signing_keys


class Origin(NamedTuple):
    """The commit that made a file, or took it away, as a change has it; `blob` is the file's object id, None: gone."""

    path: str
    commit: str
    blob: str | None


class KnownStep(NamedTuple):
    """What the look at a whole line of steps has told of one already, so that Git is not asked again.

    `since` are the files that main has changed since the change began, None where that is not known; `key_of` finds the
    key that has signed a commit.
    """

    arrival: Arrival
    since: Collection[str] | None
    key_of: Callable[[str], str | None]


class Origins:
    """The commits that a change brings to its base. They are looked up where a file has to be signed, and only there.

    A merge is followed to the commit that made the file; a merge that makes a file itself is its origin.
    """

    def __init__(self, repo: Repo, base: str, head: str, known: KnownStep | None = None) -> None:
        self._repo, self._base, self._head, self._known = repo, base, head, known
        self._key_of = known.key_of if known else functools.cache(lambda commit: signing_keys(repo, [commit])[commit])

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
        return self._key_of(commit) in set(keys)

    def is_current(self, origin: Origin) -> bool:
        """Whether the base has had the file all along as it was where the origin left the base's history.

        Nothing that comes from another history (another root) is current.
        """
        forks = self._forks(origin.commit)
        blobs = self._blobs(origin.path, {self._base, *forks})
        return bool(forks) and all(
            blobs[fork] == blobs[self._base] and not self._has_changed(origin.path, fork, blobs[fork]) for fork in forks
        )

    def _forks(self, commit: str) -> Sequence[str]:
        """The best common ancestors of the base and a commit of the change."""
        if self._known and commit == self._head:
            return [self._base]  # a step stands on its parent
        merges = any(len(parents) > 1 for one, parents in self._parents.items() if one != self._head)
        if self._known and self._known.arrival.fork and not merges:
            return [self._known.arrival.fork]
        return self._repo.merge_bases(self._base, commit)

    def _has_changed(self, path: str, fork: str, before: str | None) -> bool:
        """Whether a file was another in between: changed and changed back is another life of it."""
        if self._known and self._known.since is not None and fork == self._known.arrival.fork:
            return path in self._known.since
        results = self._repo.results(fork, self._base, [path]) if fork != self._base else ()
        return any((entry.oid if entry else None) != before for _, entry in results)

    @functools.cached_property
    def _parents(self) -> dict[str, list[str]]:
        """The parents of each commit that is brought; empty for more commits than a proposal and its merge have."""
        if self._known:
            known = self._known.arrival.commits
            return {row[0]: list(row[1:]) for row in known} if len(known) < MAX_COMMITS + 2 else {}
        asked = ("rev-list", "--parents", f"--max-count={MAX_COMMITS + 2}", self._head, f"^{self._base}")
        rows = [row.split() for row in self._repo.read(*asked).decode().splitlines()]
        return {commit: parents for commit, *parents in rows} if len(rows) < MAX_COMMITS + 2 else {}

    def _blobs(self, path: str, commits: Iterable[str]) -> dict[str, str | None]:
        """The object id of a file in each commit; None where there is none."""
        asked = list(commits)
        facts = self._repo.objects.facts(f"{commit}:{path}" for commit in asked)
        return {commit: fact.oid if fact else None for commit, fact in zip(asked, facts, strict=True)}
