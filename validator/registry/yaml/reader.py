"""Read a file's bytes as a document: a JSON-like value, the location of every part of it, and the faults.

The strict subset of YAML 1.2 that registry files are written in: UTF-8, LF, one document, no anchor, alias, tag, merge
key or duplicate key, and no plain scalar that YAML parsers read differently. A text that two independent parsers read
differently is refused.
"""

from typing import Any

from validator.model.findings import Location
from validator.registry.yaml.builder import Builder, Places, build
from validator.registry.yaml.faults import Fault, Route, undecodable, unreadable
from validator.registry.yaml.second_parser import Difference, difference
from validator.registry.yaml.source import Source

MAX_BYTES = 16 * 1024
WHOLE = frozenset[Route]({()})


class Document:
    """A file, as far as it can be read. Equal bytes at an equal path make equal documents.

    `value` is None, bool, int, float, str, list or dict with text keys; `damaged` are the routes whose value already
    has a fault: rules on the content skip them.
    """

    __slots__ = ("_data", "_places", "damaged", "faults", "path", "value")

    def __init__(self, path: str, data: bytes | None, value: Any = None) -> None:
        self.path, self.value, self._data = path, value, data
        self.faults: tuple[Fault, ...] = ()
        self.damaged = frozenset[Route]()
        self._places: tuple[Places, Places] | None = None

    @property
    def text(self) -> str | None:
        """The text of the file; None where it could not be decoded."""
        return None if self._data is None else self._data.decode("utf-8")

    def at(self, *route: str | int) -> Location:
        """The place of the value at `route`, or of the nearest part around it that exists."""
        return self._place(route, self._marks()[0])

    def at_key(self, *route: str | int) -> Location:
        """The place of the key that `route` ends in (for a list element: of the element)."""
        values, keys = self._marks()
        return Location(self.path, *keys[route]) if route in keys else self._place(route, values)

    def routes(self) -> dict[tuple[int, int], Route]:
        """What begins at each place, by line and column: the value, or the part of a file that a key names."""
        values, keys = self._marks()
        return {place: route for places in (keys, values) for route, place in places.items()}

    def excerpt(self, line: int) -> str | None:
        """The source line with this number, counted from 1; None where the text could not be decoded."""
        lines = [] if self.text is None else self.text.split("\n")
        return lines[line - 1] if line <= len(lines) else None

    def _place(self, route: Route, places: Places) -> Location:
        while route and route not in places:
            route = route[:-1]
        return Location(self.path, *places.get(route, (1, 1)))

    def _marks(self) -> tuple[Places, Places]:
        """Locations cost as much as values and most files need none: compute them for the first finding."""
        if self._places is None:
            self._places = build(Source(self.text or "")).places
        return self._places


def read(path: str, data: bytes, *, most: int = MAX_BYTES) -> Document:
    """Read a file's bytes in the strict subset. Never raises on content: what is wrong is in `faults`.

    A file of the registry has at most `MAX_BYTES`; of another kind, `most`.
    """
    if len(data) > most:
        return too_large(path, len(data), most)
    try:
        source = Source(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return unread(path, undecodable(data, error))
    from validator.registry.yaml.faultless import faultless  # it needs PyYAML, and a verb that reads no file does not

    found = faultless(source) or build(source)
    faulty = isinstance(found, Builder) and bool(source.unreadable or found.faults)
    differs = None if faulty else difference(source, found.value)
    document = Document(path, data, found.value)
    if faulty or differs:
        _add_faults(document, source, found if isinstance(found, Builder) else build(source), differs)
    return document


def _add_faults(document: Document, source: Source, builder: Builder, differs: Difference | None) -> None:
    faults = (*unreadable(document.text or "", allowed="\t" if source.json else ""), *builder.faults)
    if differs:
        place = source.place(differs.mark) if differs.mark else builder.places[0][differs.route]
        faults += (Fault("subset", *place, differs.message, "put text in quotes, or write the file as JSON"),)
        builder.damaged |= set() if differs.mark else {differs.route}
    document.faults, document.damaged = faults, frozenset(builder.damaged)
    document._places = builder.places


def too_large(path: str, size: int, most: int = MAX_BYTES) -> Document:
    """The document of a file that is too large to be read at all."""
    kind = "a registry file has" if most == MAX_BYTES else "this one may have"
    message = f"the file is {size:,} bytes long; {kind} at most {most:,}"
    return unread(path, Fault("unreadable", 1, 1, message, "shorten it to what the form asks for"))


def unread(path: str, fault: Fault) -> Document:
    """The document of a file of which nothing can be read."""
    document = Document(path, None)
    document.faults, document.damaged = (fault,), WHOLE
    return document
