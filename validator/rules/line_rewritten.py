"""Moving main to this commit would rewrite the order of registrations.

What it means: Main moves forward only, along its first parents: the old main must stand on the first-parent line of
the new one. A force push, or a merge made the wrong way round (main merged into the proposal, and that pushed as
main), does not.

Why: The first-parent line decides who was first. Whoever could rewrite it could put their own claim first.

Example:

    git checkout claim/05 && git merge main && git push origin HEAD:main

Way out: Merge into main: `git checkout main && git merge --no-ff claim/05`.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import SESSIONS
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG306", "line-rewritten", Level.ERROR
LOOKS_AT = (Input.CHANGE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield one problem for the move of main: it concerns the two commits, not a file."""
    if head.rewritten:
        was, now = (base.commit or "")[:12], (head.commit or "")[:12]
        message = f"main's commit {was} does not stand on the first-parent line of {now}"
        help = "merge into main; fill in: git checkout main && git merge --no-ff BRANCH"
        yield Problem(Location(SESSIONS), message, help)
