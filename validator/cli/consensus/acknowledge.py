"""`registry consensus acknowledge`: a session commits to its number, role and goal."""

from pathlib import Path

import click

from validator.cli.consensus.documents import print_outcome
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.options import by_session
from validator.model.escape import visible
from validator.operations.consensus.acknowledge import acknowledge
from validator.registry.parsing import ClaimFile
from validator.registry.records import short

DOCUMENTS = {"output-consensus-record": "RecordDocument"}


@click.command(epilog="Example: registry consensus acknowledge --session-id marketing-outreach-1 --push")
@by_session
@click.pass_obj
def command(
    console: Console, session_id: str | None, push: bool, pr: bool, remote: str, repo: Path, format: str
) -> int:
    """A session commits to its number, role and goal; with --push, directly on main.

    With --pr all sessions share one branch and pull request, which takes one merge.
    """
    state, draft, outcome = acknowledge(
        repo=repo,
        remote=remote if push or pr else None,
        session_id=session_of(session_id, repo),
        now=console.now,
        hint=console.hint,
        shared=pr,
    )
    if format == "text" and outcome.succeeded and draft.claim:
        console.say(_commitment(draft.claim, state.digest))
    return print_outcome(console, state, draft, outcome, format, repo, pr=pr)


def _commitment(claim: ClaimFile, digest: str) -> str:
    """What the session acknowledges: number, role, goal, and the digest of the registry."""
    rows = (
        ("number", str(claim.number)),
        ("role", claim.draft.role or ""),
        ("goal", claim.draft.goal or ""),
        ("registry", short(digest)),
    )
    return "".join(f"{name + ':':<9} {visible(value)}\n" for name, value in rows)
