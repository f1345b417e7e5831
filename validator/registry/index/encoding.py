"""The index of a tree as bytes: a header, and columns of numbers."""

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from validator.git.trees import Entry
from validator.registry.index.columns import Spans
from validator.registry.index.sealing import sealed, unsealed
from validator.registry.index.table import Index


class StoredIndex(NamedTuple):
    """An index, and what it belongs to: the blob of the charter, and the tree that `registry/sessions` is.

    `odd` are the entries of that tree that are no claims, by path.
    """

    charter: str
    sessions: str
    table: Index
    odd: dict[str, Entry]


def encoded(kept: StoredIndex, program: str) -> bytes:
    """The bytes of an index that this `program` made: another one would compare claims otherwise."""
    index = kept.table
    header = {
        "charter": kept.charter,
        "sessions": kept.sessions,
        "odd": kept.odd,
        "always": sorted(index.always),
        "waiting": sorted(index.waiting),
        "segments": list(index.segments.items()),
        "spans": [(same, spans.work) for same, spans in index.spans.items()],
        "lengths": [len(column) for column in _columns(index)],
    }
    return sealed(program, header, b"".join(column.tobytes() for column in _columns(index)))


def decoded(data: bytes, program: str) -> StoredIndex | None:
    """The index in some bytes; None where they are not whole, or of another program."""
    return unsealed(data, program, _read)


def _read(header: dict[str, Any], rest: memoryview) -> StoredIndex:
    index = Index()
    index.always, index.waiting = set(header["always"]), set(header["waiting"])
    index.segments = {
        number: tuple((work, tuple(names)) for work, names in segments) for number, segments in header["segments"]
    }
    index.spans = {same: Spans(work) for same, work in header["spans"]}
    for column, length in zip(_columns(index), header["lengths"], strict=True):
        size = length * column.itemsize
        column.frombytes(rest[:size])
        rest = rest[size:]
    for spans in index.spans.values():
        spans.measure()
    return StoredIndex(
        header["charter"], header["sessions"], index, {path: Entry(*entry) for path, entry in header["odd"].items()}
    )


def _columns(index: Index) -> Iterator["array[int]"]:
    yield from (index.numbers, index.moments)
    for values in (index.keys, index.near):
        yield from (values.values, values.numbers)
    for spans in index.spans.values():
        yield from (spans.firsts, spans.lasts, spans.numbers)
