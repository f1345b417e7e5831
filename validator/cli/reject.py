"""`registry reject`: turn proposals down, with a reason for their sessions."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.next_lines import after_decision
from validator.cli.options import REMOTE, REPO
from validator.model.errors import FatalError
from validator.model.escape import logged
from validator.operations.reject import reject


@click.command(epilog='Example: registry reject 7 --reason "Promise 30 letters a day, not 900"')
@click.argument("names", metavar="PROPOSAL...", nargs=-1, required=True, shell_complete=completing.proposals)
@click.option("--reason", required=True, help="What the session should know.")
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, names: tuple[str, ...], reason: str, remote: str, repo: Path) -> int:
    """Turn proposals down, with a reason."""
    failed = 0
    for name in dict.fromkeys(names):
        try:
            console.say(reject(repo=repo, remote=remote, name=name, reason=reason))
        except FatalError as error:  # the others are turned down all the same
            if len(names) == 1:
                raise
            failed += 1
            console.hint(f"{logged(str(error))}\n")
    if not failed:
        console.hint(after_decision(repo))
    return 1 if failed else 0
