"""A piece of the charter's work that nobody took.

What it means: All numbers are claimed, and part of the work that the charter lists is in nobody's scope. Until all
numbers are claimed a gap is nothing but work that waits.

Why: What everybody takes for somebody else's is done by nobody.

Example:

    # the charter: {name: outreach, first: 1, last: 50}
    # the scopes:  1-17, 18-33, 34-49

Way out: A session takes the rest into its scope, in an amendment of its claim.
"""

from collections.abc import Iterator

from validator.finding import Level, Problem
from validator.model import RangePart, RangeWork, SegmentPart, SegmentWork
from validator.phrases import quoted, span
from validator.snapshot import Snapshot
from validator.wording import fold

CODE, NAME, LEVEL = "REG207", "work-gap", Level.WARNING


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what is left over of each kind of work, once nobody is left to take it."""
    if not head.charter_file or not head.charter or head.free_numbers():
        return
    parts = [part for claim in head.claims.values() for part in claim.draft.scope or ()]
    for index, work in enumerate(head.charter.work):
        mine = [part for part in parts if fold(part.work) == fold(work.name)]
        if left := _left_of_range(work, mine) if isinstance(work, RangeWork) else _left_of_segments(work, mine):
            message = f"nobody took {quoted(f'{work.name}{left}')}"
            place = head.charter_file.document.at("work", index)
            yield Problem(place, message, "a session adds it to its scope")


def _left_of_range(work: RangeWork, parts: list[RangePart | SegmentPart]) -> str | None:
    """Sweeps over sorted ranges, so that the length of the work costs nothing."""
    gaps, next_free = list[str](), work.first
    taken = sorted((part.first, part.last) for part in parts if isinstance(part, RangePart))
    for first, last in [*taken, (work.last + 1, work.last + 1)]:
        if next_free < min(first, work.last + 1):
            gaps.append(span(next_free, min(first - 1, work.last)))
        next_free = max(next_free, last + 1)
    return f" {', '.join(gaps)}" if gaps else None


def _left_of_segments(work: SegmentWork, parts: list[RangePart | SegmentPart]) -> str | None:
    taken = {fold(name) for part in parts if isinstance(part, SegmentPart) for name in part.segments}
    left = [name for name in work.segments if fold(name) not in taken]
    return f": {', '.join(left)}" if left else None
