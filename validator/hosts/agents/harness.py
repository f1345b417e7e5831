"""What a harness says to its hooks on standard input, and how they answer: the form that Claude Code and Codex share.

Their documentation: https://code.claude.com/docs/en/hooks and https://developers.openai.com/codex/hooks. Codex refuses
an answer with a key that it does not know, so only keys that both know are used.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from validator.hosts.agents.runtimes import Runtime, is_id, running
from validator.model.errors import FatalError

# The words of `registry hook` → the harness's own name of the event.
EVENTS = {"session-start": "SessionStart", "prompt": "UserPromptSubmit", "stop": "Stop", "session-end": "SessionEnd"}
MAX_BYTES = 4 << 20  # what is read; it holds the whole prompt
MAX_TEXT = 6000  # characters of an answer; Claude Code takes 10,000
CLAUDE, CODEX, ENV_FILE = "CLAUDE_CODE_SESSION_ID", "CODEX_THREAD_ID", "CLAUDE_ENV_FILE"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class Call(NamedTuple):
    """An event: in which runtime and folder, why (`startup`, `resume`, `clear`, …), whether Stop had spoken before.

    `environment` is that of the runtime's own shell commands. `process` is the harness's.
    """

    event: str
    runtime: Runtime
    folder: Path
    why: str
    again: bool
    environment: Mapping[str, str]
    process: int


def call(event: str, content: bytes, environment: Mapping[str, str], process: int) -> Call:
    """Read an event. Raises FatalError for what no harness says."""
    if event not in EVENTS:
        raise FatalError(f"there is no event {event!r}; there are {', '.join(EVENTS)}")
    if len(content) > MAX_BYTES:
        raise FatalError(f"the event has more than {MAX_BYTES:,} bytes")
    try:
        fields = json.loads(content.decode("utf-8"), object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        raise FatalError("the event is not JSON") from error
    if not isinstance(fields, dict):
        raise FatalError("the event is not a JSON object")
    session, folder = _session(fields, environment), fields.get("cwd")
    if not isinstance(folder, str) or not folder.isprintable() or not Path(folder).is_absolute():
        raise FatalError("the event names no folder in cwd")
    why = fields.get("source") or fields.get("reason")
    variable = CLAUDE if environment.get(CLAUDE) == fields.get("session_id") else CODEX
    inside = {**environment, variable: session}
    runtime = running(inside)
    assert runtime
    again = bool(fields.get("stop_hook_active"))
    return Call(event, runtime, Path(folder), why if isinstance(why, str) else "", again, inside, process)


def _session(fields: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The runtime's id. A forked session of Claude Code begins with the id of the one that it was forked from.

    Its own is then in the path of the file for its environment (seen with 2.1.197).
    """
    session = fields.get("session_id")
    if not isinstance(session, str) or not is_id(session):
        raise FatalError("the event names no session in session_id")
    folder = Path(environment.get(ENV_FILE, "")).parent.name
    forked = fields.get("source") == "resume" and _UUID.fullmatch(folder)
    return folder if forked else session


def context(event: str, text: str) -> str:
    """The answer that gives the agent a text."""
    answer = {"hookEventName": EVENTS[event], "additionalContext": text[:MAX_TEXT]}
    return json.dumps({"hookSpecificOutput": answer}) + "\n"


def refuse_stop(text: str) -> str:
    """The answer to Stop that lets the agent go on, with a text."""
    return json.dumps({"decision": "block", "reason": text[:MAX_TEXT]}) + "\n"


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are there once."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key is there twice")
    return fields
