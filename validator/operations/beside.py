"""Work out the parts of a long task in processes beside this one, as many as there are processors.

Each part gets a fork of this process, which has all that the part needs, sends the result and ends. None waits for
another part, so none outlives this process for long. With one processor, with threads, and on systems where a fork is
not safe, this process does the work.
"""

import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from typing import IO, Generic, NamedTuple, NoReturn, TypeVar

from validator.git.program import leave_to_others
from validator.model.errors import FatalError

MOST = 4  # processors that are of use; one process more than these goes on where another has ended
T = TypeVar("T")


def worked_out(parts: Iterable[Callable[[], T]], processes: int | None = None) -> Iterator[T]:
    """The result of each part, in their order; `processes` is for how many processors, None: as many as are of use.

    A part may not ask the Git that this process has started. Raises FatalError where a part does, and where a process
    beside has failed. A part that is the only one is done here.
    """
    most, rest = _of_use() if processes is None else processes, iter(parts)
    first = list(islice(rest, 2))
    if most < 2 or len(first) < 2:
        yield from (part() for part in chain(first, rest))
        return
    running = deque[_Beside[T]]()
    with ExitStack() as ends:
        for part in chain(first, rest):
            running.append(_Beside(part, running))
            ends.callback(running[-1].end)
            if len(running) > most:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _of_use() -> int:
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)))


class _Failed(NamedTuple):
    """Why a part has no result."""

    error: FatalError | OSError


class _Beside(Generic[T]):
    """A process that works out one part."""

    _pipe: IO[bytes]

    def __init__(self, part: Callable[[], T], others: "Iterable[_Beside[T]]") -> None:
        out, into = os.pipe()
        try:
            self._process = os.fork()
        except OSError as error:
            os.close(out)
            os.close(into)
            raise FatalError(f"no process can be started: {error.strerror}") from error
        if not self._process:
            os.close(out)  # or it would wait for itself to read
            for other in others:
                other._pipe.close()  # or that one would wait for this one to read
            _work(part, into)
        os.close(into)
        self._pipe = os.fdopen(out, "rb")

    def result(self) -> T:
        try:
            found: T | _Failed = pickle.load(self._pipe)  # noqa: S301 - this program has made it
        except (EOFError, pickle.UnpicklingError) as error:
            raise FatalError("a process that was started for a part of the claims has failed") from error
        finally:
            self.end()
        if isinstance(found, _Failed):
            raise found.error
        return found

    def end(self) -> None:
        """Wait for its end, which comes at once where nobody reads what it says; asked again, nothing happens."""
        if not self._pipe.closed:
            self._pipe.close()
            os.waitpid(self._process, 0)


def _work(part: Callable[[], object], into: int) -> NoReturn:
    code = 1
    try:
        leave_to_others()
        with os.fdopen(into, "wb") as pipe:
            pickle.dump(_outcome(part), pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)  # nothing that the other process has for the time being is removed


def _outcome(part: Callable[[], object]) -> object:
    try:
        return part()
    except (FatalError, OSError) as error:
        return _Failed(error)
