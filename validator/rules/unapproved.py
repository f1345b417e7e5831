"""A step onto a guarded main that no approver has signed.

What it means: Where the charter gives approvers a `key`, main is guarded by signatures: every commit that moves it
(judged with `--steps`) carries the SSH signature of an approver whom the charter named before the push.
Acknowledgements alone are excepted: a session says them for itself.

Why: Nobody logs in at a plain Git server, so a signature is how a human says yes. A key that the same push brings
along says nothing.

Example:

    git push origin HEAD:main   # a session merges its own claim

Way out: An approver merges and signs: `git -c gpg.format=ssh -c user.signingkey=KEY merge -S --no-ff claim/05`.
"""

from collections.abc import Iterator

from validator.finding import Level, Location, Problem
from validator.snapshot import ACKNOWLEDGEMENTS, CHARTER, Snapshot

CODE, NAME, LEVEL = "REG304", "unapproved", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the step, unless all that it touches is acknowledgements."""
    touched = sorted(head.touched(base))
    if head.unsigned and not (touched and all(_is_acknowledgement(path, head) for path in touched)):
        message = f"commit {(head.commit or '')[:12]} is not signed by an approver of the charter that main had"
        place = Location(touched[0] if touched else CHARTER)
        yield Problem(place, message, "an approver merges and signs it: git merge -S --no-ff BRANCH")


def _is_acknowledgement(path: str, head: Snapshot) -> bool:
    """One that is said; one that is taken away is not."""
    return path.startswith(f"{ACKNOWLEDGEMENTS}/") and path in head.records
