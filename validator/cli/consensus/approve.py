"""`registry consensus approve`: a human accepts the registry as it is on main."""

from pathlib import Path

import click

from validator.cli.consensus.documents import tell_outcome
from validator.cli.console import Console
from validator.cli.options import FORMAT, REMOTE, REPO
from validator.operations.consensus.ratify import approve


@click.command(epilog="Example: registry consensus approve")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, yes: bool, remote: str, repo: Path, format: str) -> int:
    """A human accepts the registry: merged at once, in your name."""
    view, draft, ended = approve(
        repo=repo, remote=remote, now=console.now, ask=console.asker(yes), say=console.beside(format)
    )
    return tell_outcome(console, view, draft, ended, format)
