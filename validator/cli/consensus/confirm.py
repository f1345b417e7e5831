"""`registry consensus confirm`: the orchestrator says that nothing conflicts."""

from pathlib import Path

import click

from validator.cli.consensus.documents import tell_outcome
from validator.cli.console import Console
from validator.cli.options import FORMAT, PUSH, REMOTE, REPO, SESSION
from validator.operations.consensus.confirm import confirm

DOCUMENTS = {"output-consensus-record": "RecordDocument"}


@click.command(epilog="Example: registry consensus confirm --session-id marketing-orchestrator --push")
@SESSION
@PUSH
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, session_id: str, push: bool, remote: str, repo: Path, format: str) -> int:
    """The orchestrator says that nothing conflicts."""
    view, draft, ended = confirm(repo=repo, remote=remote if push else None, session_id=session_id, now=console.now)
    return tell_outcome(console, view, draft, ended, format)
