"""`git cat-file`, kept open: one start of a process for all objects that a run asks for (git-cat-file(1))."""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple

from validator.git.child_processes import note_started
from validator.git.program import last_line
from validator.model.errors import FatalError, ShallowError

# With --buffer Git answers at `flush`, when it has read all that is asked: neither side waits for the other.
COMMAND = ("cat-file", "--batch-command=%(objectname) %(objecttype) %(objectsize)", "--buffer")
_FOUND = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) ([0-9]+)\n")


class Facts(NamedTuple):
    """What an object is. `size` is in bytes."""

    oid: str
    kind: str
    size: int


class Batch:
    """A process that starts with the first question, and again after it has failed. `start` takes a file for errors."""

    def __init__(self, start: Callable[[IO[bytes]], subprocess.Popen[bytes]], completion: str = "") -> None:
        self._start = start
        self._completion = completion  # the command that completes a partial clone, empty for a whole one
        self._running: tuple[subprocess.Popen[bytes], IO[bytes]] | None = None

    def facts(self, names: Iterable[str]) -> list[Facts | None]:
        """What each name stands for (gitrevisions(7)), None where there is no such object."""
        return [facts for facts, _ in self._ask("info", names)]

    def contents(self, oids: Iterable[str]) -> list[bytes | None]:
        """The content of each object, None where there is no such object."""
        return [content if facts else None for facts, content in self._ask("contents", oids)]

    def missing(self, what: str) -> FatalError:
        """The error of an object that is not there: a fault of the clone where it is a partial one."""
        if self._completion:
            return ShallowError(f"this is a partial clone, and {what} is not in it; run: {self._completion}")
        return FatalError(f"{what} is missing from the repository; run: git fsck")

    def close(self) -> None:
        """End the process."""
        if self._running:
            process, errors = self._running
            process.kill()
            process.communicate()
            errors.close()
            self._running = None

    def _ask(self, command: str, names: Iterable[str]) -> list[tuple[Facts | None, bytes]]:
        asked = [f"{command} {name}\n".encode("utf-8", "surrogateescape") for name in names]
        assert all(line.count(b"\n") == 1 for line in asked), "a name is one line"
        if not asked:
            return []
        if self._running is None:
            fresh = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
            self._running = self._start(fresh), fresh
            note_started(self)
        process, errors = self._running
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(b"".join(asked) + b"flush\n")
            process.stdin.flush()
            return list(_answers(process.stdout, len(asked), contents=command == "contents"))
        except (BrokenPipeError, EOFError) as error:
            errors.seek(0)
            said = errors.read().decode(errors="replace")
            self.close()
            raise FatalError(f"git cat-file: {last_line(said)}") from error


def _answers(out: IO[bytes], count: int, *, contents: bool) -> Iterator[tuple[Facts | None, bytes]]:
    for _ in range(count):
        line = out.readline()
        if not line:
            raise EOFError
        found = _FOUND.fullmatch(line)
        facts = Facts(found[1].decode(), found[2].decode(), int(found[3])) if found else None
        content = out.read(facts.size + 1) if facts and contents else b""
        if facts and contents and len(content) <= facts.size:
            raise EOFError
        yield facts, content[:-1]
