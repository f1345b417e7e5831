"""The sessions of Claude Code that run on this machine, as its own command line lists them."""

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from validator.hosts.agents.runtimes import Runtime, is_id

COMMAND = ("claude", "agents", "--json")
VARIABLE = "CLAUDE_CODE_SESSION_ID"
MOST = 1000  # sessions that are read
SECONDS = 20


class ClaudeSession(NamedTuple):
    """A running session, and the folder that it works in."""

    runtime: Runtime
    folder: Path


def running_sessions() -> tuple[ClaudeSession, ...] | None:
    """What `claude agents --json` lists (seen with 2.1.197); None where it does not exist or cannot be read."""
    try:
        # The harness's own program, by the name under which a user runs it; it gets no argument from outside.
        listed = subprocess.run(  # noqa: S603
            COMMAND, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=True
        )
        rows = json.loads(listed.stdout)
    except (OSError, ValueError, RecursionError, subprocess.SubprocessError):
        return None
    return tuple(found for row in rows[:MOST] if (found := _session(row))) if isinstance(rows, list) else None


def _session(row: Any) -> ClaudeSession | None:
    """A row of the list; None for one that is not as expected."""
    fields = row if isinstance(row, dict) else {}
    session, folder = fields.get("sessionId"), fields.get("cwd")
    if not isinstance(session, str) or not is_id(session) or not isinstance(folder, str) or "\0" in folder:
        return None
    return ClaudeSession(Runtime(((VARIABLE, session),)), Path(folder))
