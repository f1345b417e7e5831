"""`registry reject`: turn a proposal down, with a reason for its session."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.options import REMOTE, REPO
from validator.operations.reject import reject


@click.command(epilog='Example: registry reject 7 --reason "Promise 30 letters a day, not 900"')
@click.argument("name", metavar="PROPOSAL", shell_complete=completing.proposals)
@click.option("--reason", required=True, help="What the session should know.")
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, name: str, reason: str, remote: str, repo: Path) -> int:
    """Turn a proposal down, with a reason."""
    console.say(reject(repo=repo, remote=remote, name=name, reason=reason))
    return 0
