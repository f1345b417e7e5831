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

from validator.model.findings import Input, Level, Problem
from validator.registry.snapshot import Snapshot
from validator.registry.workload import unknown_work

CODE, NAME, LEVEL = "REG208", "work-unknown", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the parts of scopes that are outside the charter's work."""
    if not head.charter:
        return
    for claim in head.claims.values():
        for index, part in enumerate(claim.draft.scope or ()):
            if found := unknown_work(part, head.charter):
                yield Problem(claim.document.at("scope", index), *found)
