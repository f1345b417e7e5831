"""Claim a number: look, decide, push; repeat all three when another session was faster."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.git.retry import MAX_AT_ONCE, Attempts, Patience, limited
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.model.phrases import command_line
from validator.model.shapes import Target
from validator.model.targets import format_target
from validator.operations.claim.decide import ClaimOutcome, decide
from validator.operations.claim.look import look
from validator.operations.claim.push import FailedPush, propose
from validator.operations.claim.request import ClaimRequest
from validator.registry.reader import Reader

# With random pauses, more attempts than any of a hundred sessions at once needs.
PATIENCE = Patience(attempts=60, unanswered=4, longest=1.5)

Hint = Callable[[str], None]
Accept = Callable[[tuple[str, ...]], bool]


class Unaccepted(NamedTuple):
    """Targets that were read from the goal and have to be accepted first; `declined` is the outcome if they are not."""

    targets: tuple[Target, ...]
    declined: ClaimOutcome


def claim(
    *, repo: Path, request: ClaimRequest, push: bool, remote: str, hint: Hint, accept: Accept | None = None
) -> ClaimOutcome:
    """Propose the claim that a session requests; idempotent. `hint` gets a line for each retry. Raises FatalError.

    `accept` is asked about targets that are read from the goal, as text (None: they are accepted).
    """
    reader = Reader(Repo(repo))
    server = Remote(reader.repo, remote) if push else None
    attempts, accepted = Attempts(PATIENCE), tuple[Target, ...]()
    for attempt in attempts:
        with limited("claim", MAX_AT_ONCE) if server else nullcontext():
            result = _attempt(reader, server, request, accepted if accept else None)
        if isinstance(result, ClaimOutcome):
            return result
        if isinstance(result, Unaccepted):  # asked while nothing is locked
            if accept and not accept(tuple(map(format_target, result.targets))):
                return result.declined
            accepted = result.targets
            continue
        if result.silent:
            attempts.unanswered(f"the server does not take the push of number {result.number}: {result.why}")
        pause = attempts.pause(0.1 * 1.5**attempt)
        hint(f"number {result.number}: {logged(result.why)}; trying again{after(pause)}\n")
    raise FatalError(f"lost {PATIENCE.attempts} races; try again later")


def after(pause: float) -> str:
    """How long a pause takes; nothing where it is over before anybody has read it."""
    return f" in {pause:.1f} s" if pause >= 0.05 else ""


def _attempt(
    reader: Reader, server: Remote | None, request: ClaimRequest, accepted: tuple[Target, ...] | None
) -> ClaimOutcome | Unaccepted | FailedPush:
    state = look(reader, server, request.session_id)
    decision = decide(state, request)
    if isinstance(decision, ClaimOutcome):
        return decision
    if accepted is not None and decision.from_goal not in ((), accepted):
        options = command_line(word for one in decision.from_goal for word in ("--target", format_target(one)))
        note = f"nothing is proposed; mend the targets that are wrong, and say all: {options}"
        declined = ClaimOutcome(False, decision.number, state.branch(decision.number), note)
        return Unaccepted(decision.from_goal, declined)
    result = propose(reader, server, state, decision)
    if isinstance(result, ClaimOutcome):
        result = result._replace(drawn=tuple(map(format_target, decision.from_goal)))
    return result
