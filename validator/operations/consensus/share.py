"""Acknowledgements of many sessions on one branch, for a forge: one pull request, a commit of each session in it."""

from validator.git.remote import Outcome, Update
from validator.model.errors import Unreadable, attempted
from validator.model.layout import HEADS, REMOTES
from validator.operations.consensus.record import propose, record_on
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome
from validator.operations.judge import judge
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Snapshot

SHARED = "record/ready"


def share(state: MainState, draft: RecordDraft) -> RecordOutcome | None:
    """Put an acknowledgement on top of the shared branch; None where another session was faster.

    On a branch of its own where the shared one cannot take it: the gate would reject the whole, or the sessions have
    accounts of their own, of which a forge knows only the one that opens the pull request.
    """
    assert state.server, "acknowledgements are shared on a remote"
    repo = state.reader.repo
    tip = repo.tip(f"{REMOTES}{state.server.name}/{SHARED}")
    standing = tip if tip and not _is_over(state, tip) else None
    if standing and _has(state, standing, draft):
        return RecordOutcome(True, f"the {draft.kind} is proposed already on {SHARED}", SHARED, standing, pushed=True)
    commit = record_on(state, draft, standing or state.main)
    landed, base = state.reader.change(state.main, commit)
    verdict = judge(landed, base)
    if not verdict.accepted or len(_accounts(landed, base)) > 1:
        return propose(state, draft)
    pushed = state.server.push([Update(f"{HEADS}{SHARED}", tip, commit)])
    if pushed.outcome is Outcome.PUSHED:
        note = f"the {draft.kind} is proposed on {SHARED}, together with those of other sessions"
        return RecordOutcome(True, note, SHARED, commit, True, verdict=verdict)
    return None if pushed.outcome is Outcome.LOST else propose(state, draft)


def _is_over(state: MainState, tip: str) -> bool:
    """Whether what is on the branch is on main already, is about another registry, or cannot be read."""
    change = attempted(lambda: state.reader.change(state.main, tip))
    if isinstance(change, Unreadable):
        return True
    landed, base = change
    brought = [landed.records[path].value for path in landed.touched(base) if path in landed.records]
    return not any(record is not None and record.registry == state.digest for record in brought)


def _has(state: MainState, tip: str, draft: RecordDraft) -> bool:
    """Whether the branch has this session's acknowledgement of today's registry."""
    found = state.reader.at(tip).records.get(draft.path)
    return found is not None and found.value is not None and found.value.registry == state.digest


def _accounts(landed: Snapshot, base: Snapshot) -> set[str | None]:
    """The owners of the numbers that are acknowledged; None for a number without."""
    claims = [claim_of_record(path, base) for path in landed.touched(base)]
    return {claim.draft.owner for claim in claims if claim}
