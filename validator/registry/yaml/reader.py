"""From a file's bytes to a document: a JSON-like value, a place for every part of it, and every fault on the way.

The strict subset of YAML 1.2 that registry files are written in (design contract): UTF-8, LF, one document, no anchor,
alias, tag, merge key or duplicate key, and no plain scalar that two YAML readers could take for different things.
Built from ruamel's event stream rather than its constructor: events are read one by one, so 20,000 brackets end at the
depth limit instead of in a RecursionError, and an alias is seen instead of expanded.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

from validator.model.findings import Location
from validator.model.normalize import SURROGATE, UNREADABLE
from validator.registry.yaml.scalars import resolve

MAX_BYTES = 16 * 1024
MAX_DEPTH = 16
MAX_FAULTS = 20  # of one kind in one file: enough to mend it, too few to bury the other files
LONGEST_MESSAGE = 200
MARK = "\ufeff"
DIRECTIVE = re.compile("^%", re.MULTILINE)
BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")

Route = tuple[str | int, ...]
WHOLE = frozenset[Route]({()})


class Fault(NamedTuple):
    """Something that keeps bytes from being a registry document. `kind` is the rule's business: which code it gets."""

    kind: str  # "unreadable" | "syntax" | "subset"
    line: int
    column: int
    message: str
    help: str


class Document:
    """A file as far as it could be read. Equal bytes at an equal path make equal documents.

    `value` is None, bool, int, float, str, list or dict with text keys; `damaged` are the routes whose value is not
    what the author meant, because a fault already says so: rules on the content pass them over.
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
        """Places cost more than values, and most files need none: read them when the first finding asks."""
        if self._values is None:
            builder = _Builder(self.text or "")
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
        return _unread(path, _undecodable(data, error))
    builder = _Builder(text)
    builder.build()
    document = Document(path, text, builder.value, tuple(_unreadable(text)) + tuple(builder.faults))
    document.damaged = frozenset(builder.damaged)
    return document


def too_large(path: str, size: int, most: int = MAX_BYTES) -> Document:
    """The document of a file that is too large to be read at all."""
    kind = "a registry file has" if most == MAX_BYTES else "this one may have"
    message = f"the file is {size:,} bytes long; {kind} at most {most:,}"
    return _unread(path, Fault("unreadable", 1, 1, message, "shorten it to what the form asks for"))


def elsewhere(times: int) -> str:
    """` (here and in 2 more places)` for something that a file holds three times; nothing for once."""
    return "" if times == 1 else f" (here and in {times - 1} more place{'s' if times > 2 else ''})"


def _unread(path: str, fault: Fault) -> Document:
    document = Document(path, None, None, (fault,))
    document.damaged = WHOLE
    return document


def _undecodable(data: bytes, error: UnicodeDecodeError) -> Fault:
    before = data[: error.start].decode("utf-8")
    message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Fault("unreadable", line, column, message, "save it as UTF-8 without BOM: iconv -f FROM -t UTF-8")


def _unreadable(text: str) -> Iterator[Fault]:
    """Faults of the raw characters. A file with CRLF hears it once, not on every line."""
    seen = set[str]()
    for match in UNREADABLE.finditer(text):
        character = match[0]
        if character in seen:
            continue
        seen.add(character)
        if len(seen) > MAX_FAULTS:
            return
        before = text[: match.start()]
        message = f"{_named(character)} is not allowed{elsewhere(text.count(character))}"
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        yield Fault("unreadable", line, column, message, _mend(character))


def _named(character: str) -> str:
    names = {"\r": "a carriage return (CR)", "\ufeff": "a byte order mark", "\t": "a tab", "\0": "a NUL byte"}
    kind = "control character" if unicodedata.category(character) == "Cc" else "character"
    return names.get(character, f"the {kind} U+{ord(character):04X}")


def _mend(character: str) -> str:
    if character == "\r":
        return "end lines with LF alone: dos2unix, or `* text=auto eol=lf` in .gitattributes"
    return "replace it with a space" if character == "\t" else "delete it"


class _Stop(Exception):  # noqa: N818 - ends the event loop, is not an error
    """Reading cannot go on: the fault that says why has been noted."""


class _Builder:
    """Builds value, places and faults from the events of one text, with a stack of its own instead of recursion."""

    def __init__(self, text: str) -> None:
        # Same length, so every place stays true; CR is a line break to the scanner, a space is not.
        self.text = UNREADABLE.sub(" ", text)
        self.marked = text.startswith(MARK)
        if self.marked:  # the scanner passes over it, and over its column
            self.text = MARK + self.text[1:]
        self.value: Any = None
        self.values: dict[Route, tuple[int, int]] = {}
        self.keys: dict[Route, tuple[int, int]] = {}
        self.faults: list[Fault] = []
        self.damaged: set[Route] = set()
        self.frames: list[_Frame] = []
        self.documents = 0

    def build(self) -> None:
        import ruamel.yaml  # 13 ms that a run without any strictly read file does not pay

        try:
            for event in ruamel.yaml.YAML(typ="safe", pure=True).parse(self.text):
                self.take(event, type(event).__name__)
            return
        except _Stop:
            pass
        except ruamel.yaml.error.MarkedYAMLError as error:
            help = 'mend it here; text goes in quotes if it contains ": " or " #" or begins with a sign'
            self.note("syntax", error.problem_mark or error.context_mark, _syntax(error), help)
        except (ruamel.yaml.error.YAMLError, ValueError, OverflowError):
            self.out_of_bounds()
        self.value, self.damaged = None, {()}

    def out_of_bounds(self) -> None:
        """Note an error that comes without a place: an escape beyond U+10FFFF, or a version of thousands of digits."""
        escape = BEYOND_UNICODE.search(self.text)
        message = f"not YAML: {escape[0]} is no character" if escape else "not YAML: a % directive is out of bounds"
        before = self.text[: escape.start()] if escape else ""
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        self.faults.append(Fault("syntax", line, column, message, "mend it here"))

    def spot(self, mark: Any) -> tuple[int, int]:
        """Line and column, counted from 1, in the text as it was given."""
        return mark.line + 1, mark.column + (2 if self.marked and mark.line == 0 else 1)

    def note(self, kind: str, mark: Any, message: str, help: str) -> None:
        line, column = self.spot(mark) if mark else (1, 1)
        if len(message) > LONGEST_MESSAGE:  # it quotes the text
            message = f"{message[: LONGEST_MESSAGE // 2]}…{message[-LONGEST_MESSAGE // 2 :]}"
        if sum(fault.kind == kind for fault in self.faults) < MAX_FAULTS:
            self.faults.append(Fault(kind, line, column, message, help))

    def take(self, event: Any, kind: str) -> None:
        if kind == "DocumentStartEvent":
            self.start_document(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self.open(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.frames.pop()
        elif kind == "ScalarEvent":
            self.scalar(event)
        elif kind == "AliasEvent":
            self.note("subset", event.start_mark, f"*{event.anchor} is an alias", "write the value out")
            self.place(event, None, damaged=True)

    def start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.note("subset", event.start_mark, "a second document begins here", "keep one document in a file")
            raise _Stop
        before = self.text[: event.start_mark.index]
        if directive := DIRECTIVE.search(before):
            line = before[: directive.start()].count("\n") + 1
            self.faults.append(Fault("subset", line, 1, "a % directive changes how the file is read", "delete it"))

    def open(self, event: Any, container: Any) -> None:
        if len(self.frames) >= MAX_DEPTH:
            self.note("subset", event.start_mark, f"nested more than {MAX_DEPTH} deep", "flatten it")
            raise _Stop
        if self.frames and self.frames[-1].awaits_key:
            self.note("subset", event.start_mark, "a list or mapping as a key", "use text as the key")
            raise _Stop
        route = self.place(event, container, damaged=self.decorated(event))
        self.frames.append(_Frame(container, route))

    def decorated(self, event: Any) -> bool:
        """Note an anchor or a tag; whether the value is another than the one written."""
        if event.anchor:
            self.note("subset", event.start_mark, f"&{event.anchor} is an anchor", "delete it and write values out")
        if event.tag:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self.note("subset", event.start_mark, f"{tag} is a tag", "delete it: the form decides the type")
        return bool(event.tag)

    def scalar(self, event: Any) -> None:
        damaged = self.decorated(event) or bool(SURROGATE.search(event.value))
        for character in sorted(set(UNREADABLE.findall(event.value))):
            message = f"an escape makes {_named(character)}, which is not allowed"
            self.note("unreadable", event.start_mark, message, "delete the escape")
        frame = self.frames[-1] if self.frames else None
        if frame and frame.awaits_key:
            self.key(event, frame)
            return
        value, why = resolve(event.value) if event.style in (None, "") and not event.tag else (event.value, None)
        if why:
            self.note(
                "subset", event.start_mark, f"{event.value} {why}", "quote text; write numbers as JSON does: 3, 0.5"
            )
        self.place(event, value, damaged=damaged or bool(why))

    def key(self, event: Any, frame: "_Frame") -> None:
        plain = event.style in (None, "")
        text: str = event.value
        route = (*frame.route, text)
        value, why = resolve(text) if plain else (text, None)
        if plain and text == "<<":
            self.note("subset", event.start_mark, "<< is a merge key", "write the fields out")
            self.damaged.add(frame.route)
        elif why or not isinstance(value, str):
            self.note("subset", event.start_mark, f"the key {text or '(empty)'} is not text", "put it in quotes")
        elif text in frame.container:
            first = self.keys[route][0]
            self.note("subset", event.start_mark, f"the key {text} stands twice; first in line {first}", "keep one")
            self.damaged.add(route)
        else:
            self.keys[route] = self.spot(event.start_mark)
        frame.key = text

    def place(self, event: Any, value: Any, *, damaged: bool) -> Route:
        """Put a finished value where it belongs and remember its place."""
        frame = self.frames[-1] if self.frames else None
        if frame is None:
            route: Route = ()
            self.value = value
        elif frame.key is not None:
            route = (*frame.route, frame.key)
            if frame.key in frame.container:  # the first of two equal keys stays, with its place
                damaged, route = False, (*route, "second")
            else:
                frame.container[frame.key] = value
            frame.key = None
        elif isinstance(frame.container, list):
            route = (*frame.route, len(frame.container))
            frame.container.append(value)
        else:  # an alias where a key should be
            raise _Stop
        # A value that was left out has the place of whatever comes next.
        left_out = value is None and event.start_mark.index == event.end_mark.index
        self.values[route] = self.keys[route] if left_out and route in self.keys else self.spot(event.start_mark)
        if damaged:
            self.damaged.add(route)
        return route


class _Frame:
    """A mapping or list that is still being read, and the key that waits for its value."""

    def __init__(self, container: Any, route: Route) -> None:
        self.container, self.route = container, route
        self.key: str | None = None

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.container, dict) and self.key is None


def _syntax(error: Any) -> str:
    start = f" that begins in line {error.context_mark.line + 1}" if error.context_mark else ""
    context = f" ({error.context}{start})" if error.context else ""
    return " ".join(f"not YAML: {error.problem}{context}".split())
