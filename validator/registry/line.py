"""The first-parent line of main: when files came to it, and what claims were in between."""

import functools
from collections.abc import Iterable, Mapping, Sequence

from validator.git.history import Step
from validator.git.repo import Repo
from validator.model.errors import Unreadable, attempted
from validator.model.layout import SESSIONS
from validator.registry.history import Registration, registrations, steps_of
from validator.registry.parsing import Draft, Version, claim_file
from validator.registry.yaml.faults import Fault
from validator.registry.yaml.reader import MAX_BYTES, Document, read, unread


class Line:
    """Looks at the history that ends in a commit only when it is asked, with at most two walks."""

    def __init__(self, repo: Repo, commit: str, steps: Sequence[Step] | None = None) -> None:
        """`steps` are the changes of all claims up to the commit, where they are known."""
        self._repo, self._commit = repo, commit
        self._asked, self._steps = set[str]() if steps is None else {SESSIONS}, tuple(steps or ())
        self._standing = registrations(self._steps)
        self._versions = dict[str, Sequence[Version]]()

    @functools.cached_property
    def _newest(self) -> int:
        return self._repo.newest_time(self._commit)

    def newest(self) -> int:
        """The latest time that any commit has which main holds."""
        return self._newest

    def registrations(self, paths: Iterable[str]) -> Mapping[str, Registration]:
        """The current registration of these files, by path; others may be among them."""
        wanted = set(paths)
        if not self._asked >= wanted and SESSIONS not in self._asked:
            # The walk costs about the same for one file and for all of them.
            self._asked.update([SESSIONS] if self._asked or len(wanted) > 2 else wanted)
            self._steps = self._repo.steps(self._commit, [SESSIONS] if SESSIONS in self._asked else sorted(self._asked))
            self._standing, self._versions = registrations(self._steps), {}
        return self._standing

    def versions(self, path: str) -> Sequence[Version]:
        """What a claim's file was from its registration on, the oldest first."""
        self.registrations([path])
        if path not in self._versions:
            steps = steps_of(path, self._steps)
            read = drafts(self._repo, [entry.oid for _, entry in steps])
            self._versions[path] = [Version(found, read.get(entry.oid, Draft())) for found, entry in steps]
        return self._versions[path]

    def keys_before(self, paths: Iterable[str]) -> dict[str, str | None]:
        """The key of each claim before it was last changed on main; none of a claim that is as it came."""
        return keys_before(self._repo, self.registrations(wanted := list(paths)), wanted)


def keys_before(repo: Repo, standing: Mapping[str, Registration], paths: Iterable[str]) -> dict[str, str | None]:
    """The key of each claim before it was last changed, by the registrations on main."""
    changed = {path: oid for path in paths if path in standing and (oid := standing[path].before)}
    read = drafts(repo, changed.values())
    return {path: read[oid].key for path, oid in changed.items() if oid in read}


def drafts(repo: Repo, oids: Iterable[str], holding: str = "") -> dict[str, Draft]:
    """The fields in each claim blob by object id; one that is too large, or does not hold a text, is left out."""
    sizes = repo.sizes(oids)
    contents = repo.blobs(oid for oid, size in sizes.items() if size <= MAX_BYTES)
    wanted = ((oid, content) for oid, content in contents.items() if holding.encode() in content)
    return {oid: claim_file(document_of(SESSIONS, content), 0).draft for oid, content in wanted}


def document_of(path: str, content: bytes) -> Document:
    """A file as a document. One that our own reader fails at is broken like any other, and stops no other file."""
    document = attempted(lambda: read(path, content))
    if not isinstance(document, Unreadable):
        return document
    message = f"the file cannot be read: {document.why}"
    return unread(path, Fault("unreadable", 1, 1, message, "write it as the examples are written"))
