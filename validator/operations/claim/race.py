"""Claim a number: look, decide, push; repeat all three when another session was faster."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.retry import A_FEW, Attempts, Patience, limited
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome, decide
from validator.operations.claim.look import look
from validator.operations.claim.push import FailedPush, propose
from validator.operations.claim.request import ClaimRequest
from validator.registry.reader import Reader

# With random pauses, more attempts than any of a hundred sessions at once needs.
PATIENCE = Patience(attempts=60, unanswered=4, longest=1.5)

Hint = Callable[[str], None]


def claim(*, repo: Path, request: ClaimRequest, push: bool, remote: str, hint: Hint) -> ClaimOutcome:
    """Propose the claim that a session requests; idempotent. `hint` gets a line for each retry. Raises FatalError."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if push else None
    attempts = Attempts(PATIENCE)
    for attempt in attempts:
        with limited("claim", A_FEW) if server else nullcontext():
            result = _attempt(reader, server, request)
        if isinstance(result, ClaimOutcome):
            return result
        if result.silent:
            attempts.unanswered(f"the server does not take the push of number {result.number}: {result.why}")
        pause = attempts.pause(0.1 * 1.5**attempt)
        hint(f"number {result.number}: {logged(result.why)}; trying again in {pause:.1f} s\n")
    raise FatalError(f"lost {PATIENCE.attempts} races; try again later")


def _attempt(reader: Reader, server: Remote | None, request: ClaimRequest) -> ClaimOutcome | FailedPush:
    state = look(reader, server, request.session_id)
    decision = decide(state, request)
    return propose(reader, server, state, decision) if isinstance(decision, ClaimDraft) else decision
