"""`registry github touched`: the open pull requests that a push to main touches, for the job that runs them again."""

import json
import os
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import EVENT, REMOTE, REPO, THE_RUNNERS
from validator.cli.runner import append, payload
from validator.hosts.github.moved import touched


@click.command(epilog="Example: registry github touched --event event.json")
@EVENT
@REMOTE
@REPO
@click.pass_obj
def command(console: Console, event: str | None, remote: str, repo: Path) -> int:
    """The open pull requests that a push to main touches, as JSON; on a runner the step's output."""
    text = json.dumps(touched(repo=repo, remote=remote, data=payload(event or THE_RUNNERS)))
    output = os.environ.get("GITHUB_OUTPUT")
    if output:
        append(Path(output), f"pulls={text}\n", "output")
    console.say(f"{text}\n")
    return 0
