"""The change does not merge into its base.

What it means: Git cannot merge the named files, or main has changed a file of the registry since the change began from
it, or the change shares no history with its base at all.

Why: A change is judged as it would be after the merge. Without a merge there is nothing to judge. A file of the
registry lands byte for byte as it was proposed: out of two versions of a claim Git could make a third one that nobody
has proposed.

Example:

    git push origin claim/05   # branched before main last changed the same lines

Way out: Propose a claim, a release or the charter again with the same verb. For another file `git fetch origin && git
rebase origin/main`, resolve, then `git push --force-with-lease` (a rebase rewrites the branch, so a plain push is
refused). Create a branch without common history again from main.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import CHARTER, CODEOWNERS
from validator.model.phrases import command_line
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG305", "merge-conflict", Level.ERROR
LOOKS_AT = (Input.CHANGE,)
UPDATE = "rebase it onto main and resolve, then push it again: git push --force-with-lease"

SUPERSEDED = "main has changed this file since this change began from it; propose it again"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what does not merge, except a second add of a held number: number-taken reports it."""
    if head.unrelated:
        yield Problem(Location(CHARTER), "this change shares no history with main", "make the branch anew from main")
        return
    # Where one side has a file and the other a link or folder, Git reports `path~commit`.
    conflicts = {path if path in head.intent else path.rsplit("~", 1)[0] for path in head.conflicts}
    said = dict.fromkeys(conflicts, "this file does not merge into main")
    said = dict.fromkeys(head.superseded, SUPERSEDED) | said
    for path, message in sorted(said.items()):
        intent = head.intent.get(path)
        if not (path in base.claims and intent and intent.before is None):
            yield Problem(Location(path), message, _way_out(path, base, gone=bool(intent and intent.after is None)))


def _way_out(path: str, base: Snapshot, *, gone: bool) -> str:
    """The command that proposes a file of the registry again; of another file, what Git does."""
    if path in (CHARTER, CODEOWNERS):
        return "take over what main has, then propose it again; registry charter propose says how"
    held = base.claims.get(path)
    if held is None:
        return UPDATE
    if gone:
        return f"propose it again; fill in: registry release {held.number} --reason REASON"
    words = ("registry", "claim", str(held.number), "--session-id", held.draft.session_id or "ID", "--push")
    return f"propose it again: {command_line(words)}"
