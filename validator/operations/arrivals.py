"""When claims came to main, by a file beside the index that follows main; what it does not know is looked up in Git."""

import functools
from collections.abc import Iterable, Mapping, Sequence

from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.layout import SESSIONS
from validator.operations.index_file import KeptFile, program
from validator.registry.history import Registration
from validator.registry.index.arrivals import Arrivals, decoded, encoded
from validator.registry.line import Line, drafts, keys_before
from validator.registry.parsing import Draft, Version
from validator.registry.snapshot import Snapshot

NAME = "arrivals"


class KeptLine:
    """The first-parent line of main that ends in a commit, as `Line` has it."""

    def __init__(self, repo: Repo, commit: str, index: KeptFile) -> None:
        self._repo, self._commit, self._file = repo, commit, index.beside(NAME)
        self._line = Line(repo, commit)

    def registrations(self, paths: Iterable[str]) -> Mapping[str, Registration]:
        """The current registration of these files, by path; others may be among them."""
        wanted = list(paths)
        return self._standing if all(map(_is_kept, wanted)) else self._line.registrations(wanted)

    def versions(self, path: str) -> Sequence[Version]:
        """What a claim's file was from its registration on, the oldest first."""
        if not _is_kept(path):
            return self._line.versions(path)
        rows = self._arrivals.files.get(path, ())
        read = drafts(self._repo, [row.oid for row in rows])
        return [Version(Registration(*row[:4]), read.get(row.oid, Draft())) for row in rows]

    def keys_before(self, paths: Iterable[str]) -> Mapping[str, str | None]:
        """The key of each claim before it was last changed on main; none of a claim that is as it came."""
        return keys_before(self._repo, self.registrations(wanted := list(paths)), wanted)

    def on(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot that looks here."""
        return snapshot._replace(past=self.registrations, keys_before=self.keys_before, versions=self.versions)

    @functools.cached_property
    def _standing(self) -> Mapping[str, Registration]:
        return self._arrivals.registrations()

    @functools.cached_property
    def _arrivals(self) -> Arrivals:
        kept = decoded(self._file.content(), program())
        if kept is None or kept.commit != self._commit:
            kept = (kept and self._moved(kept)) or self._walked()
            self._file.keep(encoded(kept, program()))
        return kept

    def _moved(self, kept: Arrivals) -> Arrivals | None:
        """What is kept for an earlier commit of the line, followed to this one."""
        try:
            steps = self._repo.steps_after(kept.commit, self._commit, [SESSIONS])
        except FatalError:
            return None  # that commit is gone
        return None if steps is None else kept.followed(self._commit, steps)

    def _walked(self) -> Arrivals:
        nothing = Arrivals(self._commit, 0, {})
        return nothing.followed(self._commit, self._repo.steps(self._commit, [SESSIONS]))


def _is_kept(path: str) -> bool:
    return path.startswith(f"{SESSIONS}/")
