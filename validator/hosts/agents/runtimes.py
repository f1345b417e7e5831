"""Runtimes: the running process of an agent, as its harness names it in the environment."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from validator.model.errors import FatalError
from validator.model.phrases import quoted

# The variable in which a harness tells its shell commands the id of the running session.
HARNESSES = {"CLAUDE_CODE_SESSION_ID": "Claude Code", "CODEX_THREAD_ID": "Codex"}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}", re.ASCII)  # as runtime_id in a claim


class Runtime(NamedTuple):
    """A running session of a harness. One that was started in another one's shell has the ids of both."""

    ids: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """A file name for it, the same for the same ids."""
        return hashlib.sha256(json.dumps(self.ids).encode()).hexdigest()

    @property
    def label(self) -> str:
        """The harness and the beginning of its id, for people."""
        return " and ".join(f"{HARNESSES[variable]} {runtime_id[:8]}" for variable, runtime_id in self.ids)


def is_id(text: str) -> bool:
    """Whether a text can be the id of a runtime."""
    return _ID.fullmatch(text) is not None


def running(environment: Mapping[str, str]) -> Runtime | None:
    """The runtime that this program runs in, None outside of all. Raises FatalError for an id that cannot be one."""
    ids = tuple((variable, environment[variable]) for variable in HARNESSES if environment.get(variable))
    for variable, runtime_id in ids:
        if not is_id(runtime_id):
            raise FatalError(f"{variable} is {quoted(runtime_id)}, which is no id of a running session")
    return Runtime(ids) if ids else None
