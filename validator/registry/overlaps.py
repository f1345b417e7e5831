"""Pairs of claims that share what must be unique: session, runtime, key, role or piece of work."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from validator.model.keys import fingerprint
from validator.model.normalize import fold, looks
from validator.model.phrases import span
from validator.model.shapes import RangePart, SegmentPart
from validator.registry.parsing import ClaimFile, Draft
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.faults import Route


class Clash(NamedTuple):
    """Two claims and what they share. `first` keeps it; `route` is the field of the second."""

    kind: str  # "session_id" | "runtime_id" | "key" | "role" | "scope"
    shared: str
    first: ClaimFile
    second: ClaimFile
    route: Route
    new: bool  # the second claim did not have it in base
    key: tuple[str, ...] = ()  # what both have; of a range its work
    part: tuple[int, int] = (0, 0)  # the numbers of the range that both have


class _Unique(NamedTuple):
    """Something that only one claim may have; equal keys mean the same thing."""

    kind: str
    key: tuple[str, ...]
    shared: str
    route: Route


class _Share(NamedTuple):
    """A thing that a claim has or, with `part`, a range."""

    thing: _Unique
    claim: ClaimFile
    new: bool
    part: tuple[int, int] = (0, 0)

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Sort order: the claim that had it in base keeps it, else the smaller number."""
        return self.new, self.claim.number, self.claim.path

    def against(self, first: "_Share", part: tuple[int, int] = (0, 0)) -> Clash:
        # What base had already is reported as base writes it, so that the finding stays the same.
        shared = (self if self.new else first).thing.shared + (f" {span(*part)}" if any(part) else "")
        thing = self.thing
        return Clash(thing.kind, shared, first.claim, self.claim, thing.route, self.new, thing.key, part)


@functools.lru_cache(maxsize=1)  # several rules ask for the same pair
def clashes(head: Snapshot, base: Snapshot) -> tuple[Clash, ...]:
    """Every clash in head; a claim cannot clash with itself."""
    nothing = Draft()
    pairs = [
        (claim, base.claims[claim.path].draft if claim.path in base.claims else nothing) for claim in head.loud_claims()
    ]
    things = [share for claim, had in pairs for share in _values_of(claim, had)]
    ranges = [share for claim, had in pairs for share in _ranges_of(claim, had)]
    return *_same_unique_values(sorted(things, key=lambda share: share.rank)), *_same_ranges(ranges)


def taken(head: Snapshot, base: Snapshot, *kinds: str) -> Iterator[Clash]:
    """The clashes of these kinds that a change brings; a registry as it is brings none."""
    found = () if head is base else clashes(head, base)
    return (clash for clash in found if clash.new and clash.kind in kinds)


def unique_keys(draft: Draft) -> Iterator[tuple[str, ...]]:
    """A key for each thing that no other claim may have, ranges excepted; equal keys mean the same thing."""
    return (thing.key for thing in _unique_values(draft))


def has(draft: Draft, clash: Clash) -> bool:
    """Whether a claim has what a clash is about; of a range, a part of it."""
    if not any(clash.part):
        return clash.key in unique_keys(draft)
    return any(
        isinstance(one, RangePart)
        and fold(one.work) == clash.key[0]
        and one.first <= clash.part[1]
        and clash.part[0] <= one.last
        for one in draft.scope or ()
    )


def shared_kinds(one: Draft, other: Draft) -> frozenset[str]:
    """The kinds of what two claims both have, and only one may: `session_id`, `runtime_id`, `key`, `role`, `scope`."""
    theirs = {*unique_keys(other)}
    kinds = {thing.kind for thing in _unique_values(one) if thing.key in theirs}
    mine, others = ([part for part in draft.scope or () if isinstance(part, RangePart)] for draft in (one, other))
    meet = any(fold(a.work) == fold(b.work) and a.first <= b.last and b.first <= a.last for a in mine for b in others)
    return frozenset(kinds | ({"scope"} if meet else set()))


def _values_of(claim: ClaimFile, had: Draft) -> Iterator[_Share]:
    known = None if had is claim.draft else {thing.key for thing in _unique_values(had)}
    for thing in _unique_values(claim.draft):
        yield _Share(thing, claim, known is not None and thing.key not in known)


def _unique_values(draft: Draft) -> Iterator[_Unique]:
    """session_id and runtime_id share one namespace: messages could be routed to the wrong session otherwise.

    People type and speak a session_id, so it must not look like another. A runtime_id is the forge's to choose.
    """
    if draft.session_id is not None:
        yield _Unique("session_id", ("name", draft.session_id), draft.session_id, ("session_id",))
        yield _Unique(
            "session_id", ("name that looks like", looks(draft.session_id)), draft.session_id, ("session_id",)
        )
    if draft.runtime_id is not None:
        yield _Unique("runtime_id", ("name", draft.runtime_id), draft.runtime_id, ("runtime_id",))
    if draft.key is not None:
        yield _Unique("key", ("key", draft.key), fingerprint(draft.key), ("key",))
    if draft.role is not None:
        yield _Unique("role", ("role", fold(draft.role)), draft.role, ("role",))
        yield _Unique("role", ("role that looks like", looks(draft.role)), draft.role, ("role",))
    for index, part in enumerate(draft.scope or ()):
        if isinstance(part, SegmentPart):
            for at, name in enumerate(part.segments):
                key = ("segment", fold(part.work), fold(name))
                yield _Unique("scope", key, f"{part.work}: {name}", ("scope", index, "segments", at))


def _same_unique_values(ordered: Iterable[_Share]) -> Iterator[Clash]:
    holders = dict[tuple[str, ...], _Share]()
    reported = set[tuple[str, str, Route]]()
    for share in ordered:
        first = holders.setdefault(share.thing.key, share)
        pair = (first.claim.path, share.claim.path, share.thing.route)
        if first.claim.path != share.claim.path and pair not in reported:
            reported.add(pair)
            yield share.against(first)


def _ranges_of(claim: ClaimFile, had: Draft) -> Iterator[_Share]:
    for index, part in enumerate(claim.draft.scope or ()):
        if isinstance(part, RangePart) and part.first <= part.last:
            thing = _Unique("scope", (fold(part.work),), part.work, ("scope", index))
            yield _Share(thing, claim, part not in (had.scope or ()), (part.first, part.last))


def _same_ranges(shares: Iterable[_Share]) -> Iterator[Clash]:
    """Sweep over the ranges of a work by their start; compare each with the earlier one that reaches furthest.

    The cost is that of sorting. Not every pair is reported, but every claim that has to yield to base is.
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
                yield yields.against(keeps, (first, min(last, furthest.part[1])))
            if furthest is None or last > furthest.part[1]:
                furthest = share
