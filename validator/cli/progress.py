"""Progress of what takes longer than a second, on stderr."""

import time
from collections.abc import Callable


def each_second(hint: Callable[[str], None], every: float = 1.0) -> Callable[[int, int], None]:
    """What prints how many of all claims are read, once in so many seconds; nothing of what is done before that."""
    last = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal last
        if done < of and time.monotonic() - last >= every:
            last = time.monotonic()
            hint(f"{done:,} of {of:,} claims\n")

    return progress
