"""A step onto a guarded main that no approver has signed.

What it means: Where the charter gives approvers a `key`, main is guarded by signatures: every commit that moves it
(judged with `--steps`) carries the SSH signature of an approver whom the charter named before the push.
Acknowledgements alone are excepted: a session says them for itself, in a commit that is no merge and does not touch
one that counts already.

Why: Nobody logs in at a plain Git server, so a signature is how a human says yes. A key that the same push brings
along says nothing. A merge would make somebody's open proposal look as if it had landed.

Example:

    git push origin HEAD:main   # a session merges its own claim

Way out: An approver merges and signs: `git -c gpg.format=ssh -c user.signingkey=KEY merge -S --no-ff claim/05`.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Location, Problem
from validator.model.layout import ACKNOWLEDGEMENTS, CHARTER
from validator.registry.consensus.digest import registry_digest
from validator.registry.records import counting
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG304", "unapproved", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the step, unless all that it does is to acknowledge."""
    touched = sorted(head.touched(base))
    if head.unsigned and (head.joins or not touched or not all(_is_said(path, head, base) for path in touched)):
        message = f"commit {(head.commit or '')[:12]} is not signed by an approver of the charter that main had"
        place = Location(touched[0] if touched else CHARTER)
        yield Problem(place, message, "an approver merges and signs it: git merge -S --no-ff BRANCH")


def _is_said(path: str, head: Snapshot, base: Snapshot) -> bool:
    """An acknowledgement that is said; not one that is taken away, or that has been said and counts."""
    known = path in base.records and base.charter and counting(base, base.charter, path, registry_digest(base))
    return path.startswith(f"{ACKNOWLEDGEMENTS}/") and path in head.records and not known
