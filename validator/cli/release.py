"""`registry release`: propose to release a number, with a reason that history keeps."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.next_lines import ask_again
from validator.cli.options import PR, REMOTE, REPO
from validator.cli.pull_request import open_for
from validator.model.layout import digits
from validator.operations.release import release


@click.command(epilog='Example: registry release 4 --reason "The campaign is over"')
@click.argument("number", type=int, shell_complete=completing.numbers)
@click.option("--reason", required=True, help="The reason, kept in the history.")
@click.option("--push", is_flag=True, expose_value=False, help="Not needed: a release is always pushed.")
@PR
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, number: int, reason: str, pr: bool, remote: str, repo: Path) -> int:
    """Propose to release a number: pushes branch release/NN, which a human approves."""
    done = release(repo=repo, remote=remote, number=number, reason=reason)
    console.say(done.text)
    open_for(console, repo, remote, f"release/{digits(number)}", wanted=pr and done.exit_code == 0)
    if done.exit_code == 0:
        console.hint(ask_again(done.session_id, repo))
    return done.exit_code
