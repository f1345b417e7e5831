"""A verb on a terminal of its own: what it prints is read as it appears, and answered while the world goes on."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.cli.stage import ENVIRONMENT, REGISTRY

PATIENCE = 60.0  # seconds for the next words


class Terminal:
    """A running verb; standard input, output and error are one terminal."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.terminal, side = pty.openpty()
        self.process = subprocess.Popen(
            [*REGISTRY, *words], cwd=folder, env=ENVIRONMENT, stdin=side, stdout=side, stderr=side
        )
        os.close(side)
        self.seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def until(self, words: str) -> str:
        """Read on until these words appear; all that has been read since the last time, and with them."""
        late = time.monotonic() + PATIENCE
        while words not in self.seen:
            part = self._read(late - time.monotonic())
            assert part, f"{words!r} did not appear in: {self.seen}"
            self.seen += part
        page, _, self.seen = self.seen.partition(words)
        return page + words

    def answer(self, text: str) -> None:
        os.write(self.terminal, f"{text}\n".encode())

    def end(self) -> tuple[int, str]:
        """Answer nothing more and read to the end; the exit code, and what has been read since the last time."""
        os.write(self.terminal, b"\x04")  # end of input, for whoever still asks
        late = time.monotonic() + PATIENCE
        while part := self._read(late - time.monotonic()):
            self.seen += part
        return self.process.wait(PATIENCE), self.seen

    def _read(self, seconds: float) -> str:
        """What there is next; nothing when the verb has ended."""
        if not select.select([self.terminal], [], [], max(0, seconds))[0]:
            raise AssertionError(f"nothing more came after: {self.seen}")
        try:
            return os.read(self.terminal, 65536).decode().replace("\r\n", "\n")
        except OSError:  # Linux: the other side is closed
            return ""
