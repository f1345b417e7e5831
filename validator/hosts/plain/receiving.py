"""What Git itself asks of a push before the guard sees it: sound objects, and not too many bytes (git-config(1))."""

import shlex
from typing import NamedTuple

from validator.git.repo import Repo

CHECKED, SIZE = "receive.fsckObjects", "receive.maxInputSize"
MOST = "64m"  # one push of a registry has a few kilobytes; of a project's whole history perhaps this


class Fault(NamedTuple):
    """Why a server is not guarded, and the command that mends it."""

    why: str
    command: str = "registry install-hook BARE_REPO"


def set_up(server: Repo) -> None:
    """Have Git check what it receives. A limit that the server's owner has chosen stays."""
    server.configure(CHECKED, "true")
    if server.configured(SIZE) is None:
        server.configure(SIZE, MOST)


def receiving_fault(server: Repo) -> Fault | None:
    """What a server takes unchecked; None where nothing."""
    said = (_value(server, "bool", name) for name in (CHECKED, "transfer.fsckObjects"))
    if next((value for value in said if value is not None), "false") != "true":
        return Fault(f"{CHECKED} is off, so it takes broken objects", _command(server, CHECKED, "true"))
    if _value(server, "int", SIZE) in (None, "0", ""):
        return Fault(f"{SIZE} is not set, so one push can fill its disk", _command(server, SIZE, MOST))
    return None


def _value(server: Repo, kind: str, name: str) -> str | None:
    """A setting as Git reads it, empty where Git cannot; None where there is none."""
    status, out, _ = server.as_user("config", f"--type={kind}", "--get", name)
    return None if status == 1 else out.strip()


def _command(server: Repo, name: str, value: str) -> str:
    return f"git -C {shlex.quote(str(server.folder))} config {name} {value}"
