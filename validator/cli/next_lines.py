"""The `next:` lines: the command that follows a verb, as it works where that verb was typed."""

from pathlib import Path

from validator.cli.identity import bound_name
from validator.model.phrases import command_line

HERE = Path()  # what --repo is without being given


def after_decision(repo: Path) -> str:
    """An approver's next command: it names what else waits."""
    return _next(repo, "consensus", "status")


def decide_on(name: str, repo: Path) -> str:
    """An approver's next command: to decide on one proposal."""
    there = () if repo == HERE else ("--repo", str(repo))
    return f"next: {command_line(('registry', 'approve', name, *there))}\n"


def ask_again(session_id: str, repo: Path) -> str:
    """A session's next command: the name is in it where nobody has said it in this clone."""
    me = () if bound_name(repo) == session_id else ("--session-id", session_id)
    return _next(repo, "whoami", *me)


def _next(repo: Path, *words: str) -> str:
    there = () if repo == HERE else ("--repo", str(repo))
    return f"next: {command_line(('registry', *words, *there, '--fetch'))}\n"
