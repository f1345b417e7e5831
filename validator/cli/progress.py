"""Progress of what takes longer than a second, on stderr."""

import time
from collections.abc import Callable
from pathlib import Path

from validator.registry.reader import Reader, reader_at


def each_second(hint: Callable[[str], None], every: float = 1.0, what: str = "claims") -> Callable[[int, int], None]:
    """What prints how many of all are done, once in so many seconds; nothing of what is done before that."""
    last = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal last
        if done < of and time.monotonic() - last >= every:
            last = time.monotonic()
            hint(f"{done:,} of {of:,} {what}\n")

    return progress


def patient_reader(repo: Path, ref: str | None, hint: Callable[[str], None]) -> tuple[Reader, str]:
    """A reader that tells how far it is, and the commit to read: `ref`, else main as last fetched."""
    reader, commit = reader_at(repo, ref)
    return patient(reader, hint), commit


def patient(reader: Reader, hint: Callable[[str], None]) -> Reader:
    """The reader, which tells from now on how far it is with the claims, and with the steps of main."""
    reader.progress = each_second(hint)
    reader.repo.walked = each_second(hint, what="steps of main")
    return reader
