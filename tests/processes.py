"""Processes that tests start and talk to: none outlives its test, whatever ends that."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.warm.begin import COLD


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process with text streams. It is killed where the test fails or runs out of time; `Popen` would wait for it.

    It is a start of its own (`tests.warm`), and gets each signal itself.
    """
    options["env"] = options.get("env", os.environ) | COLD
    with subprocess.Popen(command, encoding="utf-8", **options) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


@contextmanager
def interruptible() -> Iterator[None]:
    """Processes started in here end at SIGINT, also where this run ignores it: `pytest &` in a script does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
