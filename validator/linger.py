"""A guard that has judged a push stays for a moment and judges for those who come after it, if they come in numbers.

Starting Python and loading the libraries is four fifths of judging a push. A guard that meets another one at work
leaves a child behind, which listens on a socket in the served repository and gives each push to a child of its own; it
goes when nobody has asked for two seconds. Nothing depends on it: whoever gets no answer from it judges for himself.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

Answer = tuple[str, int]
Judge = Callable[[bytes], Answer]

PATIENCE = 2.0  # seconds
# In the folder that Git starts a hook in, the served repository; relative, for a socket's name is short by law.
SOCKET, LOCK, BUSY = "registry-guard", "registry-guard.staying", "registry-guard.judging"


class Meeting:
    """The pushes of one moment. Entered before a push is judged, it knows whether others are being judged as well."""

    def __init__(self) -> None:
        self.crowded = not _locked(BUSY)

    def ask(self, lines: bytes) -> Answer | None:
        """The answer of one who has stayed, None where there is none."""
        if not hasattr(socket, "AF_UNIX"):
            return None
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(SOCKET)
                line.sendall(_packed(lines))
                line.shutdown(socket.SHUT_WR)
                answer = _all(line)
        except OSError:
            return None
        return (answer[1:].decode("utf-8", "surrogateescape"), answer[0]) if answer else None

    def stay(self, judge: Judge) -> None:
        """Leave a child behind for those who come next, unless there is one."""
        lock = _locked(LOCK) if self.crowded else None
        if lock is None:
            return
        with suppress(OSError):
            Path(SOCKET).unlink(missing_ok=True)  # of one who was killed: nobody else has the lock
            listener = socket.socket(socket.AF_UNIX)
            os.umask(0o077)
            listener.bind(SOCKET)
            listener.listen(128)
            if os.fork() == 0:
                _serve(listener, lock, judge)


def _locked(name: str) -> int | None:
    """A file that this process alone has locked, for as long as it lives; None where it cannot have that."""
    if sys.platform == "win32":
        return None
    try:
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return file


def _serve(listener: socket.socket, lock: int, judge: Judge) -> None:
    """Judge for whoever asks; never comes back."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # a client waits until nobody has these open any more
        os.dup2(nothing, stream)
    kept = {listener.fileno(), lock}
    for file in range(3, 256):
        if file not in kept:
            with suppress(OSError):
                os.close(file)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    mine = _stamp()
    listener.settimeout(PATIENCE)
    try:
        while True:
            line, _ = listener.accept()
            if os.fork() == 0:
                _reply(line, mine, judge)
            line.close()
    except OSError:
        with suppress(OSError):
            Path(SOCKET).unlink()
    finally:
        os._exit(0)


def _reply(line: socket.socket, mine: bytes, judge: Judge) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line.settimeout(None)
        stamp, folder, count, *rest = _all(line).split(b"\0")
        if stamp == mine:
            pairs = (entry.partition(b"=") for entry in rest[: int(count)])
            os.environb.clear()
            os.environb.update((name, value) for name, _, value in pairs)
            os.chdir(folder)
            text, exit_code = judge(b"\0".join(rest[int(count) :]))
            line.sendall(bytes([exit_code]) + text.encode("utf-8", "surrogateescape"))
    finally:
        os._exit(0)


def _packed(lines: bytes) -> bytes:
    entries = [name + b"=" + value for name, value in os.environb.items()]
    return b"\0".join([_stamp(), os.getcwdb(), str(len(entries)).encode(), *entries, lines])


def _stamp() -> bytes:
    """What changes when another version of this program is installed."""
    folder = Path(__file__).parent
    folders = (folder, folder / "commands", folder / "rules", folder / "report")
    return str(max(entry.stat().st_mtime_ns for each in folders for entry in os.scandir(each))).encode()


def _all(line: socket.socket) -> bytes:
    parts = list[bytes]()
    while part := line.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)
