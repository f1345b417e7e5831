"""The changes of charter and claims on the line of main, kept for the commit that was asked for last."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from validator.git.history import Step
from validator.git.trees import Entry
from validator.registry.index.sealing import sealed, unsealed

_NOTHING = (None, None)


class LineSteps(NamedTuple):
    """The changes up to a commit, the oldest first."""

    commit: str
    steps: tuple[Step, ...]

    def followed(self, commit: str, steps: Sequence[Step]) -> "LineSteps":
        """The same at a later commit of the line; `steps` lead there."""
        return LineSteps(commit, (*self.steps, *steps))


def encoded(kept: LineSteps, program: str) -> bytes:
    """The bytes of changes that this `program` has found."""
    rows = [(*step[:3], *_fields(step.old), *_fields(step.new)) for step in kept.steps]
    return sealed(program, {"commit": kept.commit, "steps": list(zip(*rows, strict=True))})


def decoded(data: bytes, program: str) -> LineSteps | None:
    """The changes in some bytes; None where they are not whole, or of another program."""
    return unsealed(data, program, _read)


def _fields(entry: Entry | None) -> tuple[str | None, str | None]:
    return entry[:2] if entry else _NOTHING


def _read(header: dict[str, Any], rest: memoryview) -> LineSteps:
    return LineSteps(header["commit"], tuple(_step(*row) for row in zip(*header["steps"], strict=True)))


def _step(commit: str, time: int, path: str, *fields: str | None) -> Step:
    old, new = (Entry(mode, oid) if mode and oid else None for mode, oid in (fields[:2], fields[2:]))
    return Step(commit, time, path, old, new)
