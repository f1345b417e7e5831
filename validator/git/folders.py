"""One folder of a Git tree, as it is stored, and what differs between two of them (gitformat-tree)."""

import bisect
import functools
import re
from collections.abc import Collection, Iterator, Sequence

from validator.model.errors import FatalError

FOLDER, SUBMODULE = "040000", "160000"
Row = tuple[str, bytes, str]  # mode, name, object id
Sides = tuple[list[Row], list[Row]]
Differing = tuple[bytes, list[Row], list[Row]]  # a name, and its entries in either folder
Span = tuple[int, int]  # bytes of a folder, from and up to
SPACING = 4096  # bytes between places where an entry is known to begin
FEW = 16  # names, each of which is looked for in a whole folder
_ROW = {width: re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % width, re.DOTALL) for width in (20, 32)}


class Folder:
    """The content of a tree object; its entries are read when they are asked for. Object ids have `width` bytes."""

    def __init__(self, content: bytes, width: int) -> None:
        self.content = content
        self.width = width
        self._marks: Sequence[int] = ()

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """The entries, in the order of the folder."""
        return tuple(rows(self.content, self.width))

    def begins_before(self, limit: int) -> int:
        """A place at or before `limit` where an entry begins, and not far from it."""
        if not self._marks:
            self._marks = tuple(_spaced(self.content, self.width))
        return self._marks[bisect.bisect_right(self._marks, limit) - 1]

    def knows_from(self, other: "Folder", start: int, end: int) -> None:
        """Another folder has the same entries up to `start`, and the same as those after `end` at its own end."""
        shift = len(self.content) - len(other.content)
        left = other._marks[: bisect.bisect_right(other._marks, start)]
        right = other._marks[bisect.bisect_left(other._marks, end) :]
        between = (start,) if start - left[-1] > SPACING else ()
        self._marks = (*left, *between, *(place + shift for place in right if place + shift > start))

    def differing(self, other: "Folder", most: int | None = None) -> Iterator[Differing]:
        """The names whose entries differ, with their entries here and in the other.

        Where they are more than `most`, only some, but more than that, and not all entries are read.
        """
        spans = _without_common_ends(self, other)
        texts = [folder.content[start:end] for folder, (start, end) in zip((self, other), spans, strict=True)]
        start, end = spans[0]
        around = self.content[:start] + self.content[end:]  # the same in the other
        if most is not None:
            first = _first_of(rows(texts[0], self.width), rows(texts[1], self.width), most)
            if first is not None and not _has_any({name for name, _, _ in first}, around, self.width):
                yield from first
                return
        parts = tuple(tuple(rows(text, self.width)) for text in texts)
        if _has_any({row[1] for part in parts for row in part}, around, self.width):
            parts = (self.rows, other.rows)  # a folder made by hand may list a name twice, far apart
        found = dict[bytes, Sides]()
        for at, part in enumerate(parts):
            for row in part:
                found.setdefault(row[1], ([], []))[at].append(row)
        yield from ((name, was, now) for name, (was, now) in found.items() if was != now)


def _first_of(one: Iterator[Row], other: Iterator[Row], most: int) -> list[Differing] | None:
    """The first entries that differ, one more than `most` at most; None for entries in another order than Git's."""
    found, sides = list[Differing](), (_Ordered(one), _Ordered(other))
    while len(found) <= most and any(side.row for side in sides):
        key = min(side.key for side in sides if side.row)
        was, now = ([side.row] if side.row and side.key == key else [] for side in sides)
        if was != now:
            found.append(((was or now)[0][1], was, now))
        if not all(side.goes_on() for side, row in zip(sides, (was, now), strict=True) if row):
            return None
    return found


class _Ordered:
    """The entries of a folder, one after the other; a folder's name is sorted as if a slash followed."""

    def __init__(self, entries: Iterator[Row]) -> None:
        self._entries = entries
        self.row: Row | None = None
        self.key = b""
        self.goes_on()

    def goes_on(self) -> bool:
        """Go on to the next entry; whether it follows as Git sorts them."""
        self.row, before = next(self._entries, None), self.key
        if self.row:
            mode, name, _ = self.row
            self.key = name + b"/" if mode == FOLDER else name
        return self.row is None or self.key > before


def _has_any(names: Collection[bytes], content: bytes, width: int) -> bool:
    """Whether some entries of a folder have one of these names; of many each is not looked for by itself."""
    if len(names) <= FEW:
        return any(b" %b\0" % name in content for name in names)
    return any(row[1] in names for row in rows(content, width))


def _without_common_ends(one: Folder, other: Folder) -> tuple[Span, Span]:
    """Where two folders differ: all but the entries at both ends that are the same, which are not read."""
    (a, b), width = (one.content, other.content), one.width
    common = _common(a, b)
    start = _last_entry(a, common, width, one.begins_before(common))
    tail = _common_end(a[start:], b[start:])
    ends = _next_entry(a, start, len(a) - tail, width), _next_entry(b, start, len(b) - tail, width)
    if len(a) - ends[0] != len(b) - ends[1]:
        return (0, len(a)), (0, len(b))
    other.knows_from(one, start, ends[0])
    return (start, ends[0]), (start, ends[1])


def _spaced(content: bytes, width: int) -> Iterator[int]:
    """Where entries begin, the first one and then one in so many bytes."""
    at = 0
    while at < len(content):
        yield at
        following = _last_entry(content, at + SPACING, width, at)
        at = following if following > at else _next_entry(content, at, at + 1, width)
    if not content:
        yield 0


def _last_entry(content: bytes, limit: int, width: int, at: int) -> int:
    """The end of the last entry that ends at `limit` or before it; one begins at `at`."""
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
