"""`registry consensus confirm`: the orchestrator confirms that there are no conflicts."""

from pathlib import Path

import click

from validator.cli.consensus.documents import print_outcome
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.options import by_session
from validator.operations.consensus.confirm import confirm

DOCUMENTS = {"output-consensus-record": "RecordDocument"}


@click.command(epilog="Example: registry consensus confirm --session-id marketing-orchestrator --push")
@by_session
@click.pass_obj
def command(
    console: Console, session_id: str | None, push: bool, pr: bool, remote: str, repo: Path, format: str
) -> int:
    """The orchestrator confirms that there are no conflicts."""
    state, draft, outcome = confirm(
        repo=repo, remote=remote if push or pr else None, session_id=session_of(session_id, repo), now=console.now
    )
    return print_outcome(console, state, draft, outcome, format, repo, pr=pr)
