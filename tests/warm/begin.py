"""Start the server of loaded programs (`server.py`), and say where its verbs are handed over (`start/`)."""

import os
import subprocess
import sys
from pathlib import Path

from tests.repository import ROOT, environment

HERE = Path(__file__).parent
START = HERE / "start"
PYTHONPATH = f"{START}{os.pathsep}{ROOT}"
SOCKET = "REGISTRY_WARM"  # the variable that names the socket
COLD = {SOCKET: ""}  # for a process whose start, limits or death is what a test is about
LONGEST = 100  # bytes of the path of a socket; systems take 104 or 108


def begin(place: Path) -> subprocess.Popen[bytes] | None:
    """The server; it ends when its standard input does. None where every process has to start by itself."""
    os.environ.pop(SOCKET, None)
    if sys.platform != "linux" or len(os.fsencode(place)) > LONGEST:
        return None
    command = [sys.executable, "-P", str(HERE / "server.py"), str(place)]
    variables = environment(PYTHONPATH=str(ROOT))
    server = subprocess.Popen(command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout
    server.stdout.readline()
    os.environ[SOCKET] = str(place)
    return server


def end(server: subprocess.Popen[bytes]) -> None:
    os.environ.pop(SOCKET, None)
    with server:
        assert server.stdin
        server.stdin.close()
