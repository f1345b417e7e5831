"""Two sessions share a piece of work.

What it means: The ranges and segments in `scope` belong to one session each, within one kind of work.

Why: A prospect who gets the same mail from two sessions is lost to both.

Example:

    # number 4 has {work: outreach, first: 1, last: 17}
    scope: [{work: outreach, first: 17, last: 33}]

Way out: Take the part that is free; the message says who has the rest.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted
from validator.registry.holders import numbered_holder
from validator.registry.overlaps import taken
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG107", "scope-overlap", Level.ERROR
LOOKS_AT = (Input.PAIRS,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the parts of this change's claims that another number has."""
    for clash in taken(head, base, "scope"):
        message = f"{quoted(clash.shared)} is in the scope of {numbered_holder(clash.first, base)}"
        yield Problem(clash.second.document.at(*clash.route), message, "take a part that nobody has")
