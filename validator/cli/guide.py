"""`registry guide`: the handbook that an agent needs, for the state that it is in now."""

import os
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import REF, REPO, SESSION
from validator.cli.whoami import render, whoami
from validator.hosts.agents.identity import OPTION, WAYS, identity
from validator.model.errors import FatalError
from validator.model.escape import visible
from validator.model.shapes import Charter
from validator.operations.whoami.guide import guide
from validator.registry.reader import reader_at


@click.command(epilog="Example: registry guide --fetch")
@SESSION
@REPO
@REF
@click.pass_obj
@fetches
def command(console: Console, session_id: str | None, repo: Path, ref: str | None) -> int:
    """Print the answer of whoami, then the handbook for your present state."""
    me, charter = identity(session_id, os.environ, repo), _charter(repo, ref)
    if me is None:
        console.say(f"nobody has said which session you are; {WAYS}\n\n{guide(None, None, (), charter)}")
        return 0
    document = whoami(console, me, repo, ref)
    words = ("--session-id", visible(me.name)) if me.source == OPTION else ()
    withdraws = document.fingerprint is not None or not (charter and any(one.key for one in charter.approvers))
    book = guide(document.state, document.number, words, charter, phase=document.phase, withdraws=withdraws)
    console.say(f"{render(document)}\n{book}")
    return 0


def _charter(repo: Path, ref: str | None) -> Charter | None:
    """What a claim has to have; None where it cannot be read, which whoami says."""
    try:
        reader, commit = reader_at(repo, ref)
        return reader.at(commit).charter
    except FatalError:
        return None
