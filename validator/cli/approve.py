"""`registry approve`: merge proposals in the approver's name, after showing each and asking."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.next_lines import after_decision, decide_on
from validator.cli.options import FORMAT, REMOTE, REPO, YES
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.operations.approve import approve, open_release
from validator.report.documents import ApprovalsDocument

DOCUMENTS = {"output-approve": ApprovalsDocument}


@click.command(epilog="Example: registry approve 4")
@click.argument("names", metavar="PROPOSAL...", nargs=-1, shell_complete=completing.proposals)
@click.option("--all-accepted", is_flag=True, help="Every open proposal that the gate accepts, in turn.")
@YES
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(
    console: Console, names: tuple[str, ...], all_accepted: bool, yes: bool, remote: str, repo: Path, format: str
) -> int:
    """Merge proposals in your name; a proposal is a number or a branch."""
    if not names and not all_accepted:
        raise click.UsageError("name a proposal, or say --all-accepted")
    exit_code = approve(
        repo=repo, remote=remote, names=names, all_accepted=all_accepted,
        ask=console.asker(yes), show=console.beside(format), say=console.say, format=format,
    )  # fmt: skip
    if exit_code == 0 and format != "json":
        console.hint(_next(repo, remote, names))
    return exit_code


def _next(repo: Path, remote: str, names: tuple[str, ...]) -> str:
    """An approver's next command: to decide on the open release of a number that was named, where there is one."""
    server = Remote(Repo(repo), remote)
    beside = (open_release(name, server) for name in names)
    found = next(filter(None, beside), None)
    return decide_on(found, repo) if found else after_decision(repo)
