"""`registry github remark`: the remark on an event's pull request, for the job that may write."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import THE_RUNNERS, of_event
from validator.cli.runner import payload, say_output
from validator.hosts.github.pulls import remark
from validator.hosts.github.remark import RemarkDocument

DOCUMENTS = {"output-github-remark": RemarkDocument}


@click.command(epilog="Example: registry github remark --event event.json")
@of_event
@click.pass_obj
def command(console: Console, event: str | None, remote: str, repo: Path) -> int:
    """The remark on an event's pull request, as JSON; on a runner also as the step's output."""
    text = remark(repo=repo, remote=remote, data=payload(event or THE_RUNNERS))
    say_output(console, "remark", text)
    return 0
