"""The charter's work and how the sessions divide it: what is left over, what the shares promise, an even split."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from validator.model.normalize import fold
from validator.model.nouns import is_plural
from validator.model.phrases import join_limited, quoted, span
from validator.model.shapes import Charter, RangePart, RangeWork, SegmentPart, SegmentWork, Target
from validator.model.targets import exactly
from validator.model.units import factor, fold_unit, is_measure
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

Part = RangePart | SegmentPart
Work = RangeWork | SegmentWork


class Share(NamedTuple):
    """A session's share of a piece of work, with the place of each part in its `scope`."""

    claim: ClaimFile
    parts: tuple[tuple[int, Part], ...]


class Sum(NamedTuple):
    """What the sessions of a piece of work promise together, in one unit and period, and how much the work is."""

    work: RangeWork
    unit: str  # `emails/day`
    promised: tuple[tuple[int, int | float], ...]  # (number, value), in the order of numbers
    whole: int

    @property
    def total(self) -> int | float:
        """The promises added up."""
        return sum(value for _, value in self.promised)


def counts(target: Target) -> bool:
    """Whether a target counts pieces of work per period, and so can be compared with the size of a scope."""
    return target.per is not None and target.op != "lt" and not is_measure(target.unit)


def range_size(parts: Sequence[RangePart]) -> int:
    """How many pieces of work the parts hold together; what two parts share counts once."""
    spans = defaultdict[str, list[tuple[int, int]]](list)
    for part in parts:
        spans[fold(part.work)].append((part.first, part.last))
    return sum(_union(sorted(of_work)) for of_work in spans.values())


def _union(spans: Sequence[tuple[int, int]]) -> int:
    """The whole numbers in ascending spans, each counted once."""
    size, reached = 0, -math.inf
    for first, last in spans:
        size += int(max(0, last - max(first - 1, reached)))
        reached = max(reached, last)
    return size


def shares(snapshot: Snapshot, work: Work) -> tuple[Share, ...]:
    """Who has a part of a piece of work, in the order of numbers."""
    name, found = fold(work.name), list[Share]()
    for claim in sorted(snapshot.claims.values(), key=lambda claim: claim.number):
        parts = [(at, part) for at, part in enumerate(claim.draft.scope or ()) if fold(part.work) == name]
        if parts:
            found.append(Share(claim, tuple(parts)))
    return tuple(found)


def left_over(work: Work, parts: Sequence[Part]) -> str | None:
    """What nobody took, as in `outreach 50` or `replies: overflow`; None where nothing is left."""
    left = ", ".join(map(format_part, left_parts(work, parts)))
    return f"{work.name}{' ' if isinstance(work, RangeWork) else ': '}{left}" if left else None


def left_parts(work: Work, parts: Sequence[Part]) -> tuple[Part, ...]:
    """What nobody took, as parts of the work."""
    if isinstance(work, RangeWork):
        return tuple(RangePart(work=work.name, first=first, last=last) for first, last in _left_of_range(work, parts))
    taken = {fold(name) for part in parts if isinstance(part, SegmentPart) for name in part.segments}
    left = tuple(name for name in work.segments if fold(name) not in taken)
    return (SegmentPart(work=work.name, segments=left),) if left else ()


def sums(snapshot: Snapshot, charter: Charter) -> Iterator[Sum]:
    """The sum of the promises for each divided range where all its sessions count in the same unit and period.

    A work that is called by its things, as `ovens`, is summed up in these alone.
    """
    for work in charter.work:
        found = shares(snapshot, work)
        if isinstance(work, RangeWork) and len(found) > 1:
            yield from _sums(work, found)


def split(work: Work, number_of_sessions: int) -> tuple[Part, ...]:
    """Even, contiguous shares of a piece of work in its own order; the first ones take the remainder.

    `number_of_sessions` is at least 1 and at most the size of the work.
    """
    pieces: Sequence[str] = work.segments if isinstance(work, SegmentWork) else ()
    size = work.last - work.first + 1 if isinstance(work, RangeWork) else len(pieces)
    each, more = divmod(size, number_of_sessions)
    parts, start = list[Part](), 0
    for at in range(number_of_sessions):
        end = start + each + (at < more)
        if isinstance(work, RangeWork):
            parts.append(RangePart(work=work.name, first=work.first + start, last=work.first + end - 1))
        else:
            parts.append(SegmentPart(work=work.name, segments=tuple(pieces[start:end])))
        start = end
    return tuple(parts)


def size_of(work: Work) -> int:
    """The largest number of shares that a piece of work can be divided into."""
    return work.last - work.first + 1 if isinstance(work, RangeWork) else len(work.segments)


def format_part(part: Part) -> str:
    """A share as text: `1-17`, `high-value, standard`."""
    return span(part.first, part.last) if isinstance(part, RangePart) else ", ".join(part.segments)


def format_scope(parts: Iterable[Part]) -> str:
    """A session's shares, each with its work: `outreach 1-17; replies: high-value, standard`."""
    return "; ".join(f"{part.work}{' ' if isinstance(part, RangePart) else ': '}{format_part(part)}" for part in parts)


def unknown_work(part: Part, charter: Charter) -> tuple[str, str] | None:
    """Why a part is none of the charter's work, and what to write instead; None for one that is."""
    if isinstance(part, RangePart) and part.first > part.last:
        return f"{quoted(part.work)} runs from {part.first} down to {part.last}", "run the range upwards"
    if not charter.work:
        return None
    work = next((work for work in charter.work if fold(work.name) == fold(part.work)), None)
    if work is None:
        return (
            f"{quoted(part.work)} is not work of the charter",
            f"its work: {join_limited(w.name for w in charter.work)}",
        )
    if isinstance(work, RangeWork):
        return _outside(part, work)
    segments = f"its segments: {join_limited(work.segments)}"
    if isinstance(part, RangePart):
        return f"{quoted(part.work)} is divided by segments", segments
    known = set(map(fold, work.segments))
    strange = [quoted(name) for name in part.segments if fold(name) not in known]
    return (f"{quoted(part.work)} has no segment {join_limited(strange)}", segments) if strange else None


def _outside(part: Part, work: RangeWork) -> tuple[str, str] | None:
    whole = f"it goes from {work.first} to {work.last}: write first and last within"
    if not isinstance(part, RangePart):
        return f"{quoted(part.work)} is divided by numbers", whole
    # Where the charter's own range runs down, charter-contradiction reports it.
    if work.first <= work.last and (part.first < work.first or part.last > work.last):
        return f"{quoted(f'{part.work} {span(part.first, part.last)}')} is beyond the charter's work", whole
    return None


def shared_work(parts: Iterable[tuple[int, Part]]) -> Iterator[tuple[int, int, str]]:
    """What is in two of these parts, each named by its place: the later place, the earlier one, and `outreach 17`."""
    taken, spans = dict[tuple[str, str], int](), defaultdict[str, list[tuple[int, int, int, str]]](list)
    for at, part in parts:
        if isinstance(part, RangePart):
            spans[fold(part.work)].append((part.first, part.last, at, part.work))
            continue
        for name in part.segments:
            first = taken.setdefault((fold(part.work), fold(name)), at)
            if first != at:
                yield at, first, f"{part.work}: {name}"
    for of_work in spans.values():
        reached, owner = -math.inf, 0
        for first, last, at, work in sorted(of_work):
            if first <= reached and at != owner:
                yield max(at, owner), min(at, owner), f"{work} {span(first, int(min(last, reached)))}"
            if last > reached:
                reached, owner = last, at


def _sums(work: RangeWork, found: Sequence[Share]) -> Iterator[Sum]:
    """The first session's units and periods are those of the sums; what others promise is converted to them."""
    promises = [(share.claim.number, list(_promised(share))) for share in found]
    alike = [one for one in promises[0][1] if not is_plural(work.name) or fold_unit(one.unit) == fold_unit(work.name)]
    for wanted in sorted(alike, key=lambda target: (fold_unit(target.unit), str(target.per))):
        promised = [(number, _in_unit_of(wanted, targets)) for number, targets in promises]
        known = tuple((number, value) for number, value in promised if value is not None)
        if len(known) == len(found):
            yield Sum(work, f"{fold(wanted.unit)}/{wanted.per}", known, size_of(work))


def _promised(share: Share) -> Iterator[Target]:
    """What a session promises to do at least, the first target of each unit and period."""
    seen = set[tuple[str, str | None]]()
    for target in share.claim.draft.targets or ():
        unit = fold_unit(target.unit), target.per
        if counts(target) and target.op != "lte" and unit not in seen:
            seen.add(unit)
            yield target


def _in_unit_of(wanted: Target, targets: Sequence[Target]) -> int | float | None:
    """The first promise that can be converted, in the wanted unit and period."""
    for target in targets:
        times = factor(target.unit, target.per, wanted.unit, wanted.per)
        if times is not None:
            value = exactly(target.value) * times
            return int(value) if value.denominator == 1 else float(value)
    return None


def _left_of_range(work: RangeWork, parts: Iterable[Part]) -> Iterator[tuple[int, int]]:
    """Sweeps over sorted ranges: the cost does not depend on the length of the work."""
    next_free = work.first
    taken = sorted((part.first, part.last) for part in parts if isinstance(part, RangePart))
    for first, last in [*taken, (work.last + 1, work.last + 1)]:
        if next_free < min(first, work.last + 1):
            yield next_free, min(first - 1, work.last)
        next_free = max(next_free, last + 1)
