"""A merge on main is not what it merges.

What it means: A step of main that is a merge (judged with `--steps`) has each file of the registry as the merged change
made it, and changes nothing beside it. Where main is guarded by signatures this holds for every file. A step merges one
change.

Why: What lands is what was proposed and judged, byte for byte. A merge can hold anything: a claim as nobody has
proposed it, another claim taken back, or nothing at all of the change, which then looks as if it had landed.

Example:

    git merge --no-ff --strategy ours claim/05

Way out: Merge the proposal as it is: `registry approve 05`. What has to change is proposed again.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import CHARTER
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG310", "altered-merge", Level.ERROR
LOOKS_AT = (Input.CHANGE,)
MOST = 10  # files that are named one by one
AS_IT_IS = "merge the proposal as it is; fill in: registry approve PROPOSAL"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the files that a merge altered, and a merge of several changes at once."""
    if head.joins > 1:
        yield Problem(Location(CHARTER), f"this step merges {head.joins} changes at once", AS_IT_IS)
    for path in head.altered[:MOST]:
        yield Problem(Location(path), "in this merge the file differs from that of the merged change", AS_IT_IS)
    if len(head.altered) > MOST:
        yield Problem(
            Location(head.altered[MOST]), f"and {len(head.altered) - MOST:,} other files differ as well", AS_IT_IS
        )
