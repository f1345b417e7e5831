"""Two sessions share a piece of work.

What it means: The ranges and segments in `scope` belong to one session each, within one kind of work.

Why: A prospect who gets the same mail from two sessions is lost to both.

Example:

    # number 4 has {work: outreach, first: 1, last: 17}
    scope: [{work: outreach, first: 17, last: 33}]

Way out: Take a part that is free: the help names what nobody has of that work, and the message who has the rest.
"""

import functools
from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.registry.holders import numbered_holder
from validator.registry.overlaps import taken
from validator.registry.snapshot import Snapshot
from validator.registry.workload import left_over

CODE, NAME, LEVEL = "REG107", "scope-overlap", Level.ERROR
LOOKS_AT = (Input.PAIRS, Input.REGISTRY)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the parts of this change's claims that another number has."""
    left = functools.cache(functools.partial(_left, base))
    for clash in taken(head, base, "scope"):
        message = f"{quoted(clash.shared)} is in the scope of {numbered_holder(clash, base)}"
        name = clash.second.draft.scope[int(clash.route[1])].work if clash.second.draft.scope else ""
        yield Problem(clash.second.document.at(*clash.route), message, left(fold(name)))


def _left(base: Snapshot, name: str) -> str:
    """What nobody has of a work of the charter."""
    work = next((work for work in base.charter.work if fold(work.name) == name), None) if base.charter else None
    if work is None:
        return "take a part that nobody has"
    found = left_over(work, [part for part in base.scope_parts() if fold(part.work) == name])
    return f"take a part that nobody has: {found}" if found else f"all of {quoted(work.name)} is taken by others"
