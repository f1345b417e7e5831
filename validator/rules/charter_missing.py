"""The charter is missing or cannot be read.

What it means: `registry/charter.yaml` says how many numbers there are, who orchestrates and who approves. Without
it no claim can be accepted; with a broken one neither.

Why: Without the charter the gate cannot decide, so it accepts no claim.

Example:

    git rm registry/charter.yaml

Way out: A human restores the charter in a change of its own: `git checkout main~1 -- registry/charter.yaml`, or
`registry init`.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import CHARTER
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG007", "charter-missing", Level.ERROR
LOOKS_AT = (Input.FILE, Input.CHANGE)
KEEP, RESTORE = "leave the charter on main", "restore the charter in a change of its own"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the missing charter, and every new claim where the charter cannot be read."""
    if CHARTER not in head.files:  # if it is not a regular file, file-mode reports it
        yield Problem(Location(CHARTER), f"{CHARTER} is missing", KEEP if CHARTER in base.files else RESTORE)
    if head.charter is None:
        for claim in head.claims.values():
            if head.is_new(claim, base):
                message = f"this claim cannot be judged without a readable {CHARTER}"
                yield Problem(Location(claim.path), message, "wait until a human has mended the charter on main")
