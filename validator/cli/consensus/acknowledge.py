"""`registry consensus acknowledge`: a session takes its number, role and goal upon itself."""

from pathlib import Path

import click

from validator.cli.consensus.documents import tell_outcome
from validator.cli.console import Console
from validator.cli.options import FORMAT, PUSH, REMOTE, REPO, SESSION
from validator.model.escape import visible
from validator.operations.consensus.acknowledge import acknowledge
from validator.registry.parsing import ClaimFile


@click.command(epilog="Example: registry consensus acknowledge --session-id marketing-outreach-1 --push")
@SESSION
@PUSH
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, session_id: str, push: bool, remote: str, repo: Path, format: str) -> int:
    """A session takes its number, role and goal upon itself; with --push, straight onto main."""
    view, draft, ended = acknowledge(
        repo=repo, remote=remote if push else None, session_id=session_id, now=console.now, tell=console.hint
    )
    if format == "text" and ended.won and draft.speaker:
        console.say(_taken_on(draft.speaker, view.digest))
    return tell_outcome(console, view, draft, ended, format)


def _taken_on(speaker: ClaimFile, digest: str) -> str:
    """What the session says back: number, role, goal, and the digest of the registry that it speaks of."""
    rows = (
        ("number", str(speaker.number)),
        ("role", speaker.draft.role or ""),
        ("goal", speaker.draft.goal or ""),
        ("registry", digest),
    )
    return "".join(f"{name + ':':<9} {visible(value)}\n" for name, value in rows)
