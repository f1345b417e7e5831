"""`registry github ruleset`: the ruleset of main as GitHub takes it, written or checked to be fresh."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import CHECK, REPO
from validator.hosts.github.settings import RULESET_FILE, ruleset_text
from validator.operations.generate import write_or_check


@click.command(epilog="Example: registry github ruleset --check")
@CHECK
@REPO
@click.pass_obj
def command(console: Console, check: bool, repo: Path) -> int:
    """Write .github/rulesets/main.json."""
    files = {RULESET_FILE: ruleset_text()}
    text, exit_code = write_or_check(repo, files, "registry github ruleset", check=check)
    console.say(text)
    return exit_code
