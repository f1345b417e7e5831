"""Processes that serve a run: they end with it, however long something remembers the repository that started them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Closable(Protocol):
    """What ends a process; called more than once it does nothing."""

    def close(self) -> None:
        """End it."""


_STARTED = ContextVar[list[Closable] | None]("started", default=None)


@contextmanager
def closing() -> Iterator[None]:
    """End at the exit what was started inside, by this thread. Asked again afterwards, it starts anew."""
    started = list[Closable]()
    token = _STARTED.set(started)
    try:
        yield
    finally:
        _STARTED.reset(token)
        for one in started:
            one.close()


def note_started(one: Closable) -> None:
    """Something has started a process; without a run around it, it ends when nothing refers to it any more."""
    started = _STARTED.get()
    if started is not None:
        started.append(one)
