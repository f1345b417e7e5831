"""`registry withdraw`: take an open proposal of one's own back."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.options import REMOTE, REPO, SESSION
from validator.operations.withdraw import withdraw


@click.command(epilog="Example: registry withdraw claim/04 --session-id marketing-outreach-1")
@click.argument("name", metavar="[PROPOSAL]", required=False, shell_complete=completing.proposals)
@SESSION
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, name: str | None, session_id: str | None, remote: str, repo: Path) -> int:
    """Take back one of your own open proposals, for good.

    Without PROPOSAL, the only one that you have. Your key signs it; a proposal without a key can only be rejected by an
    approver (registry reject). You can propose something new afterwards.
    """
    console.say(withdraw(repo=repo, remote=remote, session_id=session_of(session_id, repo), name=name))
    return 0
