"""A scope names work that the charter does not have.

What it means: Where the charter lists work, a scope is a part of it: the name is listed, a range lies within the
work's range and runs upwards, a segment is one of the work's segments.

Why: Work that nobody planned is in nobody's way until somebody else does it too.

Example:

    # the charter: {name: outreach, first: 1, last: 50}
    scope: [{work: outreach, first: 41, last: 60}]

Way out: Write the part as the charter has it.
"""

from collections.abc import Iterator

from validator.finding import Level, Problem
from validator.model import Charter, RangePart, RangeWork, SegmentPart
from validator.phrases import quoted
from validator.snapshot import Snapshot
from validator.wording import fold

CODE, NAME, LEVEL = "REG208", "work-unknown", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the parts of scopes that are no part of the charter's work."""
    if not head.charter:
        return
    for claim in head.claims.values():
        for index, part in enumerate(claim.draft.scope or ()):
            if why := _unknown(part, head.charter):
                names = ", ".join(work.name for work in head.charter.work)
                help = f"the charter's work: {names}" if names else "run the range upwards"
                yield Problem(claim.document.at("scope", index), why, help)


def _unknown(part: RangePart | SegmentPart, charter: Charter) -> str | None:
    if isinstance(part, RangePart) and part.first > part.last:
        return f"{quoted(part.work)} runs from {part.first} down to {part.last}"
    if not charter.work:
        return None
    work = next((work for work in charter.work if fold(work.name) == fold(part.work)), None)
    if work is None:
        return f"{quoted(part.work)} is not work of the charter"
    if isinstance(part, RangePart) != isinstance(work, RangeWork):
        return f"{quoted(part.work)} is divided by {'numbers' if isinstance(work, RangeWork) else 'segments'}"
    if isinstance(part, RangePart) and isinstance(work, RangeWork):
        outside = part.first < work.first or part.last > work.last
        return (
            f"{quoted(part.work)} goes from {work.first} to {work.last}, not {part.first}-{part.last}"
            if outside
            else None
        )
    known = {fold(name) for name in getattr(work, "segments", ())}
    strange = [name for name in part.segments if fold(name) not in known] if isinstance(part, SegmentPart) else []
    return f"{quoted(part.work)} has no segment {quoted(strange[0])}" if strange else None
