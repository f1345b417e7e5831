"""`registry github touched`: the open pull requests that a push to main touches, for the job that runs them again."""

import json
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import THE_RUNNERS, of_event
from validator.cli.runner import payload, say_output
from validator.hosts.github.moved import touched


@click.command(epilog="Example: registry github touched --event event.json")
@of_event
@click.pass_obj
def command(console: Console, event: str | None, remote: str, repo: Path) -> int:
    """The open pull requests that a push to main touches, as JSON; on a runner the step's output."""
    text = json.dumps(touched(repo=repo, remote=remote, data=payload(event or THE_RUNNERS)))
    say_output(console, "pulls", text)
    return 0
