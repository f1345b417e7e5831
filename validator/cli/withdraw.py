"""`registry withdraw`: take an open proposal of one's own back."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.next_lines import ask_again
from validator.cli.options import FORMAT, REMOTE, REPO, SESSION
from validator.operations.withdraw import withdraw

DOCUMENTS = {"output-withdraw": "WithdrawDocument"}


@click.command(epilog="Example: registry withdraw claim/04 --session-id marketing-outreach-1")
@click.argument("name", metavar="[PROPOSAL]", required=False, shell_complete=completing.proposals)
@SESSION
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, name: str | None, session_id: str | None, remote: str, repo: Path, format: str) -> int:
    """Take back one of your own open proposals, for good.

    Without PROPOSAL, the only one that you have. Your key signs it; what has no key only an approver
    takes away (registry reject). You can propose something new afterwards.
    """
    session = session_of(session_id, repo)
    done = withdraw(repo=repo, remote=remote, session_id=session, name=name)
    if format == "json":
        from validator.report.documents import WithdrawDocument, as_json

        console.say(as_json(WithdrawDocument(**done._replace(note=done.note.rstrip("\n"))._asdict())))
    else:
        console.say(done.note)
        console.hint(ask_again(session, repo))
    return 0
