"""`registry install-hook`: guard a plain Git server's main."""

import os
import shlex
import sys
from pathlib import Path

import click

from validator.cli.console import Console
from validator.hosts.plain.install import install
from validator.hosts.plain.notify import notifier
from validator.operations.files import write


@click.command(epilog="Example: registry install-hook fleet.git")
@click.argument("bare", metavar="BARE_REPO", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--unsigned", is_flag=True, help="Require no signatures: whoever can push can approve.")
@click.option("--trial", is_flag=True, help="The repository is temporary: accept any Python interpreter.")
@click.option("--notify", metavar="COMMAND", help="Start this after a push that leaves a proposal open.")
@click.pass_obj
def command(console: Console, bare: Path, unsigned: bool, trial: bool, notify: str | None) -> int:
    """Guard a plain Git server's main with this validator."""
    told = notifier(bare, sys.executable, _words(notify)) if notify is not None else None
    console.say(install(bare=bare, python=sys.executable, environment=os.environ, unsigned=unsigned, trial=trial))
    if told:
        hook, text = told
        write(hook, text.encode(), mode=0o755)
        console.say(f"after a push that leaves a proposal open, {hook} starts: {notify}\n")
    return 0


def _words(command: str) -> list[str]:
    """The words of a command, as a shell would read them; none of them is run by a shell."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise click.UsageError(f"--notify: {error}") from error
