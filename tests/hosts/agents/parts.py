"""Run a part of `make client-check`, and print what it took."""

import time
from collections.abc import Callable


def run_part(part: Callable[..., None], *arguments: object) -> None:
    """Call a part with these arguments; its name and docstring say what it is."""
    begun = time.monotonic()
    part(*arguments)
    print(f"{part.__name__:<12} {time.monotonic() - begun:4.1f} s  {part.__doc__}", flush=True)
