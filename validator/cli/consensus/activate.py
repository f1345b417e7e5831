"""`registry consensus activate`: a human starts the fleet in a week."""

from pathlib import Path

import click

from validator.cli.consensus.documents import tell_outcome
from validator.cli.console import Console
from validator.cli.options import FORMAT, REMOTE, REPO
from validator.operations.consensus.ratify import activate


@click.command(epilog="Example: registry consensus activate --week 2026-W48")
@click.option("--week", required=True, metavar="2026-W48", help="The ISO week that the fleet starts in.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, week: str, yes: bool, remote: str, repo: Path, format: str) -> int:
    """A human starts the fleet: merged at once, in your name."""
    view, draft, ended = activate(
        repo=repo, remote=remote, week=week, now=console.now, ask=console.asker(yes), say=console.beside(format)
    )
    return tell_outcome(console, view, draft, ended, format)
