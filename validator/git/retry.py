"""Rivals for a push: how often one tries again, and how few of one machine try at a time.

Of all sessions of one user on one machine, a few push at a time; more would only race each other. Such a turn is a lock
that the operating system takes back when its process ends, however that ends. It decides nothing: the lock on a number
is the remote's, and who waits for too long goes ahead without a turn.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from validator.model.errors import FatalError

if sys.platform != "win32":  # there everybody goes at once
    import fcntl


LONGEST_WAIT = 30.0  # seconds
# Two for each processor: while one waits for the server, another computes.
A_FEW = 2 * (os.cpu_count() or 1)


class Patience(NamedTuple):
    """When to give up, and how long to wait before another attempt."""

    attempts: int
    unanswered: int  # of these, how often a server may be silent
    longest: float  # seconds of a pause
    certain: float = 0.0  # the share of a pause that is not left to chance


class Attempts:
    """One attempt after another, counted from 0; each begins after the pause that the one before has asked for."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._silent, self._pause = patience, 0, 0.0

    def __iter__(self) -> Iterator[int]:
        for attempt in range(self._patience.attempts):
            time.sleep(self._pause)
            self._pause = 0.0
            yield attempt

    def unanswered(self, error: str) -> None:
        """Count an attempt as one that the server was silent at; raises FatalError, with this text, at one too many."""
        self._silent += 1
        if self._silent >= self._patience.unanswered:
            raise FatalError(error)

    def pause(self, seconds: float) -> float:
        """Ask for a pause of at most so many seconds, of chance, so that rivals seldom meet again; how long it is."""
        most = min(self._patience.longest, seconds)
        self._pause = random.uniform(max(0.01, self._patience.certain * most), most)  # noqa: S311 - hides nothing
        return self._pause


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until no other process of this machine is here with the same file, and hold it until this ends."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def turn(kind: str, at_once: int) -> Iterator[None]:
    """Wait until one of the few who do the same is through, and go on as one of them."""
    with ExitStack() as stack:
        lanes = [stack.enter_context(lane) for lane in _lanes(kind, at_once)]
        late = time.monotonic() + LONGEST_WAIT
        while lanes and not any(map(_is_free, lanes)) and time.monotonic() < late:
            time.sleep(random.uniform(0.01, 0.06))  # noqa: S311 - spreads rivals, hides nothing
        yield


def _lanes(kind: str, count: int) -> list[IO[bytes]]:
    """A file for each of the few. None where no lock can be had."""
    if sys.platform == "win32":
        return []
    try:
        folder = Path(tempfile.gettempdir())
        return [(folder / f"registry-{kind}-{os.getuid()}-{lane}").open("ab") for lane in range(count)]
    except OSError:
        return []


def _is_free(lane: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(lane, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
