"""Who registered first. The first-parent order of main decides, never a date: dates can be set by whoever commits."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from validator.git.history import Step
from validator.git.trees import Entry
from validator.model.layout import CHARTER
from validator.model.phrases import rfc3339


class Registration(NamedTuple):
    """The step of main that added a file which is still there. `order` counts steps: the smaller was first.

    `before` is the object id that the file had before it was last changed; None where it is as it came.
    """

    path: str
    commit: str
    time: int
    order: int
    before: str | None = None

    @property
    def day(self) -> str:
        """The committer's date, for display only."""
        return rfc3339(self.time)[:10]


class EventKind(StrEnum):
    """What a step of main did to a number, or to the charter."""

    REGISTERED = "registered"
    AMENDED = "amended"
    TAKEN_OVER = "taken-over"
    RELEASED = "released"
    CHARTER_CHANGED = "charter-changed"


class Event(NamedTuple):
    """What one step did to a claim's file, with the session that holds it afterwards (at a release: before).

    Of the charter there is no session.
    """

    kind: EventKind
    path: str
    session_id: str | None
    commit: str
    time: int


def registrations(steps: Iterable[Step]) -> dict[str, Registration]:
    """The current registration of every file, by path; steps come oldest first.

    A released and re-added file belongs to its later arrival; an amendment changes nothing about who was first.
    """
    standing = dict[str, Registration]()
    for order, step in enumerate(steps):
        if step.new is None:
            standing.pop(step.path, None)
        elif step.old is None or step.path not in standing:
            standing[step.path] = Registration(step.path, step.commit, step.time, order)
        else:
            standing[step.path] = standing[step.path]._replace(before=step.old.oid)
    return standing


def steps_of(path: str, steps: Iterable[Step]) -> list[tuple[Registration, Entry]]:
    """What a file was from its current registration on, with the step that made it so; the oldest first."""
    found = list[tuple[Registration, Entry]]()
    for order, step in enumerate(steps):
        if step.path == path and step.new is None:
            found = []
        elif step.path == path and step.new:
            found.append((Registration(path, step.commit, step.time, order), step.new))
    return found


def first_of(paths: Iterable[str], standing: Mapping[str, Registration]) -> list[str]:
    """Sort paths by registration, the first holder first; a path that main does not have comes last."""
    return sorted(paths, key=lambda path: (path not in standing, standing[path].order if path in standing else 0, path))


def events(steps: Iterable[Step], session_of: Mapping[str, str | None]) -> Iterator[Event]:
    """The events of claims and charter, oldest first. `session_of` gives the session_id in a blob by its object id."""
    for step in steps:
        if step.path == CHARTER:
            if step.old and step.new:
                yield Event(EventKind.CHARTER_CHANGED, step.path, None, step.commit, step.time)
            continue
        before = session_of.get(step.old.oid) if step.old else None
        after = session_of.get(step.new.oid) if step.new else None
        if step.new is None:
            kind = EventKind.RELEASED
        elif step.old is None:
            kind = EventKind.REGISTERED
        else:
            kind = EventKind.AMENDED if before == after else EventKind.TAKEN_OVER
        yield Event(kind, step.path, before if step.new is None else after, step.commit, step.time)
