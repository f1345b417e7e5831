"""Errors of the environment, as opposed to findings about a change."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from validator.model.escape import without_credentials

Read = TypeVar("Read")


class FatalError(Exception):
    """An error of the environment (no repository, shallow clone, Git too old): one line, exit 2, no verdict.

    A message may contain an address as Git has it: its password is removed here.
    """

    def __init__(self, message: str) -> None:
        super().__init__(without_credentials(message))


class ShallowError(FatalError):
    """A clone without all of its history."""


class LimitError(FatalError):
    """More than is judged at once. A guard blames the push for it, and not its server."""


class Unreadable(NamedTuple):
    """That one of many things could not be read or judged, and why, in a line."""

    why: str


def attempted(read: Callable[[], Read]) -> Read | Unreadable:
    """What reading one of many gives. Whatever goes wrong with it is its own fault, and stops none of the others.

    Raises ShallowError: that is the fault of the clone, and of none of them.
    """
    try:
        return read()
    except ShallowError:
        raise
    except FatalError as error:
        return Unreadable(str(error))
    except Exception as error:  # noqa: BLE001 - a stranger wrote what is read: any error may be of their making
        said = " ".join(str(error).split())[:200]
        return Unreadable(f"{type(error).__name__}: {said}" if said else type(error).__name__)
