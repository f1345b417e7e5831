"""Claim a number: look, decide, push, and all of it again when another session was faster."""

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.retry import A_FEW, turn
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome, decide
from validator.operations.claim.look import look
from validator.operations.claim.push import FailedPush, propose
from validator.operations.claim.request import ClaimRequest
from validator.registry.reader import Reader

ATTEMPTS = 60  # lost races before a session gives up; with jitter, more than a hundred rivals need
UNANSWERED = 4  # of these, how often a server may be silent
LONGEST_PAUSE = 1.5  # seconds

Tell = Callable[[str], None]


def claim(*, repo: Path, wish: ClaimRequest, push: bool, remote: str, tell: Tell) -> ClaimOutcome:
    """Propose what a session requests, or say that it has it already. Raises FatalError for the environment."""
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if push else None
    silent = 0
    for attempt in range(ATTEMPTS):
        with turn("claim", A_FEW) if server else nullcontext():
            ended = _attempt(reader, server, wish)
        if isinstance(ended, ClaimOutcome):
            return ended
        silent += ended.silent
        if silent >= UNANSWERED:
            raise FatalError(f"the server does not take the push of number {ended.number}: {ended.why}")
        pause = random.uniform(0.01, min(LONGEST_PAUSE, 0.1 * 1.5**attempt))  # noqa: S311 - spreads rivals, hides nothing
        tell(f"number {ended.number}: {logged(ended.why)}; looking again in {pause:.1f} s\n")
        time.sleep(pause)
    raise FatalError(f"lost {ATTEMPTS} races; try again later")


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
