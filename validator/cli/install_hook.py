"""`registry install-hook`: guard a plain Git server's main."""

import os
import sys
from pathlib import Path

import click

from validator.cli.console import Console
from validator.hosts.plain.install import install


@click.command(epilog="Example: registry install-hook fleet.git")
@click.argument("bare", metavar="BARE_REPO", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--unsigned", is_flag=True, help="Require no signatures: whoever can push can approve.")
@click.option("--trial", is_flag=True, help="The repository is temporary: accept any Python interpreter.")
@click.pass_obj
def command(console: Console, bare: Path, unsigned: bool, trial: bool) -> int:
    """Guard a plain Git server's main with this validator."""
    console.say(install(bare=bare, python=sys.executable, environment=os.environ, unsigned=unsigned, trial=trial))
    return 0
