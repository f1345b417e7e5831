"""Bindings: which session a runtime speaks for, a file for each runtime in the clone's common Git folder.

A runtime comes and goes, the session stays. A file that is not as `write` writes it binds nothing.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from validator.git.clone import Clone
from validator.hosts.agents.runtimes import HARNESSES, Runtime, is_id
from validator.model.errors import FatalError
from validator.model.names import is_name
from validator.operations import files

MOST_BYTES = 4096
MOST_FILES = 1000
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_OTHERS = "its content is not what registry bind writes"


class Binding(NamedTuple):
    """A runtime and the session that it speaks for, since when (RFC 3339).

    `ended` says why the runtime has ended; the binding is kept for the case that it is resumed. `process` is the
    harness's, 0 where it is not known: after `/clear` the same process goes on as another runtime.
    """

    runtime: Runtime
    session_id: str
    since: str
    ended: str = ""
    process: int = 0


def folder(clone: Clone) -> Path:
    """The folder of a clone's bindings; its working trees share it."""
    return clone.common / "registry" / "bindings"


def read(clone: Clone, runtime: Runtime) -> Binding | None:
    """The binding of a runtime, None where there is none. Raises FatalError for a file that is none."""
    path = _path(clone, runtime)
    try:
        return _read(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise FatalError(f"{path} is not a binding: {why}; remove it: registry bind --remove") from error


def write(clone: Clone, binding: Binding) -> None:
    """Bind a runtime, instead of what it was bound to. Raises OSError."""
    fields = {"session_id": binding.session_id, "since": binding.since, "runtime": dict(binding.runtime.ids)}
    more = {"ended": binding.ended, "process": binding.process}
    content = json.dumps(fields | {name: value for name, value in more.items() if value})
    files.write(_path(clone, binding.runtime), f"{content}\n".encode(), mode=0o600)


def remove(clone: Clone, runtime: Runtime) -> None:
    """Remove the binding of a runtime, whatever is there in its place. Raises OSError."""
    _path(clone, runtime).unlink(missing_ok=True)


def bindings_of(clone: Clone, session_id: str) -> tuple[Binding, ...]:
    """The bindings of runtimes that have not ended to a session, the earliest first.

    What is no binding counts for nothing.
    """
    return tuple(binding for binding in present(clone) if binding.session_id == session_id)


def present(clone: Clone) -> tuple[Binding, ...]:
    """The bindings of all runtimes that have not ended, the earliest first."""
    found = [binding for binding in _all(clone) if _is_running(binding)]
    return tuple(sorted(found, key=lambda one: (one.since, one.runtime)))


def cleared(clone: Clone, process: int) -> Binding | None:
    """The binding of the runtime that a process of a harness has ended last by `/clear`."""
    found = [binding for binding in _all(clone) if binding.ended == "clear" and process and binding.process == process]
    return max(found, key=lambda binding: binding.since, default=None)


def tidy(clone: Clone, before: str) -> None:
    """Remove the bindings of runtimes that have ended and were bound before a time, RFC 3339."""
    for binding in _all(clone):
        if binding.ended and binding.since < before:
            with suppress(OSError):
                remove(clone, binding.runtime)


def _is_running(binding: Binding) -> bool:
    """Whether a runtime has not ended, as far as can be known: nothing says that it has crashed."""
    if binding.ended:
        return False
    if binding.process > 0 and hasattr(os, "getuid"):  # elsewhere this signal would end the process
        try:
            os.kill(binding.process, 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            return True
    return True


def _all(clone: Clone) -> Iterator[Binding]:
    with suppress(OSError):
        for path in sorted(folder(clone).iterdir())[:MOST_FILES]:
            with suppress(OSError, ValueError):
                binding = _read(path)
                if binding:
                    yield binding


def _path(clone: Clone, runtime: Runtime) -> Path:
    return folder(clone) / f"{runtime.key}.json"


def _read(path: Path) -> Binding | None:
    """The binding in a file. Raises OSError, and ValueError for what `write` did not write there."""
    content = files.read_own(path, MOST_BYTES)
    if content is None:
        return None
    try:
        fields: Any = json.loads(content)
        session_id, since, ids = fields["session_id"], fields["since"], fields["runtime"]
        runtime = Runtime(tuple((name, ids[name]) for name in HARNESSES if name in ids))
        ended, process = fields.get("ended", ""), fields.get("process", 0)
        is_sound = is_name(session_id) and _TIME.fullmatch(since) and all(is_id(each) for _, each in runtime.ids)
        is_sound = is_sound and type(ended) is str and type(process) is int
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(_OTHERS) from error
    if not is_sound or path.name != f"{runtime.key}.json":
        raise ValueError(_OTHERS)
    return Binding(runtime, session_id, since, ended, process)
