"""`registry consensus activate`: a human starts the fleet in a week."""

from pathlib import Path

import click

from validator.cli.consensus.approve import consent_of
from validator.cli.consensus.documents import print_outcome
from validator.cli.console import Console
from validator.cli.options import by_approver
from validator.operations.consensus.ratify import activate
from validator.registry.schedule import Week
from validator.report.week import render as render_week

DOCUMENTS = {"output-consensus-record": "RecordDocument"}


@click.command(epilog="Example: registry consensus activate --week 2026-W48")
@click.option("--week", metavar="2026-W48", help="The ISO week that the fleet starts in.  [default: the next one]")
@click.option("--replace", is_flag=True, help="Take back the active week that is not over.")
@by_approver
@click.pass_obj
def command(
    console: Console, week: str | None, replace: bool, yes: bool, pr: bool, remote: str, repo: Path, format: str
) -> int:
    """A human starts the fleet: merged at once, in your name."""

    def show_week(found: Week) -> None:
        console.beside(format)(f"{render_week(found)}\n")

    consent = consent_of(console, yes=yes, format=format)
    state, draft, outcome = activate(
        repo=repo, remote=remote, week=week, replace=replace, now=console.now, show_week=show_week, consent=consent
    )
    return print_outcome(console, state, draft, outcome, format, repo, pr=pr)
