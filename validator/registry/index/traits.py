"""What one claim is compared by with others, as small values. Nothing of it depends on another file."""

import functools
import hashlib
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple

from validator.model.near import near_parts
from validator.model.shapes import RangePart, SegmentPart
from validator.model.timestamps import moment
from validator.registry.overlaps import unique_keys
from validator.registry.parsing import Draft

_END = 2**64  # of the numbers that stand for values
_PLACES = tuple(range(3, 131, 2))  # what the words of a name are multiplied by
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
        tuple(_near(draft)) if near else (),
        tuple(Span(part.work, _cut(part.first), _cut(part.last)) for part in ranges),
        tuple((part.work, part.segments) for part in draft.scope or () if isinstance(part, SegmentPart)),
        -1 if time is None else time,
        any((_cut(part.first), _cut(part.last)) != (part.first, part.last) for part in ranges),
    )


def _near(draft: Draft) -> Iterator[int]:
    """A number for each of `near_keys`, by its words and their places: most words stand in other names as well."""
    for field, name in (("role", draft.role), ("session_id", draft.session_id)):
        words, places, arranged = near_parts(name or "")
        if arranged:
            yield (_of_word(f"words of {field}") + sum(_of_words(arranged))) % _END
        numbers = _of_words(words)
        whole = _of_word(field) + sum(numbers)
        yield from ((whole - numbers[at]) % _END for at in places)


def _of_words(words: list[str]) -> list[int]:
    return [_of_word(word) * place for word, place in zip(words, cycle(_PLACES), strict=False)]


@functools.lru_cache(maxsize=4096)
def _of_word(word: str) -> int:
    return _small((word,))


def _small(key: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=8).digest(), "big")


def _cut(value: int) -> int:
    return max(-FARTHEST, min(FARTHEST, value))
