"""A session acknowledges its number, role and goal: pushed to main directly, since it needs no approval."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Outcome, Update
from validator.git.retry import Attempts, Patience, limited
from validator.model.errors import FatalError
from validator.model.layout import HEADS, acknowledgement_path
from validator.operations.consensus.record import Hint, is_on_main, judged, propose
from validator.operations.consensus.share import share
from validator.operations.consensus.state import (
    MainState,
    RecordDraft,
    RecordOutcome,
    claim_of,
    look,
    look_again,
    record_by,
)
from validator.registry.consensus.criteria import acknowledged

# With random pauses, more attempts than any of a hundred sessions at once needs.
PATIENCE = Patience(attempts=60, unanswered=4, longest=20.0)


class _Retry(NamedTuple):
    """The push did not succeed: another push was first or, with `silent`, the server did not accept it."""

    why: str
    silent: bool = False


def acknowledge(
    *, repo: Path, remote: str | None, session_id: str, now: str, hint: Hint, shared: bool = False
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Acknowledge (`remote` None: propose it here only). Where main takes no push, it becomes a proposal.

    `shared`: on the branch that all sessions share, for one pull request; main is not pushed to. `now` is RFC 3339.
    Raises FatalError where the session holds no number, or main moves at every attempt.
    """
    state: MainState | None = None
    attempts = Attempts(PATIENCE)
    for _ in attempts:
        with limited("acknowledge", 1) if remote is not None else nullcontext():
            began = time.monotonic()
            state = look_again(state.reader, state.server) if state else look(repo, remote)
            draft = _draft(state, session_id, now)
            result = _share(state, draft) if shared else _push(state, draft)
        if isinstance(result, RecordOutcome):
            return state, draft, result
        if result.silent:
            attempts.unanswered(f"the server does not take the acknowledgement: {result.why}")
        hint(f"{result.why}; trying again\n")
        attempts.pause(2 * (time.monotonic() - began) * _waiting(state))
    raise FatalError(f"main moved {PATIENCE.attempts} times in between; run the same command again")


def _waiting(state: MainState) -> int:
    """The number of sessions that may push at the same time: those that have not acknowledged yet."""
    return len(state.snapshot.by_number) - len(acknowledged(state.snapshot, state.charter, state.digest))


def _draft(state: MainState, session_id: str, now: str) -> RecordDraft:
    claim = claim_of(state, session_id)
    path = acknowledgement_path(claim.number)
    return record_by(state, claim, "acknowledgement", path, now, ready=True)


def _share(state: MainState, draft: RecordDraft) -> RecordOutcome | _Retry:
    if is_on_main(state, draft):
        return propose(state, draft)
    return share(state, draft) or _Retry("somebody was faster")


def _push(state: MainState, draft: RecordDraft) -> RecordOutcome | _Retry:
    if state.server is None or is_on_main(state, draft):
        return propose(state, draft)
    commit, verdict = judged(state, draft)
    if not verdict.accepted:
        return RecordOutcome(False, "not acknowledged: the gate would reject it", commit=commit, verdict=verdict)
    pushed = state.server.push([Update(f"{HEADS}{state.server.branch}", state.main, commit)])
    if pushed.outcome is Outcome.PUSHED:
        return RecordOutcome(True, f"acknowledged, on main (commit {commit[:12]})", None, commit, True, commit, verdict)
    if pushed.outcome is Outcome.REFUSED:
        return propose(state, draft)
    if pushed.outcome is Outcome.LOST:
        return _Retry("somebody was faster")
    return _Retry(" / ".join(pushed.said)[-400:] or "no answer", silent=True)
