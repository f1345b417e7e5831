"""A commit that moves a guarded main is not signed by an approver.

What it means: Where the charter gives approvers a `key`, main is guarded by signatures: every commit that moves it
(judged with `--steps`) carries the SSH signature of an approver whom the charter named before the push.
A commit of acknowledgements alone needs no such signature: a session makes its own, in a commit that is not a merge
and does not change one that counts already.

Why: A plain Git server does not say who pushes, so a human approves with a signature. A key that the same push adds
does not count. An unsigned merge could make an open proposal look as if it had landed.

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
    """Yield the commit, unless it only adds acknowledgements."""
    touched = sorted(head.touched(base))
    if head.unsigned and (head.joins or not touched or not all(_acknowledges(path, head, base) for path in touched)):
        message = f"commit {(head.commit or '')[:12]} is not signed by an approver of the charter that main had"
        place = Location(touched[0] if touched else CHARTER)
        yield Problem(place, message, "an approver merges and signs it: git merge -S --no-ff BRANCH")


def _acknowledges(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether a path is a new acknowledgement: not a removed one, and not one that counts on main already."""
    known = path in base.records and base.charter and counting(base, base.charter, path, registry_digest(base))
    return path.startswith(f"{ACKNOWLEDGEMENTS}/") and path in head.records and not known
