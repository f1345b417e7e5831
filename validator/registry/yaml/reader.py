"""Read a file's bytes as a document: a JSON-like value, the location of every part of it, and the faults.

The strict subset of YAML 1.2 that registry files are written in (design contract): UTF-8, LF, one document, no anchor,
alias, tag, merge key or duplicate key, and no plain scalar that YAML parsers read differently.
"""

import functools
from typing import Any

from validator.model.findings import Location
from validator.registry.yaml.builder import Builder, Route
from validator.registry.yaml.faults import Fault, undecodable, unreadable

MAX_BYTES = 16 * 1024
WHOLE = frozenset[Route]({()})


class Document:
    """A file, as far as it can be read. Equal bytes at an equal path make equal documents.

    `value` is None, bool, int, float, str, list or dict with text keys; `damaged` are the routes whose value already
    has a fault: rules on the content skip them.
    """

    def __init__(self, path: str, text: str | None, value: Any, faults: tuple[Fault, ...] = ()) -> None:
        self.path, self.text, self.value, self.faults = path, text, value, faults
        self.damaged: frozenset[Route] = frozenset()
        self._values: dict[Route, tuple[int, int]] | None = None
        self._keys: dict[Route, tuple[int, int]] = {}

    def at(self, *route: str | int) -> Location:
        """The place of the value at `route`, or of the nearest part around it that exists."""
        return self._place(route, self._marks())

    def at_key(self, *route: str | int) -> Location:
        """The place of the key that `route` ends in (for a list element: of the element)."""
        marks = self._marks()
        return Location(self.path, *self._keys[route]) if route in self._keys else self._place(route, marks)

    def excerpt(self, line: int) -> str | None:
        """The source line with this number, counted from 1; None where the text could not be decoded."""
        return self._lines[line - 1] if line <= len(self._lines) else None

    @functools.cached_property
    def _lines(self) -> list[str]:
        return [] if self.text is None else self.text.split("\n")

    def _place(self, route: Route, marks: dict[Route, tuple[int, int]]) -> Location:
        while route and route not in marks:
            route = route[:-1]
        return Location(self.path, *marks.get(route, (1, 1)))

    def _marks(self) -> dict[Route, tuple[int, int]]:
        """Locations cost more than values and most files need none: compute them for the first finding."""
        if self._values is None:
            builder = Builder(self.text or "")
            builder.build()
            self._values, self._keys = builder.values, builder.keys
        return self._values


def read(path: str, data: bytes, *, most: int = MAX_BYTES) -> Document:
    """Read a file's bytes in the strict subset. Never raises on content: what is wrong is in `faults`.

    A file of the registry has at most `MAX_BYTES`; of another kind, `most`.
    """
    if len(data) > most:
        return too_large(path, len(data), most)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _unread(path, undecodable(data, error))
    builder = Builder(text)
    builder.build()
    document = Document(path, text, builder.value, tuple(unreadable(text)) + tuple(builder.faults))
    document.damaged = frozenset(builder.damaged)
    return document


def too_large(path: str, size: int, most: int = MAX_BYTES) -> Document:
    """The document of a file that is too large to be read at all."""
    kind = "a registry file has" if most == MAX_BYTES else "this one may have"
    message = f"the file is {size:,} bytes long; {kind} at most {most:,}"
    return _unread(path, Fault("unreadable", 1, 1, message, "shorten it to what the form asks for"))


def _unread(path: str, fault: Fault) -> Document:
    document = Document(path, None, None, (fault,))
    document.damaged = WHOLE
    return document
