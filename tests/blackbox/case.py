"""What a row of the table is: a change, how it is judged, and what has to come of it."""

from collections.abc import Callable
from typing import NamedTuple

from tests.blackbox.store import HOUR, NINE, Files, Store
from tests.blackbox.world import MAIN, Change, changed


class Judged(NamedTuple):
    """The two commits that `validate` is given."""

    base: str
    head: str


Build = Callable[[Store], Judged]


class Case(NamedTuple):
    """One row. Codes are separated by spaces; they are the exact set, warnings included."""

    name: str
    build: Build
    exit: int
    introduced: str
    inherited: str
    healed: str
    options: tuple[str, ...]
    says: tuple[str, ...]  # texts that stand in the output


def accepted(
    name: str, build: Build, introduced: str = "", *options: str, inherited: str = "", healed: str = "", says: str = ""
) -> Case:
    """A change that passes; `introduced` are its warnings."""
    return Case(name, build, 0, introduced, inherited, healed, options, (says,) if says else ())


def refused(
    name: str,
    build: Build,
    introduced: str,
    *options: str,
    says: str | tuple[str, ...] = (),
    inherited: str = "",
    healed: str = "",
) -> Case:
    """A change that does not pass, and for which reasons."""
    return Case(name, build, 1, introduced, inherited, healed, options, (says,) if isinstance(says, str) else says)


def fatal(name: str, build: Build, *options: str, says: str) -> Case:
    """A change that cannot be judged here: no verdict, one line on stderr."""
    return Case(name, build, 2, "", "", "", options, (says,))


def change(delta: Change, base: Files = MAIN) -> Build:
    """A change on a branch from main, in one commit."""

    def build(store: Store) -> Judged:
        main = store.commit(base)
        return Judged(main, store.commit(changed(base, delta), main, time=NINE + HOUR))

    return build


def late(delta: Change, meanwhile: Change, base: Files = MAIN) -> Build:
    """A change on a branch from a main that has moved on meanwhile."""

    def build(store: Store) -> Judged:
        fork = store.commit(base)
        main = store.commit(changed(base, meanwhile), fork, time=NINE + HOUR)
        return Judged(main, store.commit(changed(base, delta), fork, time=NINE + 2 * HOUR))

    return build


def line(*deltas: Change, base: Files = MAIN) -> Build:
    """A change in several commits, each on top of the one before."""

    def build(store: Store) -> Judged:
        main = head = store.commit(base)
        files: Files = base
        for hours, delta in enumerate(deltas, 1):
            files = changed(files, delta)
            head = store.commit(files, head, time=NINE + hours * HOUR)
        return Judged(main, head)

    return build
