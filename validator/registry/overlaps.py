"""Pairs of claims that cannot both stand: the same session, runtime, role or piece of work under two numbers."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from validator.model.normalize import fold
from validator.model.phrases import span
from validator.model.shapes import RangePart, SegmentPart
from validator.registry.parsing import ClaimFile, Draft
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.builder import Route


class Clash(NamedTuple):
    """Two claims and what they share. `first` keeps it; `route` is where the second says so."""

    kind: str  # "session_id" | "runtime_id" | "role" | "scope"
    shared: str
    first: ClaimFile
    second: ClaimFile
    route: Route
    new: bool  # base's second claim did not say so


class _Thing(NamedTuple):
    """Something that only one claim may have; equal keys are the same thing."""

    kind: str
    key: tuple[str, ...]
    shared: str
    route: Route


class _Share(NamedTuple):
    """A claim's hold on a thing or, with `part`, on a range."""

    thing: _Thing
    claim: ClaimFile
    new: bool
    part: tuple[int, int] = (0, 0)

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Who had it in base keeps it; else the smaller number does."""
        return self.new, self.claim.number, self.claim.path

    def against(self, first: "_Share", piece: str = "") -> Clash:
        # What stood in base already is told in the same words, however the second words it now.
        shared = (self if self.new else first).thing.shared + piece
        return Clash(self.thing.kind, shared, first.claim, self.claim, self.thing.route, self.new)


@functools.lru_cache(maxsize=1)  # the rules of a run ask for the same pair, one after the other
def clashes(head: Snapshot, base: Snapshot) -> tuple[Clash, ...]:
    """Every clash in head; a claim cannot clash with itself."""
    nothing = Draft()
    pairs = [
        (claim, base.claims[path].draft if path in base.claims else nothing) for path, claim in head.claims.items()
    ]
    things = [share for claim, had in pairs for share in _things_of(claim, had)]
    ranges = [share for claim, had in pairs for share in _ranges_of(claim, had)]
    return *_same_things(sorted(things, key=lambda share: share.rank)), *_same_ranges(ranges)


def _things_of(claim: ClaimFile, had: Draft) -> Iterator[_Share]:
    known = None if had is claim.draft else {thing.key for thing in _things(had)}
    for thing in _things(claim.draft):
        yield _Share(thing, claim, known is not None and thing.key not in known)


def _things(draft: Draft) -> Iterator[_Thing]:
    """The two kinds of name share one space: a runtime_id that is another's session_id would mislead a router."""
    if draft.session_id is not None:
        yield _Thing("session_id", ("name", draft.session_id), draft.session_id, ("session_id",))
    if draft.runtime_id is not None:
        yield _Thing("runtime_id", ("name", draft.runtime_id), draft.runtime_id, ("runtime_id",))
    if draft.role is not None:
        yield _Thing("role", ("role", fold(draft.role)), draft.role, ("role",))
    for index, part in enumerate(draft.scope or ()):
        if isinstance(part, SegmentPart):
            for at, name in enumerate(part.segments):
                key = ("segment", fold(part.work), fold(name))
                yield _Thing("scope", key, f"{part.work}: {name}", ("scope", index, "segments", at))


def _same_things(ordered: Iterable[_Share]) -> Iterator[Clash]:
    holders = dict[tuple[str, ...], _Share]()
    for share in ordered:
        first = holders.setdefault(share.thing.key, share)
        if first.claim.path != share.claim.path:
            yield share.against(first)


def _ranges_of(claim: ClaimFile, had: Draft) -> Iterator[_Share]:
    for index, part in enumerate(claim.draft.scope or ()):
        if isinstance(part, RangePart) and part.first <= part.last:
            thing = _Thing("scope", (fold(part.work),), part.work, ("scope", index))
            yield _Share(thing, claim, part not in (had.scope or ()), (part.first, part.last))


def _same_ranges(shares: Iterable[_Share]) -> Iterator[Clash]:
    """A sweep over the ranges of a work by their start: each is held against the one before that reaches furthest.

    So a crowd of ranges costs no more than sorting; not every pair is told, but everyone who has to yield to base.
    """
    works = defaultdict[tuple[str, ...], list[_Share]](list)
    for share in shares:
        works[share.thing.key].append(share)
    for row in works.values():
        furthest: _Share | None = None
        for share in sorted(row, key=lambda share: (share.part, share.rank)):
            first, last = share.part
            if furthest and first <= furthest.part[1] and furthest.claim.path != share.claim.path:
                keeps, yields = sorted((furthest, share), key=lambda share: share.rank)
                yield yields.against(keeps, f" {span(first, min(last, furthest.part[1]))}")
            if furthest is None or last > furthest.part[1]:
                furthest = share
