"""Locks that a killed Git has left behind.

Git locks a ref for milliseconds, by a file beside it, and a process that is killed meanwhile leaves that file. The file
does not name its process, so age decides: a lock that has not changed for `STALE` seconds is stale.
"""

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

STALE = 10.0  # seconds
# Git does not mark an apostrophe in the path: the path ends where "': " follows.
_IN_THE_WAY = re.compile(r"Unable to create '((?:(?!': ).)+\.lock)': File exists")


def clear(locks: Iterable[Path]) -> None:
    """Remove those of these files that are stale."""
    for lock in locks:
        with suppress(OSError):  # it is gone, or not ours to remove: then Git will say so
            if time.time() - lock.stat().st_mtime > STALE:
                lock.unlink()


def clear_refs(folder: Path) -> None:
    """Remove the stale locks on refs in a repository's own folder."""
    clear([folder / "HEAD.lock", folder / "packed-refs.lock", *(folder / "refs").rglob("*.lock")])


def wait_for_locks(error: str, folder: Path) -> bool:
    """Whether to try again: wait until the locks in this folder that an error of Git names are gone or stale."""
    locks = [lock for lock in map(Path, _IN_THE_WAY.findall(error)) if lock.resolve().is_relative_to(folder.resolve())]
    late = time.monotonic() + STALE + 1
    while (left := [lock for lock in locks if lock.exists()]) and time.monotonic() < late:
        time.sleep(0.1)
        clear(left)
    return bool(locks) and not any(lock.exists() for lock in locks)
