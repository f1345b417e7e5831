"""Run the program that delivers a letter, with a time limit."""

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from typing import IO

from validator.model.escape import logged

MAX_ERRORS = 4096  # bytes of a program's standard error that are kept; the rest is read and dropped


def run(command: Sequence[str], text: str, limit: float) -> str | None:
    """Give a program the text on standard input. None on exit code 0 within `limit` seconds, else why it failed.

    Its processes end with it, whatever the outcome.
    """
    errors = bytearray()
    with tempfile.TemporaryFile() as stdin:
        stdin.write(text.encode())
        stdin.seek(0)
        try:
            # An argument vector, no shell; the fleet's own program, named by whoever broadcasts.
            program = subprocess.Popen(  # noqa: S603
                command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            return f"{command[0]}: {error.strerror}"
        assert program.stderr
        reading = threading.Thread(target=_read, args=(program.stderr, errors), daemon=True)
        reading.start()
        try:
            status = program.wait(limit)
        except subprocess.TimeoutExpired:
            return f"took longer than {limit:g} s"
        finally:
            _end(program)
            reading.join(1)
    shown = logged(" ".join(bytes(errors).decode("utf-8", "replace").split()))[-200:]
    return None if status == 0 else f"exit {status}{f': {shown}' if shown else ''}"


def _read(stream: IO[bytes], errors: bytearray) -> None:
    """Read standard error to its end, so that the program never blocks on a full pipe; keep the first bytes."""
    with contextlib.suppress(OSError, ValueError), stream:
        while part := stream.read(MAX_ERRORS):
            errors += part[: MAX_ERRORS - len(errors)]


def _end(program: "subprocess.Popen[bytes]") -> None:
    """Kill the program's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
