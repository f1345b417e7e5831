"""Which session a verb speaks for."""

import os
from pathlib import Path

from validator.hosts.agents.identity import WAYS, Identity, identity
from validator.model.errors import FatalError


def identity_of(session_id: str | None, repo: Path) -> Identity:
    """The name from `--session-id`, else from where it was said before. Raises FatalError where nobody has said it."""
    found = identity(session_id, os.environ, repo)
    if found is None:
        raise FatalError(f"which session? {WAYS}")
    return found


def session_of(session_id: str | None, repo: Path) -> str:
    """The name alone."""
    return identity_of(session_id, repo).name


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
