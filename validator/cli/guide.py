"""`registry guide`: the handbook that an agent needs, for the state that it is in now."""

import os
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import REF, REPO, SESSION
from validator.cli.whoami import render, whoami
from validator.hosts.agents.identity import OPTION, WAYS, identity
from validator.model.escape import visible
from validator.operations.whoami.guide import guide


@click.command(epilog="Example: registry guide --fetch")
@SESSION
@REPO
@REF
@click.pass_obj
@fetches
def command(console: Console, session_id: str | None, repo: Path, ref: str | None) -> int:
    """Print the answer of whoami, then the handbook for your present state."""
    me = identity(session_id, os.environ, repo)
    if me is None:
        console.say(f"nobody has said which session you are; {WAYS}\n\n{guide(None, None, ())}")
        return 0
    document = whoami(console, me, repo, ref)
    words = ("--session-id", visible(me.name)) if me.source == OPTION else ()
    console.say(f"{render(document)}\n{guide(document.state, document.number, words)}")
    return 0
