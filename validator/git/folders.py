"""One folder of a Git tree, as it is stored, and what differs between two of them (gitformat-tree)."""

import functools
import re
from collections.abc import Iterator

from validator.model.errors import FatalError

FOLDER, SUBMODULE = "040000", "160000"
Row = tuple[str, bytes, str]  # mode, name, object id
Sides = tuple[list[Row], list[Row]]
_ROW = {width: re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % width, re.DOTALL) for width in (20, 32)}


class Folder:
    """The content of a tree object; its entries are read when they are asked for. Object ids have `width` bytes."""

    def __init__(self, content: bytes, width: int) -> None:
        self.content = content
        self.width = width

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """The entries, in the order of the folder."""
        return tuple(rows(self.content, self.width))

    def differing(self, other: "Folder") -> Iterator[tuple[bytes, list[Row], list[Row]]]:
        """The names whose entries differ, with their entries here and in the other."""
        found = dict[bytes, Sides]()
        for at, part in enumerate(_without_common_ends(self, other) or (self.rows, other.rows)):
            for row in part:
                found.setdefault(row[1], ([], []))[at].append(row)
        yield from ((name, was, now) for name, (was, now) in found.items() if was != now)


def _without_common_ends(one: Folder, other: Folder) -> tuple[tuple[Row, ...], tuple[Row, ...]] | None:
    """The entries of two folders without those at both ends that are the same, which are not read.

    None where that cannot be told from the bytes: a folder made by hand may list a name twice, far apart.
    """
    (a, b), width = (one.content, other.content), one.width
    start = _last_entry(a, _common(a, b), width)
    tail = _common_end(a[start:], b[start:])
    ends = _next_entry(a, start, len(a) - tail, width), _next_entry(b, start, len(b) - tail, width)
    if len(a) - ends[0] != len(b) - ends[1]:
        return None
    parts = tuple(tuple(rows(text[start:end], width)) for text, end in zip((a, b), ends, strict=True))
    around = a[:start] + a[ends[0] :]
    names = {row[1] for part in parts for row in part}
    return None if any(b" %b\0" % name in around for name in names) else (parts[0], parts[1])


def _last_entry(content: bytes, limit: int, width: int) -> int:
    """The end of the last entry that ends at `limit` or before it."""
    at = 0
    while (end := content.find(b"\0", at) + 1 + width) <= limit and end > width:
        at = end
    return at


def _next_entry(content: bytes, at: int, goal: int, width: int) -> int:
    """The end of the first entry that ends at `goal` or after it."""
    while at < min(goal, len(content)):
        end = content.find(b"\0", at)
        at = len(content) if end < 0 else end + 1 + width
    return at


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _common_end(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their ends."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        same = one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]
        low, high = (middle, high) if same else (low, middle - 1)
    return low


def rows(content: bytes, width: int) -> Iterator[Row]:
    """The entries of a tree object, whose object ids have so many bytes."""
    at = 0
    while at < len(content):
        row = _ROW[width].match(content, at)
        if row is None:
            raise FatalError("a tree object is malformed; run: git fsck")
        yield _mode(int(row[1], 8)), row[2], row[3].hex()
        at = row.end()


def _mode(bits: int) -> str:
    """A mode as Git takes it: of a file, only whether its owner may run it counts."""
    kind = bits & 0o170000
    if kind == 0o100000:
        return "100755" if bits & 0o100 else "100644"
    return {0o120000: "120000", 0o040000: FOLDER}.get(kind, SUBMODULE)
