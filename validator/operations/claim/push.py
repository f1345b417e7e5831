"""Propose a claim: a commit on top of main, judged, then put on branch `claim/NN` by compare-and-swap."""

from typing import NamedTuple

from validator.git.proposed_commit import Draft as CommitDraft
from validator.git.proposed_commit import commit_on
from validator.git.remote import Outcome, Remote, Update, last_rejection
from validator.git.repo import Repo
from validator.git.upstream import remote_of
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.model.findings import Verdict
from validator.model.layout import HEADS, claim_path, digits
from validator.model.phrases import command_line, quoted
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome
from validator.operations.claim.refused import refused
from validator.operations.claim.source import in_source
from validator.operations.claim.state import RegistryState
from validator.operations.judge import judge
from validator.operations.proposed import CLAIMS, is_frozen, judge_proposed
from validator.operations.rivals import shared_with
from validator.operations.signing import RequiredKey, signing_key
from validator.registry.gaps import NO_SCHEDULE, missing
from validator.registry.parsing import ClaimFile, claim_file
from validator.registry.reader import Reader, claims_at
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import read


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
    commit, landed, base, verdict = _made(reader, server, state, draft)
    if not verdict.accepted:
        why = "not proposed: the gate would reject it"
        if draft.source:
            verdict = in_source(verdict, claim_path(number), draft.text, draft.source)
        proposed = frozenset(other for other in state.proposed if state.is_proposed(other) and other != number)
        verdict = verdict._replace(proposed=proposed)
        return ClaimOutcome(False, number, branch, why, verdict=verdict, changes=draft.changes)
    repo.require_not_checked_out(f"{HEADS}{branch}")
    others = [one.claim for other, one in state.proposed.items() if one.claim and other != number and not one.landed]
    before, after = (missing(one, state.charter, others) for one in (base, landed))
    own = landed.by_number[number].draft
    lines = [line for line in after if line not in before or (line == NO_SCHEDULE and not own.schedule)]
    advice = (
        *lines,
        *(f"{one}; whoever is merged first keeps it: registry conflicts" for one in shared_with(own, others)),
    )
    if server:
        pushed = _push(server, state, draft, commit, verdict)
        return pushed._replace(advice=advice) if isinstance(pushed, ClaimOutcome) else pushed
    if error := _move_branch(repo, branch, commit):
        raise FatalError(f"{branch} is not written: {' '.join(error.split())[-300:]}; run the same command again")
    note = f"{_proposed(state, draft, branch)}, here only; publish it: git push {remote_of(repo)} {branch}"
    return ClaimOutcome(True, number, branch, note, commit, verdict=verdict, changes=draft.changes, advice=advice)


def _made(
    reader: Reader, server: Remote | None, state: RegistryState, draft: ClaimDraft
) -> tuple[str, Snapshot, Snapshot, Verdict]:
    """The commit, the claim as it would land, main, and the verdict: after a release, where nothing else is allowed."""
    commit = _commit(reader.repo, server, state, draft)
    landed, base = reader.step(state.main, commit)
    verdict = judge(landed, base)
    if draft.release and is_frozen(verdict):
        commit = _commit(reader.repo, server, state, draft, _released(reader.repo, server, state, draft))
        landed, base = reader.change(state.main, commit)
        verdict = judge_proposed(reader, landed, base).verdict
    return commit, landed, base, verdict


def _proposed(state: RegistryState, draft: ClaimDraft, branch: str) -> str:
    if draft.restores:
        undone = f"nothing changes: {branch} now has number {draft.number} as main has it, in place of your amendment"
        return undone + _way_back(state, draft.number, branch)
    return f"proposed number {draft.number} on branch {branch}"


def _then(draft: ClaimDraft) -> str:
    return "" if draft.restores else "; a human has to approve it"


def _way_back(state: RegistryState, number: int, branch: str) -> str:
    """How the session takes a proposal that changes nothing away, where it may: by its key, or where nobody signs."""
    held = state.snapshot.by_number[number].draft
    if not held.key and any(approver.key for approver in state.charter.approvers):
        return ""
    words = ("registry", "withdraw", branch, "--session-id", held.session_id or "")
    return f"; take it back: {command_line(words)}"


def _released(repo: Repo, server: Remote | None, state: RegistryState, draft: ClaimDraft) -> str:
    """Main without the claim, for the same number's claim to follow, which the message names."""
    held = state.snapshot.by_number[draft.number]
    tree = repo.tree_with(state.main, held.path, None)
    key = signing_key(repo, RequiredKey(draft.number, held.draft.session_id or "", held.draft.key), server)
    message = f"Release number {draft.number}: {draft.release}\n\n{CLAIMS}{repo.write_blob(draft.text.encode())}\n"
    # Newer than the releases of this number: as one of these it lands.
    return commit_on(f"release/{digits(draft.number)}", CommitDraft(tree, state.main, message), repo, server, key)


def _commit(
    repo: Repo, server: Remote | None, state: RegistryState, draft: ClaimDraft, release: str | None = None
) -> str:
    """Main with the claim in it, on no branch yet; signed where main's claim or this one has a key.

    `release` is the commit that gives the number back before.
    """
    blob = repo.write_blob(draft.text.encode())
    tree = repo.tree_with(state.main, claim_path(draft.number), blob)
    held = state.snapshot.by_number.get(draft.number)
    claim = claim_file(read(claim_path(draft.number), draft.text.encode()), draft.number).draft
    speaks = (held.draft.key if held else None) or claim.key
    # Where a key is lost, an approver replaces it.
    approvers = server if held and held.draft.key not in (None, claim.key) else None
    key = signing_key(repo, RequiredKey(draft.number, claim.session_id or "", speaks), approvers)
    message = f"{'Amend' if held and not release else 'Claim'} number {draft.number}\n"
    parent = release or state.main
    return commit_on(state.branch(draft.number), CommitDraft(tree, parent, message), repo, server, key)


def _push(
    server: Remote, state: RegistryState, draft: ClaimDraft, commit: str, verdict: Verdict
) -> ClaimOutcome | FailedPush:
    branch = state.branch(draft.number)
    pushed = server.push([Update(f"{HEADS}{branch}", draft.replaces, commit)])
    if pushed.outcome is Outcome.PUSHED:
        _move_branch(server.repo, branch, commit)
        note = f"{_proposed(state, draft, branch)}{_then(draft)}{_turned_down(server, state, draft)}"
        return ClaimOutcome(True, draft.number, branch, note, commit, True, verdict, draft.changes)
    if pushed.outcome is Outcome.LOST:
        return FailedPush(draft.number, "somebody was faster")
    if outcome := refused(server, state, draft, pushed):
        return outcome
    return FailedPush(draft.number, " / ".join(filter(None, pushed.said))[:400] or "no answer", silent=True)


def _turned_down(server: Remote, state: RegistryState, draft: ClaimDraft) -> str:
    """That a human turned the session's last proposal of this number down, unless main has had another claim since."""
    past = last_rejection(server.repo, server.name, state.branch(draft.number))
    if past is None or draft.replaces or not any(server.repo.resolve(past.rejected)):
        return ""
    path = claim_path(draft.number)
    fork = server.repo.merge_base(past.rejected, state.main)
    places = [(commit, draft.number) for commit in (past.rejected, fork, state.main) if commit]
    files = claims_at(server.repo, places)
    rejected, before, now = (files.get((commit or "", draft.number)) for commit in (past.rejected, fork, state.main))
    mine = claim_file(read(path, draft.text.encode()), draft.number).draft.session_id
    if rejected is None or rejected.draft.session_id != mine or _text(before) != _text(now):
        return ""
    return f"; it was turned down before: {quoted(logged(past.reason))}"


def _text(claim: ClaimFile | None) -> str | None:
    return claim.document.text if claim else None


def _move_branch(repo: Repo, branch: str, commit: str) -> str | None:
    """Write the local branch over one that is left from an earlier try; where that fails, why."""
    ref = f"{HEADS}{branch}"
    return repo.move(ref, commit, repo.tip(ref))
