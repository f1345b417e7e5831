"""Which session a verb speaks for."""

import os
from pathlib import Path

from validator.hosts.agents.identity import WAYS, Identity, identity
from validator.model.errors import FatalError
from validator.model.phrases import command_line

AFTER_DECISION = "next: registry consensus status --fetch\n"  # an approver's next command: it names what else waits


def identity_of(session_id: str | None, repo: Path) -> Identity:
    """The name from `--session-id`, else from where it was said before. Raises FatalError where nobody has said it."""
    found = identity(session_id, os.environ, repo)
    if found is None:
        raise FatalError(f"which session? {WAYS}")
    return found


def session_of(session_id: str | None, repo: Path) -> str:
    """The name alone."""
    return identity_of(session_id, repo).name


def ask_again(session_id: str, repo: Path) -> str:
    """The line with the next command of a session: the name is in it where nobody has said it in this clone."""
    me = () if bound_name(repo) == session_id else ("--session-id", session_id)
    return f"next: {command_line(('registry', 'whoami', *me, '--fetch'))}\n"


def bound_name(repo: Path) -> str | None:
    """The session for which this environment, runtime or clone speaks; None where nobody has said it."""
    try:
        found = identity(None, os.environ, repo)
    except FatalError:  # what was said is no name: the verbs that need one say so
        return None
    return found.name if found else None


def shared(name: str, runtimes: tuple[str, ...]) -> str:
    """A line that says that several runtimes speak for a session; empty where there are not several."""
    if len(runtimes) < 2:
        return ""
    return f"shared: by {', '.join(runtimes)}; if the others are gone: registry bind {name} --only\n"
