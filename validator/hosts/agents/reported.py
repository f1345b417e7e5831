"""What of main a runtime was told: each event is reported once, and the remote is asked once a minute at most."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from validator.git.clone import Clone
from validator.hosts.agents.runtimes import Runtime
from validator.operations import files

MOST_BYTES = 4096


class Reported(NamedTuple):
    """`ref` and `main`: main's ref, and the commit up to which all is reported; empty at first.

    `asked` is when the remote was asked, in seconds since 1970. `checked` is the commit at which Stop has looked for an
    acknowledgement that is owed, `owed` the registry's digest for which it has said so.
    """

    ref: str = ""
    main: str = ""
    asked: int = 0
    checked: str = ""
    owed: str = ""


def read(clone: Clone, runtime: Runtime) -> Reported:
    """What was kept; nothing where that cannot be read."""
    with suppress(OSError, ValueError, RecursionError):
        fields: Any = json.loads(files.read_own(_path(clone, runtime), MOST_BYTES) or b"{}")
        if isinstance(fields, dict):
            known = {name: fields[name] for name in Reported._fields if name in fields}
            if all(type(value) is type(Reported._field_defaults[name]) for name, value in known.items()):
                return Reported(**known)
    return Reported()


def write(clone: Clone, runtime: Runtime, reported: Reported) -> None:
    """Keep it. Raises OSError."""
    files.write(_path(clone, runtime), json.dumps(reported._asdict()).encode(), mode=0o600)


def _path(clone: Clone, runtime: Runtime) -> Path:
    return clone.common / "registry" / "reported" / f"{runtime.key}.json"
