"""A commit that moves a guarded main is not approved by an approver.

What it means: Where the charter gives approvers a `key`, main is guarded by signatures: every commit that moves it
(judged with `--steps`) carries the SSH signature of an approver whom the charter named before the push, and a trailer
`Approved-by: @HANDLE` that names this approver and nobody else, in the last paragraph of its message.
A commit of acknowledgements alone needs neither: a session makes its own, in a commit that is not a merge, does not
change one that counts already, and is to the byte what `registry consensus acknowledge` writes.

Why: A plain Git server does not say who pushes, so a human approves with a signature. A signature alone says who made
a commit, and not that it may move main: anyone could push an approver's signed draft. A key that the same push adds
does not count. An unsigned merge could make an open proposal look as if it had landed.

Example:

    git push origin HEAD:main   # a session merges its own claim

Way out: An approver approves the proposal: `registry approve 05`; a new charter is proposed by `registry charter
propose`. What is no proposal is committed by an approver with `git commit -S --trailer "Approved-by: @HANDLE"`.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import ACKNOWLEDGEMENTS, CHARTER
from validator.model.phrases import join_limited, quoted
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.forms import Form, acknowledgement_forms, is_plain
from validator.registry.records import claim_of_record, counting
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG304", "unapproved", Level.ERROR
LOOKS_AT = (Input.CHANGE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the commit where it is not approved, unless it only adds acknowledgements."""
    if not head.unsigned and head.signed_by is None:
        return  # nobody has to sign here
    touched = sorted(head.touched(base))
    by_a_session = touched and not head.joins and not head.approvals
    if by_a_session and all(_acknowledges(path, head, base) and _has_form(path, head, base) for path in touched):
        return
    place, commit = Location(touched[0] if touched else CHARTER), (head.commit or "")[:12]
    if head.signed_by is None:
        message = f"commit {commit} is not signed by an approver of the charter that main had"
        session = by_a_session and all(_acknowledges(path, head, base) for path in touched)
        own = "a session's own is made by: registry consensus acknowledge --push"
        yield Problem(
            place, message, own if session else "an approver approves the proposal; fill in: registry approve PROPOSAL"
        )
    elif set(head.approvals) != {head.signed_by}:
        stated = join_limited(map(quoted, head.approvals)) if head.approvals else "nobody"
        message = f"commit {commit} is signed by {head.signed_by}, and its message names {stated} as approving it"
        amend = f'git commit --amend -S --no-edit --trailer "Approved-by: {head.signed_by}"'
        yield Problem(place, message, f"if {head.signed_by} wants it on main: {amend}")


def _acknowledges(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether a path is a new acknowledgement: not a removed one, and not one that counts on main already."""
    known = path in base.records and base.charter and counting(base, base.charter, path, registry_digest(base))
    return path.startswith(f"{ACKNOWLEDGEMENTS}/") and path in head.records and not known


def _has_form(path: str, head: Snapshot, base: Snapshot) -> bool:
    """Whether file and commit are what this program writes: whatever else they held would be on main unsigned.

    A session with a key signs (REG308 says so), and no other one.
    """
    record, commits, held = head.records[path], head.brought(), claim_of_record(path, base)
    if record.value is None or len(commits) != 1 or commits[0].faults:
        return False
    if not is_plain(commits[0].headers, signed=held is not None and held.draft.key is not None):
        return False
    found = Form(record.document.text or "", commits[0].message)
    return found in acknowledgement_forms(record.value.model_dump(mode="json"))
