"""Read snapshots from a repository: each object at most once, and only those that are needed."""

import bisect
import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, assert_never

from validator.git.brought import Brought, brought, one_brought, read_brought
from validator.git.change import (
    Files,
    Intent,
    Landing,
    Listing,
    differing,
    landing,
    next_listing,
    registry_files,
    with_others,
)
from validator.git.file_origin import Origins
from validator.git.history import Step
from validator.git.repo import Repo
from validator.git.trees import Entry
from validator.git.upstream import absent, newest_main, remote_of, remotes
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, REGULAR_FILE, claim_path, form_of
from validator.registry.line import Line, document_of, drafts
from validator.registry.parsing import ClaimFile, KnownClaim, Parsed, Row, claim_file, parse
from validator.registry.snapshot import ALL_READ, Snapshot, UnreadClaims
from validator.registry.yaml.builder import libyaml
from validator.registry.yaml.reader import MAX_BYTES, Document, too_large

# A change that touches many files is rejected for that, whatever their content. Judging it must not take long, so no
# more files than this are read.
MAX_CHANGED_FILES = 1_000
MAX_CHANGED_BYTES = 512 * 1024
TOLD = 100  # claims after which a reader tells how far it is
T = TypeVar("T")
Form = tuple[type[shapes.Charter | shapes.Claim | shapes.Record], int | None]  # and the number in the file's name


class Forms(NamedTuple):
    """What the files of a registry are read as."""

    charter: Parsed[shapes.Charter] | None
    claims: Mapping[str, ClaimFile]
    records: Mapping[str, Parsed[Any]]


class Reader:
    """Reads snapshots of one repository; a file is read once, however many snapshots hold it."""

    def __init__(self, repo: Repo, known: Mapping[str, Row] | None = None) -> None:
        """`known` are claims by object id that are read only when more is asked of them than that."""
        libyaml()  # where it is missing, that is the fault of the environment, and of no file
        self.repo, self._known = repo, {} if known is None else known
        # Called while a large registry is read, with (claims that are read, all files or claims).
        self.progress: Callable[[int, int], None] = lambda done, of: None
        self._contents = dict[str, bytes]()
        self._commits = dict[str, tuple[str, int]]()
        self._claims = dict[tuple[str, str], ClaimFile]()
        self._parsed = dict[tuple[str, str], Parsed[Any]]()
        self._unread = set[tuple[str, str]]()
        self._lines = dict[str, Line]()  # none of them holds the reader: programs run without a garbage collector
        self._trees = dict[str, Listing]()
        self._forms = list[tuple[Files, Forms]]()  # of the files that were read last
        self._last: Snapshot | None = None

    def at(self, commit: str) -> Snapshot:
        """The registry at a commit; asked again right away it is the same snapshot, of which much is known by then."""
        known = self.known(commit)
        if known is None:
            files = self._tree(commit)
            self._fetch([files], [commit])
            self._last = known = self._snapshot(commit, files, line=commit)
        return known

    def informed(self, commit: str, steps: Iterable[Step]) -> Snapshot:
        """The same, of which the changes of charter and claims up to it are known."""
        self._lines[commit] = Line(self.repo, commit, [step for step in steps if step.path != CHARTER])
        self._last = None
        return self.at(commit)

    def holding(self, snapshot: Snapshot) -> Snapshot:
        """The same snapshot, which is the registry at its commit from now on."""
        self._last = snapshot
        return snapshot

    def known(self, commit: str) -> Snapshot | None:
        """The registry at a commit, if all of it was read last."""
        return self._last if self._last and self._last.commit == commit else None

    def forget(self) -> None:
        """Let go of all that was read, but for what the next step of a line is read from."""
        self._contents.clear()
        self._commits.clear()
        self._claims.clear()
        self._parsed.clear()
        self._lines.clear()
        self._last = None

    def change(self, base: str, head: str) -> tuple[Snapshot, Snapshot]:
        """(head as it would land on base, base). No file of head is checked out or executed, and no link followed."""
        return self.landed(landing(self.repo, base, head), base, head)

    def landed(
        self, found: Landing, base: str, head: str, unread: UnreadClaims = ALL_READ
    ) -> tuple[Snapshot, Snapshot]:
        """The same of what a change leaves of a base's files; `unread` are the claims that are not among them."""
        self._bring(found.before, found.after, found.intent, [base, head])
        changed = {path: intent.after for path, intent in found.intent.items()}
        bringing = self._brought(base, head, found.fork, lambda: changed)
        landed = self._snapshot(head, found.after, line=base)._replace(intent=found.intent, brought=bringing)
        landed = landed._replace(origins=Origins(self.repo, base, head), unread=unread)
        if found.merge:
            conflicts, unrelated = found.merge.conflicts, found.fork is None
            landed = landed._replace(tree=found.merged, conflicts=conflicts, unrelated=unrelated)
            landed = landed._replace(superseded=found.superseded)
        return landed, self._snapshot(base, found.before, line=base)._replace(unread=unread)

    def among(self, commit: str, files: Files) -> Snapshot:
        """The registry at a commit, with no other files than these."""
        return self.fetched(commit, files)()

    def fetched(self, commit: str, files: Files) -> Callable[[], Snapshot]:
        """The same, with all contents fetched by now: what is left to do needs no Git."""
        self._fetch([files], [commit])
        return lambda: self._snapshot(commit, files, line=commit)

    def files(self, commit: str) -> Files:
        """The files of the registry at a commit."""
        return self._tree(commit)

    def claims_in(self, files: Files) -> list[ClaimFile]:
        """The claims among some files."""
        self._fetch([files], [])
        return [
            self._claim(path, entry, number or 0)
            for path, entry, (shape, number) in self._formed(files)
            if shape is shapes.Claim
        ]

    def committed_at(self, commit: str) -> int:
        """The committer's time of a commit."""
        self._fetch([], [commit])
        return self._commits[commit][1]

    def step(
        self, parent: str, commit: str, commits: Sequence[Sequence[str]] | None = None
    ) -> tuple[Snapshot, Snapshot]:
        """(a commit that moves main, its first parent), exactly as they are.

        `commits` are those that it brings, each with its parents, where that is known already.
        """
        known = self._tree(parent)
        before, after = with_others(self.repo, parent, known, commit, self._next_tree(known, parent, commit))
        self._bring(before, after, {}, [parent, commit])
        bringing = self._brought(
            parent, commit, parent, lambda: {path: after.get(path) for path in differing(before, after)}, commits
        )
        origins = Origins(self.repo, parent, commit)
        current = self._snapshot(parent, before, line=parent)
        return self._snapshot(commit, after, line=parent)._replace(brought=bringing, origins=origins), current

    def charters(self, commits: Iterable[str]) -> dict[str, shapes.Charter | None]:
        """The charter at each of many commits, None where it cannot be read; each version of it is read once."""
        asked = sorted(set(commits))
        found = zip(asked, self.repo.objects.facts(f"{commit}:{CHARTER}" for commit in asked), strict=True)
        blobs = {commit: Entry(REGULAR_FILE, one.oid, one.size) for commit, one in found if one and one.kind == "blob"}
        self._contents |= self.repo.blobs({one.oid for one in blobs.values() if _readable(one)} - self._contents.keys())
        read = {commit: self._parse(CHARTER, entry, shapes.Charter).value for commit, entry in blobs.items()}
        return {commit: read.get(commit) for commit in asked}

    def _brought(
        self,
        base: str,
        head: str,
        fork: str | None,
        changed: Callable[[], Mapping[str, Entry | None]],
        commits: Sequence[Sequence[str]] | None = None,
    ) -> Callable[[], tuple[Brought, ...]]:
        """Look up what a change brings when it is asked for; of one commit on top of its fork all is known."""

        @functools.cache
        def bringing() -> tuple[Brought, ...]:
            if fork is not None and self.repo.parents(head) == (fork,):
                return (one_brought(head, (fork,), changed(), self._contents[head]),)
            return read_brought(self.repo, commits) if commits else brought(self.repo, base, head)

        return bringing

    def _tree(self, commit: str) -> Listing:
        if commit not in self._trees:
            self._trees = {commit: Listing(registry_files(self.repo, commit))}
        return self._trees[commit]

    def _next_tree(self, known: Listing, parent: str, commit: str) -> Listing:
        """The files of a commit, by what it changes."""
        if commit not in self._trees:
            found = next_listing(self.repo, known, parent, commit)
            self._trees = {commit: found or Listing(registry_files(self.repo, commit))}
        return self._trees[commit]

    def _bring(self, before: Files, after: Files, intent: Mapping[str, Intent], commits: list[str]) -> None:
        """Fetch two trees. Of the files that the change adds or alters, no more than the limits above allow."""
        changed = sorted(path for path in {*differing(before, after), *intent} if form_of(path))
        brought = [(path, after[path].oid) for path in changed if path in after]
        sizes = accumulate(after[path].size or 0 if _readable(after[path]) else 0 for path, _ in brought)
        few = sum(size <= MAX_CHANGED_BYTES for size in sizes)
        self._unread.update(brought[min(MAX_CHANGED_FILES, few) :])
        known = isinstance(after, Listing) and after.base is before and self._formed_before(before) is not None
        self._fetch([{path: after[path] for path, _ in brought}] if known else [before, after], commits)

    def _fetch(self, trees: Iterable[Files], commits: list[str]) -> None:
        known = self._known.keys() | self._contents.keys()
        oids = {entry.oid for files in trees for _, entry, _ in self._formed(files, known) if _readable(entry)}
        self._contents |= self.repo.blobs(oids | (set(commits) - self._contents.keys()))
        self._commits |= {commit: self.repo.read_commit(self._contents[commit]) for commit in commits}

    def _formed(self, files: Files, but: Collection[str] = ()) -> Iterator[tuple[str, Entry, Form]]:
        """The regular files that have a form, but those with these object ids."""
        for path, entry in files.items():
            wanted = entry.mode == REGULAR_FILE and entry.oid not in but and (path, entry.oid) not in self._unread
            if wanted and (form := form_of(path)):
                yield path, entry, form

    def _snapshot(self, commit: str, files: Files, *, line: str) -> Snapshot:
        forms = self._formed_before(files)
        if forms is None:
            base = files.base if isinstance(files, Listing) else None
            known = self._formed_before(base) if base is not None else None
            forms = self._read_next(files, known) if known and isinstance(files, Listing) else self._read_forms(files)
            self._forms = [*self._forms[-1:], (files, forms)]
        tree, time = self._commits[commit]
        past = self._lines.setdefault(line, Line(self.repo, line))
        found = Snapshot(commit, tree, files, *forms, time, past.registrations, past.keys_before, past.versions)
        return found._replace(newest=past.newest)

    def _formed_before(self, files: Files) -> Forms | None:
        """What these very files were read as; None where they were not, or not lately."""
        return next((forms for known, forms in self._forms if known is files), None)

    def _read_forms(self, files: Files) -> Forms:
        charter: Parsed[shapes.Charter] | None = None
        claims, records = dict[str, ClaimFile](), dict[str, Parsed[Any]]()
        for path, entry, (shape, number) in sorted(self._formed(files), key=lambda row: row[0]):
            if issubclass(shape, shapes.Claim):
                claims[path] = self._claim(path, entry, number or 0)
                if len(claims) % TOLD == 0:
                    self.progress(len(claims), len(files))
            elif issubclass(shape, shapes.Record):
                records[path] = self._parse(path, entry, shape)
            elif issubclass(shape, shapes.Charter):
                charter = self._parse(path, entry, shape)
            else:
                assert_never(shape)  # a form of another kind needs a place in Forms, and in Snapshot
        return Forms(charter, claims, records)

    def _read_next(self, files: Listing, known: Forms) -> Forms:
        """The same from what the files before were read as."""
        moved = self._read_forms({path: files[path] for path in files.moved if path in files})
        charter = moved.charter if CHARTER in files.moved else known.charter
        claims = _merged(known.claims, moved.claims, files.moved)
        return Forms(charter, claims, _merged(known.records, moved.records, files.moved))

    def _claim(self, path: str, entry: Entry, number: int) -> ClaimFile:
        key = path, entry.oid
        if key not in self._claims:
            row = self._known.get(entry.oid)
            if row and row.number == number:
                self._claims[key] = _known_claim(self.repo, path, entry, row)
            else:
                self._claims[key] = claim_file(self._document(path, entry), number)
        return self._claims[key]

    def _parse(self, path: str, entry: Entry, shape: Any) -> Parsed[Any]:
        key = path, entry.oid
        if key not in self._parsed:
            self._parsed[key] = parse(self._document(path, entry), shape)
        return self._parsed[key]

    def _document(self, path: str, entry: Entry) -> Document:
        if not _readable(entry):
            return too_large(path, entry.size or 0)
        if entry.oid not in self._contents:  # it is known as another file
            self._contents |= self.repo.blobs([entry.oid])
        return document_of(path, self._contents[entry.oid])


def _known_claim(repo: Repo, path: str, entry: Entry, row: Row) -> KnownClaim:
    """A claim that is read when that is needed; what reads it must not hold the reader."""
    read = functools.partial(_read_claim, repo, path, entry.oid, row.number)
    return KnownClaim.of(path, row, read)


def _read_claim(repo: Repo, path: str, oid: str, number: int) -> ClaimFile:
    return claim_file(document_of(path, repo.blobs([oid])[oid]), number)


def _merged(known: Mapping[str, T], new: Mapping[str, T], moved: Collection[str]) -> Mapping[str, T]:
    """Files by path, in order, some of which have moved; one that is still there keeps its place."""
    changed = {**known}
    for path in moved:
        if path not in new:
            changed.pop(path, None)
    last, added = next(reversed(changed), ""), sorted(new.keys() - changed.keys())
    changed.update(new)
    if not added or added[0] > last:
        return changed
    paths = list(changed)[: -len(added)]
    for path in added:
        bisect.insort(paths, path)
    return {path: changed[path] for path in paths}


def charter_of(snapshot: Snapshot) -> shapes.Charter:
    """The charter of a snapshot. Raises FatalError where it cannot be read."""
    if snapshot.charter is None:
        raise FatalError(
            f"{CHARTER} is missing or broken at {snapshot.commit}; run: registry audit --ref {snapshot.commit}"
        )
    return snapshot.charter


def claims_at(repo: Repo, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], ClaimFile]:
    """The claim of each (commit, number) that has one, except files that are too large to be read."""
    wanted = {(commit, claim_path(number)): number for commit, number in places}
    return {
        (place[0], wanted[place]): claim_file(document_of(place[1], content), wanted[place])
        for place, content in repo.files(wanted, MAX_BYTES).items()
    }


def session_ids(repo: Repo, oids: Iterable[str], holding: str = "") -> dict[str, str | None]:
    """The session_id in each claim blob that holds a text by object id; None where it cannot be read."""
    return {oid: draft.session_id for oid, draft in drafts(repo, oids, holding).items()}


def _readable(entry: Entry) -> bool:
    return entry.size is not None and entry.size <= MAX_BYTES


def reader_at(repo: Path, ref: str | None) -> tuple[Reader, str]:
    """A reader of the repository around a folder, and the commit to read: `ref`, else main as last fetched."""
    reader = Reader(Repo(repo))
    return reader, main_of(reader.repo, ref)


def main_of(repo: Repo, ref: str | None) -> str:
    """The commit of a revision; None stands for main, of its remote or of here. Raises FatalError without one."""
    if ref is not None:
        return repo.commit(ref)
    found = newest_main(repo)
    if found is None:
        if not remotes(repo):
            way_out = "name a revision, or start a registry: registry init --help"
            raise FatalError(f"there is neither origin/main nor main here yet; {way_out}")
        remote, others = remote_of(repo), remotes(repo)
        if remote not in others:
            raise absent(remote, others, given=False)
        way_out = "name a revision, or run: registry status --fetch"
        raise FatalError(f"there is neither {remote}/main nor main here; {way_out}")
    return found
