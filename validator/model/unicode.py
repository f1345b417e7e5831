"""Unicode's own view of look-alikes (UTS #39), in one version for every Python."""

import functools
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

# The rows of the table that ASCII text needs, so that it needs no table. None makes what another one replaces.
_ASCII = {"0": "O", "1": "l", "I": "l", "|": "l", "m": "rn", "`": "'", '"': "''", "%": "º/₀"}


class _Table(NamedTuple):
    twins: dict[int, str]
    allowed: tuple[int, ...]  # where a range begins, and where it is over, in turn
    unassigned: tuple[int, ...]
    newer: tuple[int, ...]


def skeleton(text: str) -> str:
    """The same string for texts whose characters look the same; `text` is NFKC already."""
    if text.isascii():
        for character, like in _ASCII.items():  # three times as fast as to translate
            text = text.replace(character, like)
        return text
    decomposed = unicodedata.normalize("NFD", text).translate(table().twins)
    return unicodedata.normalize("NFD", decomposed)


def twin(character: str) -> str:
    """What a character looks like; often itself."""
    return table().twins.get(ord(character), character)


def is_unassigned(character: str) -> bool:
    """Whether there is no such character, in the version of the table."""
    return _within(character, table().unassigned)


def is_newer(character: str) -> bool:
    """Whether the oldest supported Python does not know a character: it would be compared otherwise there."""
    return _within(character, table().newer)


def is_allowed(character: str) -> bool:
    """Whether Unicode recommends a character for names (Identifier_Status)."""
    return _within(character, table().allowed)


def _within(character: str, bounds: tuple[int, ...]) -> bool:
    return bisect_right(bounds, ord(character)) % 2 == 1


@functools.cache
def table() -> _Table:
    """The table, unpacked: some milliseconds, so only for text that is not ASCII."""
    import base64
    import zlib

    from validator.model.unicode_table import DATA

    text = zlib.decompress(base64.b64decode(DATA)).decode("utf-8", "surrogatepass")
    characters, twins, *bounds = text.split("\n")
    return _Table(dict(zip(_codes(characters), twins.split("\0"), strict=True)), *map(tuple, map(_codes, bounds)))


def _codes(distances: str) -> Iterator[int]:
    return accumulate(ord(distance) - 32 for distance in distances)
