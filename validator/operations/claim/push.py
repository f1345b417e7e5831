"""Propose a claim: a commit on top of main, judged, then put on branch `claim/NN` by compare-and-swap."""

from typing import NamedTuple

from validator.git.remote import Outcome, Remote, Update
from validator.git.repo import Repo
from validator.git.upstream import remote_of
from validator.model.errors import FatalError
from validator.model.findings import Verdict
from validator.model.layout import HEADS, claim_path
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome
from validator.operations.claim.state import RegistryState
from validator.operations.judge import judge
from validator.registry.reader import Reader


class FailedPush(NamedTuple):
    """A push that has not succeeded: another session was faster or, with `silent`, the server did not accept it."""

    number: int
    why: str
    silent: bool = False


def propose(
    reader: Reader, server: Remote | None, state: RegistryState, draft: ClaimDraft
) -> ClaimOutcome | FailedPush:
    """Put a claim on its branch, here and on the server if there is one. Nothing is written that the gate rejects."""
    repo, number, branch = reader.repo, draft.number, state.branch(draft.number)
    commit = _commit(repo, state, draft)
    verdict = judge(*reader.step(state.main, commit))
    if not verdict.accepted:
        return ClaimOutcome(False, number, branch, "not proposed: the gate would reject it", verdict=verdict)
    repo.require_not_checked_out(f"{HEADS}{branch}")
    if server:
        return _push(server, draft, branch, commit, verdict)
    if error := _move_branch(repo, branch, commit):
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
    note = f"proposed number {number} on branch {branch}, here only; publish it: git push {remote_of(repo)} {branch}"
    return ClaimOutcome(True, number, branch, note, commit, verdict=verdict)


def _commit(repo: Repo, state: RegistryState, draft: ClaimDraft) -> str:
    """Main with the claim in it, as a commit that no branch has yet."""
    blob = repo.write_blob(draft.text.encode())
    tree = repo.tree_with(state.main, claim_path(draft.number), blob)
    verb = "Amend" if draft.number in state.snapshot.by_number else "Claim"
    return repo.commit_as_user(tree, [state.main], f"{verb} number {draft.number}\n")


def _push(server: Remote, draft: ClaimDraft, branch: str, commit: str, verdict: Verdict) -> ClaimOutcome | FailedPush:
    pushed = server.push([Update(f"{HEADS}{branch}", draft.replaces, commit)])
    if pushed.outcome is Outcome.PUSHED:
        _move_branch(server.repo, branch, commit)
        note = f"proposed number {draft.number} on branch {branch}; a human has to approve it"
        return ClaimOutcome(True, draft.number, branch, note, commit, pushed=True, verdict=verdict)
    if pushed.outcome is Outcome.LOST:
        return FailedPush(draft.number, "somebody was faster")
    return FailedPush(draft.number, " / ".join(filter(None, pushed.said))[:400] or "no answer", silent=True)


def _move_branch(repo: Repo, branch: str, commit: str) -> str | None:
    """Write the local branch over one that is left from an earlier try; where that fails, why."""
    ref = f"{HEADS}{branch}"
    (old,) = repo.resolve(ref)
    return repo.move(ref, commit, old)
