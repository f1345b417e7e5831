"""When claims came to main, kept for the commit that was asked for last: to walk a long main takes seconds."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from validator.git.history import Step
from validator.registry.history import Registration
from validator.registry.index.sealing import sealed, unsealed


class Arrival(NamedTuple):
    """A step of main that added or changed a file: `order` counts such steps, `oid` is what the file was then."""

    path: str
    commit: str
    time: int
    order: int
    oid: str


class Arrivals(NamedTuple):
    """The arrivals of each file from its current registration on, by path, at a commit that is so many `steps` away."""

    commit: str
    steps: int
    files: dict[str, list[Arrival]]

    def followed(self, commit: str, steps: Iterable[Step]) -> "Arrivals":
        """The same at a later commit of the line; `steps` lead there, the oldest first. These ones are used up."""
        order = self.steps
        for order, step in enumerate(steps, self.steps + 1):
            if step.new is None:
                self.files.pop(step.path, None)
            else:
                arrival = Arrival(step.path, step.commit, step.time, order - 1, step.new.oid)
                self.files.setdefault(step.path, []).append(arrival)
        return Arrivals(commit, order, self.files)

    def registrations(self) -> dict[str, Registration]:
        """The current registration of each file."""
        return {path: _registration(rows) for path, rows in self.files.items()}


def _registration(rows: list[Arrival]) -> Registration:
    return Registration(*rows[0][:4], before=rows[-2].oid if len(rows) > 1 else None)


def encoded(arrivals: Arrivals, program: str) -> bytes:
    """The bytes of arrivals that this `program` has found."""
    rows = list(zip(*chain.from_iterable(arrivals.files.values()), strict=True))
    return sealed(program, {"commit": arrivals.commit, "steps": arrivals.steps, "arrivals": rows})


def decoded(data: bytes, program: str) -> Arrivals | None:
    """The arrivals in some bytes; None where they are not whole, or of another program."""
    return unsealed(data, program, _read)


def _read(header: dict[str, Any], rest: memoryview) -> Arrivals:
    files = dict[str, list[Arrival]]()
    for one in map(Arrival, *header["arrivals"]) if header["arrivals"] else ():
        files.setdefault(one.path, []).append(one)
    return Arrivals(header["commit"], header["steps"], files)
