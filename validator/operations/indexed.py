"""Read a change with the claims that it can meet, so that a verdict costs what the change touches.

An index of main's claims says which those are; the rules judge them as they judge a whole registry. The index moves
along with main, claim by claim. What it cannot answer is read as a whole: a change of the charter or of records, an
unrelated history. All records are read, and all claims where a rule needs the digest or the phase. The claims of a
change are read from Git, never from the index.
"""

import functools
from collections.abc import Iterable
from typing import NamedTuple

from validator.git.change import Files, Landing, landing_alone, sized
from validator.git.trees import TWICE, Entry
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, REGULAR_FILE, SESSIONS, claim_path, form_of, governed
from validator.operations.arrivals import KeptLine
from validator.operations.index_file import IndexFile
from validator.operations.indexing import Known, always, index_of, is_claim, waiting
from validator.operations.known import KnownClaims
from validator.registry.index.encoding import StoredIndex
from validator.registry.index.selection import beside, needed
from validator.registry.index.traits import traits_of
from validator.registry.parsing import Draft
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot

MOST_TOUCHED = 50  # files; a change of more is read as a whole
MOST_MOVED = 1_000  # claims in which an index and main differ; with more it is made anew


class State(NamedTuple):
    """Main with the claims that concern one session, and the numbers of all that do not count as registered."""

    snapshot: Snapshot
    waiting: frozenset[int]


class Indexed:
    """Reads changes of one repository with an index."""

    def __init__(self, reader: Reader, file: IndexFile) -> None:
        self._reader, self.file = reader, file
        self._kept: StoredIndex | None = None

    def change(self, base: str, head: str) -> tuple[Snapshot, Snapshot] | None:
        """(head as it would land on base, base), as far as a verdict looks at them; None where all has to be read."""
        repo = self._reader.repo
        light, folders = repo.trees.files_beside(base, governed, SESSIONS.encode())
        if len(folders) != 1:
            return None
        found = landing_alone(repo, base, head)
        if found is None or not _is_of_claims({*found.before, *found.after, *found.intent}):
            return None
        if any(entry.mode == TWICE for files in (found.before, found.after) for entry in files.values()):
            return None
        kept = self._at(base, light, folders[0])
        return self._landed(found, base, head, kept, light) if kept else None

    def state(self, commit: str, session_id: str) -> State | None:
        """What a session has to know of main at a commit; None where all has to be read."""
        light, folders = self._reader.repo.trees.files_beside(commit, governed, SESSIONS.encode())
        if len(folders) != 1 or any(form_of(path) for path in light if path != CHARTER):
            return None
        kept = self._at(commit, light, folders[0])
        own = kept.table.meeting(traits_of(Draft(session_id=session_id), near=False)) if kept else set[int]()
        if kept is None or not own:
            return None
        (charter,) = self._reader.charters([commit]).values()
        numbers = own | kept.table.always | ({charter.orchestrator} if charter else set())
        near = {**light, **kept.odd, **self._entries(kept.sessions, numbers.intersection(kept.table.numbers))}
        snapshot = self._reader.among(commit, near)
        unread = beside(kept.table, {claim.number for claim in snapshot.claims.values()})
        snapshot = KeptLine(self._reader.repo, commit, self.file).on(snapshot)._replace(unread=unread)
        return State(snapshot, frozenset(kept.table.waiting))

    def whole(self, commit: str) -> Snapshot | None:
        """The registry at a commit, whose claims are read only where that is needed; None where all has to be read."""
        light, folders = self._reader.repo.trees.files_beside(commit, governed, SESSIONS.encode())
        known = KnownClaims(self._reader, commit, self.file)
        kept = self._at(commit, light, folders[0], known) if len(folders) == 1 else None
        return known.whole(light[CHARTER], kept.table) if kept else None

    def _landed(
        self, found: Landing, base: str, head: str, kept: StoredIndex, light: Files
    ) -> tuple[Snapshot, Snapshot]:
        """Both sides with the claims that the change can meet."""
        reader, repo, touched = self._reader, self._reader.repo, {*found.before, *found.after}
        claims = [*reader.claims_in(found.before), *reader.claims_in(found.after)]
        numbers = needed(kept.table, claims, reader.committed_at(base))
        numbers |= _numbers_in(touched)
        near = {**light, **kept.odd, **self._entries(kept.sessions, numbers)}
        around = {path: entry for path, entry in near.items() if path not in touched}
        sides = found._replace(before={**around, **found.before}, after={**around, **found.after})
        line = KeptLine(repo, base, self.file)
        landed, current = reader.landed(sides, base, head, beside(kept.table, numbers))
        all_of = functools.cache(lambda: Reader(repo).change(base, head))
        return (
            line.on(landed)._replace(complete=lambda: all_of()[0]),
            line.on(current)._replace(complete=lambda: all_of()[1]),
        )

    def _entries(self, folder: str, numbers: Iterable[int]) -> dict[str, Entry]:
        """The claims of these numbers in the folder of claims."""
        paths = [claim_path(number) for number in sorted(numbers)]
        facts = self._reader.repo.objects.facts(f"{folder}:{path.rpartition('/')[2]}" for path in paths)
        return {path: Entry(REGULAR_FILE, one.oid, one.size) for path, one in zip(paths, facts, strict=True) if one}

    def _at(self, base: str, light: Files, folder: str, known: Known | None = None) -> StoredIndex | None:
        """The index of main; where it is not that of this tree yet, it is made or moved along, and written.

        None where main has no charter. `known` learns what is read to make it.
        """
        charter = light.get(CHARTER)
        if charter is None or charter.mode != REGULAR_FILE:
            return None
        kept, self._kept = self._kept or self.file.read(), None
        if kept and (kept.charter, kept.sessions) == (charter.oid, folder):
            self._kept = kept
            return kept
        moved = _moved(self._reader, kept, base, light, folder) if kept and kept.charter == charter.oid else None
        self._kept = moved or index_of(self._reader, base, light, folder, known)
        self.file.write(self._kept)
        return self._kept


def _is_of_claims(paths: set[str]) -> bool:
    """Whether a change touches few files, and neither charter nor records."""
    whole = any(path in (CHARTER, SESSIONS, "registry") or path.startswith("registry/consensus") for path in paths)
    return len(paths) <= MOST_TOUCHED and not whole


def _numbers_in(paths: Iterable[str]) -> set[int]:
    """The numbers whose claims stand at some paths, or above them: a folder may be put in place of a claim."""
    files = {"/".join(path.split("/", 3)[:3]) for path in paths}
    return {form[1] for path in files if (form := form_of(path)) and form[1]}


def _moved(reader: Reader, kept: StoredIndex, base: str, light: Files, folder: str) -> StoredIndex | None:
    """An index that follows main from one tree to another; None where that is too far."""
    repo, reader = reader.repo, Reader(reader.repo)  # one that has not left a file unread for its size
    try:
        changed = repo.changes(kept.sessions, folder)
    except FatalError:
        return None
    if len(changed) > MOST_MOVED:
        return None
    old, new = (sized(repo, {f"{SESSIONS}/{name}": pair[side] for name, pair in changed.items()}) for side in (0, 1))
    for path, entry in old.items():
        if not is_claim(path, entry):
            del kept.odd[path]
    for claim in reader.claims_in({path: entry for path, entry in old.items() if is_claim(path, entry)}):
        kept.table.remove(claim.number, traits_of(claim.draft))
    fresh = {path: entry for path, entry in new.items() if is_claim(path, entry)}
    kept.odd.update({path: entry for path, entry in new.items() if path not in fresh})
    snapshot = reader.among(base, {**light, **fresh})
    watched = always(snapshot)
    kept.table.waiting |= waiting(snapshot)
    for claim in snapshot.claims.values():
        kept.table.add(claim.number, traits_of(claim.draft), quiet=claim.number not in watched)
    return kept._replace(sessions=folder)
