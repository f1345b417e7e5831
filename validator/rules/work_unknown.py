"""A scope names work that is not in the charter.

What it means: Where the charter lists work, a scope is a part of it: the name is listed, a range lies within the
work's range and runs upwards, a segment is one of the work's segments.

Why: Overlaps and gaps are found by the names and ranges of the charter. Work outside them is compared with nothing.

Example:

    # the charter: {name: outreach, first: 1, last: 50}
    scope: [{work: outreach, first: 41, last: 60}]

Way out: Write the part as the charter has it.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import join_limited, quoted, span
from validator.model.shapes import Charter, RangePart, RangeWork, SegmentPart
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG208", "work-unknown", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the parts of scopes that are outside the charter's work."""
    if not head.charter:
        return
    for claim in head.claims.values():
        for index, part in enumerate(claim.draft.scope or ()):
            if found := _unknown(part, head.charter):
                yield Problem(claim.document.at("scope", index), *found)


def _unknown(part: RangePart | SegmentPart, charter: Charter) -> tuple[str, str] | None:
    """What is wrong with a part of a scope, and what to do."""
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


def _outside(part: RangePart | SegmentPart, work: RangeWork) -> tuple[str, str] | None:
    whole = f"it goes from {work.first} to {work.last}: write first and last within"
    if not isinstance(part, RangePart):
        return f"{quoted(part.work)} is divided by numbers", whole
    # Where the charter's own range runs down, charter-contradiction reports it.
    if work.first <= work.last and (part.first < work.first or part.last > work.last):
        return f"{quoted(f'{part.work} {span(part.first, part.last)}')} is beyond the charter's work", whole
    return None
