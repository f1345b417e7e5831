"""Pairs of claims that cannot both stand: the same session, runtime, role or piece of work under two numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from validator.document import Route
from validator.model import RangePart
from validator.snapshot import ClaimFile, Snapshot
from validator.wording import fold


class Clash(NamedTuple):
    """Two claims and what they share; `route` is where the second says so. `first` is the one that keeps it."""

    kind: str  # "session_id" | "runtime_id" | "role" | "scope"
    shared: str
    first: ClaimFile
    second: ClaimFile
    route: Route


class _Share(NamedTuple):
    """One thing that only one claim may have."""

    shared: str
    claim: ClaimFile
    route: Route


def clashes(head: Snapshot, base: Snapshot) -> tuple[Clash, ...]:
    """Every clash in head. Who stood in base unchanged keeps what it has; else the smaller number comes first."""
    ordered = sorted(head.claims.values(), key=lambda claim: (head.is_new(claim, base), claim.number, claim.path))
    return *_same_names(ordered), *_same_roles(ordered), *_same_work(ordered)


def _same_names(ordered: Iterable[ClaimFile]) -> Iterator[Clash]:
    """The two kinds of name share one space: a runtime_id that is another's session_id would mislead a router."""
    for kind in ("session_id", "runtime_id"):
        shares = [_Share(name, claim, (kind,)) for claim in ordered if (name := getattr(claim.draft, kind)) is not None]
        yield from _pairs(kind, [(share.shared, share) for share in shares])


def _same_roles(ordered: Iterable[ClaimFile]) -> Iterator[Clash]:
    roles = [(fold(c.draft.role), _Share(c.draft.role, c, ("role",))) for c in ordered if c.draft.role is not None]
    yield from _pairs("role", roles)


def _pairs(kind: str, shares: Iterable[tuple[str, _Share]]) -> Iterator[Clash]:
    holders = dict[str, _Share]()
    for key, share in shares:
        first = holders.setdefault(key, share)
        if first is not share:
            yield Clash(kind, share.shared, first.claim, share.claim, share.route)


def _same_work(ordered: Iterable[ClaimFile]) -> Iterator[Clash]:
    """Ranges that meet and segments named twice, within one piece of work; a claim cannot clash with itself."""
    segments = list[tuple[str, _Share]]()
    ranges = defaultdict[str, list[tuple[int, int, int, _Share]]](list)
    for rank, claim in enumerate(ordered):
        for index, part in enumerate(claim.draft.scope or ()):
            route: Route = ("scope", index)
            if isinstance(part, RangePart):
                share = _Share(f"{part.work} {part.first}-{part.last}", claim, route)
                ranges[fold(part.work)].append((part.first, part.last, rank, share))
            else:
                segments += [
                    (f"{fold(part.work)}/{fold(name)}", _Share(f"{part.work}: {name}", claim, (*route, "segments", at)))
                    for at, name in enumerate(part.segments)
                ]
    yield from (clash for clash in _pairs("scope", segments) if clash.first.path != clash.second.path)
    for row in ranges.values():
        yield from _overlaps(sorted(row, key=lambda item: item[:3]))


def _overlaps(ranges: list[tuple[int, int, int, _Share]]) -> Iterator[Clash]:
    """A sweep over ranges sorted by start: each is held against the one that reaches furthest before it."""
    furthest: tuple[int, int, int, _Share] | None = None
    for row in ranges:
        first, last, rank, share = row
        if first > last:
            continue
        if furthest and first <= furthest[1] and furthest[3].claim.path != share.claim.path:
            overlap = f"{share.shared.rsplit(' ', 1)[0]} {first}-{min(last, furthest[1])}"
            keeps, yields = (furthest[3], share) if furthest[2] < rank else (share, furthest[3])
            yield Clash("scope", overlap, keeps.claim, yields.claim, yields.route)
        if furthest is None or last > furthest[1]:
            furthest = row
