"""A session acknowledges its number, role and goal: pushed to main directly, since it needs no approval."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Outcome, Update
from validator.git.retry import Attempts, Patience, limited
from validator.model.errors import FatalError
from validator.model.layout import MAIN, acknowledgement_path
from validator.operations.consensus.record import Tell, judged, propose, stands
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome, look, look_again, speaker_of
from validator.registry.consensus.criteria import acknowledged

# With random pauses, more attempts than any of a hundred sessions at once needs.
PATIENCE = Patience(attempts=60, unanswered=4, longest=20.0)


class _Again(NamedTuple):
    """The race for main was lost, or the server was silent: look again."""

    why: str
    silent: bool = False


def acknowledge(
    *, repo: Path, remote: str | None, session_id: str, now: str, tell: Tell
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Acknowledge (`remote` None: propose it here only). Where main takes no push, it becomes a proposal.

    `now` is RFC 3339. Raises FatalError where the session holds no number, or main moves at every attempt.
    """
    view: MainState | None = None
    attempts = Attempts(PATIENCE)
    for _ in attempts:
        with limited("acknowledge", 1) if remote else nullcontext():
            began = time.monotonic()
            view = look_again(view.reader, view.server) if view else look(repo, remote)
            draft = _draft(view, session_id, now)
            ended = _said(view, draft)
        if isinstance(ended, RecordOutcome):
            return view, draft, ended
        if ended.silent:
            attempts.unanswered(f"the server does not take the acknowledgement: {ended.why}")
        tell(f"{ended.why}; looking again\n")
        attempts.pause(2 * (time.monotonic() - began) * _rivals(view))
    raise FatalError(f"main moved {PATIENCE.attempts} times in between; run the same command again")


def _rivals(view: MainState) -> int:
    """The number of sessions that may push at the same time: those that have not acknowledged yet."""
    return len(view.snapshot.by_number) - len(acknowledged(view.snapshot, view.charter, view.digest))


def _draft(view: MainState, session_id: str, now: str) -> RecordDraft:
    claim = speaker_of(view, session_id)
    fields = {
        "registry": view.digest,
        "number": claim.number,
        "session_id": session_id,
        "ready": True,
        "timestamp": now,
    }
    return RecordDraft("acknowledgement", acknowledgement_path(claim.number, view.charter), fields, claim)


def _said(view: MainState, draft: RecordDraft) -> RecordOutcome | _Again:
    if view.server is None or stands(view, draft):
        return propose(view, draft)
    commit, verdict = judged(view, draft)
    if not verdict.accepted:
        return RecordOutcome(False, "not acknowledged: the gate would reject it", commit=commit, verdict=verdict)
    pushed = view.server.push([Update(MAIN, view.main, commit)])
    if pushed.outcome is Outcome.PUSHED:
        return RecordOutcome(True, f"acknowledged, on main (commit {commit[:12]})", None, commit, True, commit, verdict)
    if pushed.outcome is Outcome.REFUSED:
        return propose(view, draft)
    if pushed.outcome is Outcome.LOST:
        return _Again("somebody was faster")
    return _Again(" / ".join(pushed.said)[-400:] or "no answer", silent=True)
