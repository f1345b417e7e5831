"""`registry github rerun`: run the last gate and comment of pull requests again."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import REPO
from validator.hosts.github.moved import run_again


@click.command(epilog="Example: registry github rerun --pulls '[7, 8]'")
@click.option("--pulls", envvar="REGISTRY_PULLS", required=True, metavar="JSON", help="What `touched` has printed.")
@REPO
@click.pass_obj
def command(console: Console, pulls: str, repo: Path) -> int:
    """Run the last gate and comment of pull requests again: main has moved since."""
    console.say(run_again(repo=repo, pulls=pulls) or "nothing to run again\n")
    return 0
