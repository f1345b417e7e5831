"""Retries after a lost race, and a limit on how many processes of one machine push at a time.

Of all sessions of one user on one machine, a few push at a time; more would only race each other. Each holds a lock
that the operating system releases when the process ends, however it ends. The lock is an optimisation only: the remote
decides who gets a number, and a process that has waited too long goes on without a lock.
"""

import os
import random
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from validator.model.errors import FatalError

if sys.platform != "win32":  # no file locks there, so no limit either
    import fcntl


LONGEST_WAIT = 30.0  # seconds
# Two for each processor: while one waits for the server, another computes.
MAX_AT_ONCE = 2 * (os.cpu_count() or 1)


class Patience(NamedTuple):
    """When to give up, and how long to wait before another attempt."""

    attempts: int
    unanswered: int  # of these, how many the server may leave without an answer
    longest: float  # seconds of a pause
    certain: float = 0.0  # the share of a pause that is not random


class Attempts:
    """Attempts counted from 0; each begins after the pause that the attempt before it has set."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._silent, self._pause = patience, 0, 0.0

    def __iter__(self) -> Iterator[int]:
        for attempt in range(self._patience.attempts):
            time.sleep(self._pause)
            self._pause = 0.0
            yield attempt

    def unanswered(self, error: str) -> None:
        """Count an attempt that the server did not answer; raises FatalError with this text if there were too many."""
        self._silent += 1
        if self._silent >= self._patience.unanswered:
            raise FatalError(error)

    def pause(self, seconds: float) -> float:
        """Set a random pause of at most so many seconds before the next attempt (jitter); returns its length."""
        most = min(self._patience.longest, seconds)
        self._pause = random.uniform(max(0.01, self._patience.certain * most), most)  # noqa: S311 - no secret
        return self._pause


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; waits for the process of this machine that holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def limited(kind: str, at_once: int) -> Iterator[None]:
    """Be one of at most `at_once` processes that do this kind of thing; waits for a free lock."""
    with ExitStack() as stack:
        lanes = [stack.enter_context(lane) for lane in _lock_files(kind, at_once)]
        late = time.monotonic() + LONGEST_WAIT
        while lanes and not any(map(_is_free, lanes)) and time.monotonic() < late:
            time.sleep(random.uniform(0.01, 0.06))  # noqa: S311 - spreads processes, no secret
        yield


def _lock_files(kind: str, count: int) -> list[IO[bytes]]:
    """A lock file for each of the processes; empty where locks are not available."""
    if sys.platform == "win32":
        return []
    try:
        folder = Path(tempfile.gettempdir())
        return [_own_file(folder / f"registry-{kind}-{os.getuid()}-{lane}") for lane in range(count)]
    except OSError:
        return []


def _own_file(path: Path) -> IO[bytes]:
    """Open or make a file in a folder where others can plant theirs. Raises OSError for a link, or another's file."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    found = os.fstat(descriptor)
    if found.st_uid != os.getuid() or not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise PermissionError(f"{path} is no regular file of yours")
    return os.fdopen(descriptor, "ab")


def _is_free(lane: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(lane, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
