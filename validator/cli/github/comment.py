"""`registry github comment`: put a remark on an event's pull request."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import EVENT, REPO, THE_RUNNERS
from validator.cli.runner import payload
from validator.hosts.github.pulls import comment


@click.command(epilog="Example: registry github comment --event event.json --remark JSON")
@EVENT
@click.option("--remark", envvar="REGISTRY_REMARK", required=True, metavar="JSON", help="What `remark` has printed.")
@REPO
@click.pass_obj
def command(console: Console, event: str | None, remark: str, repo: Path) -> int:
    """Put a remark on an event's pull request, in place of an earlier one."""
    console.say(comment(repo=repo, data=payload(event or THE_RUNNERS), remark=remark))
    return 0
