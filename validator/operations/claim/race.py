"""Claim a number: look, decide, push, and all of it again when another session was faster."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.retry import A_FEW, Attempts, Patience, turn
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome, decide
from validator.operations.claim.look import look
from validator.operations.claim.push import FailedPush, propose
from validator.operations.claim.request import ClaimRequest
from validator.registry.reader import Reader

# With pauses of chance, more attempts than any of a hundred rivals needs.
PATIENCE = Patience(attempts=60, unanswered=4, longest=1.5)

Tell = Callable[[str], None]


def claim(*, repo: Path, wish: ClaimRequest, push: bool, remote: str, tell: Tell) -> ClaimOutcome:
    """Propose what a session requests, or say that it has it already. Raises FatalError for the environment."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if push else None
    attempts = Attempts(PATIENCE)
    for attempt in attempts:
        with turn("claim", A_FEW) if server else nullcontext():
            ended = _attempt(reader, server, wish)
        if isinstance(ended, ClaimOutcome):
            return ended
        if ended.silent:
            attempts.unanswered(f"the server does not take the push of number {ended.number}: {ended.why}")
        pause = attempts.pause(0.1 * 1.5**attempt)
        tell(f"number {ended.number}: {logged(ended.why)}; looking again in {pause:.1f} s\n")
    raise FatalError(f"lost {PATIENCE.attempts} races; try again later")


def _attempt(reader: Reader, server: Remote | None, request: ClaimRequest) -> ClaimOutcome | FailedPush:
    state = look(reader, server, request.session_id)
    decision = decide(state, request)
    return propose(reader, server, state, decision) if isinstance(decision, ClaimDraft) else decision


def render(outcome: ClaimOutcome, format: str, *, colour: bool) -> str:
    """The end of a claim as the JSON document of the contract, or as text with the gate's findings."""
    verdict = outcome.verdict
    if format == "text":
        from validator.report.text import render as report

        return (report(verdict, colour=colour) if verdict else "") + f"{outcome.note}\n"
    from validator.report.documents import ClaimDocument, as_json, finding_entries

    return as_json(
        ClaimDocument(
            number=outcome.number,
            branch=outcome.branch,
            commit=outcome.commit,
            pushed=outcome.pushed,
            findings=finding_entries(verdict.findings) if verdict else (),
            note=outcome.note,
        )
    )
