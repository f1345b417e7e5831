"""`registry release`: propose to release a number, with a reason that history keeps."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.options import REMOTE, REPO
from validator.operations.release import release


@click.command(epilog='Example: registry release 4 --reason "The campaign is over"')
@click.argument("number", type=int, shell_complete=completing.numbers)
@click.option("--reason", required=True, help="The reason, kept in the history.")
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, number: int, reason: str, remote: str, repo: Path) -> int:
    """Propose to release a number."""
    text, exit_code = release(repo=repo, remote=remote, number=number, reason=reason)
    console.say(text)
    return exit_code
