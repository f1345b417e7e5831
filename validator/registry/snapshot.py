"""The registry at one commit, as data. A broken file is part of it, with its faults; nothing raises on content."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from validator.git.brought import Brought
from validator.git.change import Intent, differing
from validator.git.file_origin import Origins
from validator.git.trees import Entry
from validator.model import shapes
from validator.model.findings import Location, Problem
from validator.registry.history import Registration
from validator.registry.parsing import ClaimFile, Parsed, Version


class Author(NamedTuple):
    """Who proposes, as authenticated by the forge: account `github:583231`, current handle `@OWNER`."""

    account: str
    handle: str


class UnreadClaims(NamedTuple):
    """Claims of a registry that were not read, since nothing that is asked can meet them: numbers, and scopes."""

    numbers: frozenset[int]
    parts: Callable[[], Iterable[shapes.RangePart | shapes.SegmentPart]]


ALL_READ = UnreadClaims(frozenset(), tuple)


class _Fields(NamedTuple):
    commit: str | None
    tree: str | None
    files: Mapping[str, Entry]
    charter_file: Parsed[shapes.Charter] | None
    claims: Mapping[str, ClaimFile]
    records: Mapping[str, Parsed[Any]]
    committed_at: int | None = None
    # When these files were registered on main; called only when a message needs it.
    past: Callable[[Iterable[str]], Mapping[str, Registration]] = lambda paths: {}
    # The key that a claim on main had before it was last changed; called only for claims that have one now.
    keys_before: Callable[[Iterable[str]], Mapping[str, str | None]] = lambda paths: {}
    # What a claim's file on main was from its registration on, the oldest first; called only when a message needs it.
    versions: Callable[[str], Sequence[Version]] = lambda path: ()
    # The latest time of any commit that main holds; called only where a file is later than its last one.
    newest: Callable[[], int] = lambda: 0
    intent: Mapping[str, Intent] = {}
    # The commits that the change brings to its base; called only where they decide.
    brought: Callable[[], tuple[Brought, ...]] = tuple
    # Where files come from and who has signed them; None for what is not a commit yet.
    origins: Origins | None = None
    conflicts: tuple[str, ...] = ()
    unrelated: bool = False  # the change shares no history with its base
    rewritten: bool = False  # moving main to it would leave main's first-parent line
    superseded: tuple[str, ...] = ()  # files that main has changed since the change began from them
    joins: int = 0  # how many other commits this step of main merges
    altered: tuple[str, ...] = ()  # files that this merge has otherwise than what it merges
    unsigned: bool = False  # main is guarded by signatures, and this step carries none of an approver
    signed_by: str | None = None  # the approver's handle, where main is guarded and an approver has signed this step
    approvals: tuple[str, ...] = ()  # whom the trailers `Approved-by` of this step name, where main is guarded
    author: Author | None = None  # who proposes, where a forge says so
    unnamed: bool = False  # a forge moves main by this step, and does not say who has proposed it
    # What main has changed of charter and claims since the merged change began; None where that is not known.
    since_fork: frozenset[str] | None = None
    unread: UnreadClaims = ALL_READ  # what else there is; `files` and `claims` are without it
    # Of `claims`, those that are in no conflict as they stand: with none of the others, and not with the mission.
    quiet: UnreadClaims = ALL_READ
    # The same registry with the claims that were not read; called only where all of them are added up.
    complete: "Callable[[], Snapshot] | None" = None


class Snapshot(_Fields):
    """The registry at a commit, or as a merge would leave it (then `commit` is the change's own).

    Two snapshots are never equal. It is no dataclass, whose module loads half of Python's own parser at each start.
    """

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)

    @functools.cached_property
    def _touched(self) -> "dict[Snapshot, frozenset[str]]":
        return {}

    def whole(self) -> "Snapshot":
        """The same registry with all of its claims."""
        return self.complete() if self.complete else self

    @property
    def charter(self) -> shapes.Charter | None:
        """The charter, where it can be read."""
        return self.charter_file.value if self.charter_file else None

    @functools.cached_property
    def by_number(self) -> Mapping[int, ClaimFile]:
        """The claim file of each number that is held, readable or not."""
        return {claim.number: claim for claim in self.claims.values()}

    @property
    def parsed(self) -> Iterator[Parsed[Any]]:
        """Every file that has a form: charter, claims, records."""
        if self.charter_file:
            yield self.charter_file
        for claim in self.claims.values():
            yield claim.parsed
        yield from self.records.values()

    def parsed_at(self, paths: Iterable[str]) -> Iterator[tuple[str, Parsed[Any]]]:
        """Of some paths each that has a file with a form, with that: the others are not read."""
        charter = {self.charter_file.path: self.charter_file} if self.charter_file else {}
        for path in paths:
            claim = self.claims.get(path)
            found = claim.parsed if claim else charter.get(path) or self.records.get(path)
            if found:
                yield path, found

    def document_faults(self, kind: str) -> Iterator[Problem]:
        """The faults of one kind in the text of the files, as the problems that a rule reports."""
        for parsed in self.parsed:
            for fault in parsed.document.faults:
                if fault.kind == kind:
                    yield Problem(Location(parsed.path, fault.line, fault.column), fault.message, fault.help)

    @functools.cached_property
    def _free(self) -> tuple[int, ...]:
        capacity = self.charter.capacity if self.charter else 0
        free = {*range(1, capacity + 1)}
        free.difference_update(self.unread.numbers, self.by_number)
        return tuple(sorted(free))

    def free_numbers(self) -> tuple[int, ...]:
        """The numbers that nobody holds, in order; empty without a readable charter."""
        return self._free

    def scope_parts(self) -> Iterator[shapes.RangePart | shapes.SegmentPart]:
        """What the claims have of the charter's work; ranges of claims that were not read may be joined."""
        for claim in self.loud_claims():
            yield from claim.draft.scope or ()
        yield from (*self.unread.parts(), *self.quiet.parts())

    def loud_claims(self) -> Iterator[ClaimFile]:
        """The claims of which it is not known that they are in no conflict."""
        return (claim for claim in self.claims.values() if claim.number not in self.quiet.numbers)

    def touched(self, base: "Snapshot") -> frozenset[str]:
        """The files that differ from base, and those that the change touches but that merge to what base has."""
        if base is self:  # kept, it would hold itself, and programs run without a garbage collector
            return frozenset(self.intent)
        if base not in self._touched:
            self._touched[base] = frozenset(differing(base.files, self.files)) | frozenset(self.intent)
        return self._touched[base]

    def differs(self, path: str, base: "Snapshot") -> bool:
        """Whether a path has another mode or content than in base, or exists in only one of the two."""
        now, before = self.files.get(path), base.files.get(path)
        if now is None or before is None:
            return now is not before
        return (now.mode, now.oid) != (before.mode, before.oid)

    def is_new(self, claim: ClaimFile, base: "Snapshot") -> bool:
        """Whether a claim of this snapshot is not the same file in base."""
        return self.differs(claim.path, base)
