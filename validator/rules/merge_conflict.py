"""The change does not merge into its base.

What it means: Git cannot merge the named files, or the change shares no history with its base at all.

Why: What cannot be merged cannot be judged as it would land.

Example:

    git push origin claim/05   # branched before main last changed the same lines

Way out: `git fetch origin && git rebase origin/main`, resolve, then `git push --force-with-lease` (a rebase rewrites
the branch, so that a plain push is refused); a branch without common history is made anew from main.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Location, Problem
from validator.model.layout import CHARTER
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG305", "merge-conflict", Level.ERROR
UPDATE = "git fetch origin && git rebase origin/main, resolve, then git push --force-with-lease"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what does not merge; a second add of a held number is told by its own rule."""
    if head.unrelated:
        yield Problem(Location(CHARTER), "this change shares no history with main", "make the branch anew from main")
        return
    # Where a file meets a link or a folder, Git tells of `path~commit`.
    for path in sorted({path if path in head.intent else path.rsplit("~", 1)[0] for path in head.conflicts}):
        intent = head.intent.get(path)
        if not (path in base.claims and intent and intent.before is None):
            yield Problem(Location(path), "this file does not merge into main", UPDATE)
