"""What one claim is compared by with others, as small values. Nothing of it depends on another file."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from validator.model.near import near_keys
from validator.model.shapes import RangePart, SegmentPart
from validator.model.timestamps import moment
from validator.registry.overlaps import unique_keys
from validator.registry.parsing import Draft

FARTHEST = 2**62  # of a range: a number in a file may have thousands of digits


class Span(NamedTuple):
    """A range of a piece of work, whose name is `work` as it is written; both ends belong to it."""

    work: str
    first: int
    last: int


class Traits(NamedTuple):
    """A claim, as the index keeps it.

    Claims with an equal number in `keys` may share what must be unique, with one in `near` their names may be easily
    confused: different values may have one number, and equal values always have. `moment` is the time stamp in seconds
    since 1970, -1 without one. `huge`: its ranges were cut at FARTHEST.
    """

    keys: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    segments: tuple[tuple[str, tuple[str, ...]], ...] = ()
    moment: int = -1
    huge: bool = False


def traits_of(draft: Draft, *, near: bool = True) -> Traits:
    """The traits of a claim, as far as it can be read; those of `near` names only where they are asked for."""
    ranges = [part for part in draft.scope or () if isinstance(part, RangePart) and part.first <= part.last]
    time = moment(draft.timestamp) if draft.timestamp is not None else None
    return Traits(
        tuple(map(_small, unique_keys(draft))),
        tuple(map(_small, _near(draft))) if near else (),
        tuple(Span(part.work, _cut(part.first), _cut(part.last)) for part in ranges),
        tuple((part.work, part.segments) for part in draft.scope or () if isinstance(part, SegmentPart)),
        -1 if time is None else time,
        any((_cut(part.first), _cut(part.last)) != (part.first, part.last) for part in ranges),
    )


def _near(draft: Draft) -> Iterator[tuple[object, ...]]:
    for field, name in (("role", draft.role), ("session_id", draft.session_id)):
        yield from ((field, *key) for key, _ in near_keys(name or ""))


def _small(key: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=8).digest(), "big")


def _cut(value: int) -> int:
    return max(-FARTHEST, min(FARTHEST, value))
