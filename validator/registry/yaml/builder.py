"""Build a value from YAML's events, with the location of every part of it and the faults.

Built from ruamel's event stream rather than its constructor: events are read one by one, so 20,000 brackets end at the
depth limit instead of in a RecursionError, and an alias is reported instead of expanded.
"""

import re
from typing import Any

from validator.model.normalize import SURROGATE, UNREADABLE
from validator.registry.yaml.faults import MAX_FAULTS, Fault, named
from validator.registry.yaml.scalars import resolve

MAX_DEPTH = 16
LONGEST_MESSAGE = 200
MARK = "\ufeff"
DIRECTIVE = re.compile("^%", re.MULTILINE)
BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")
Route = tuple[str | int, ...]


class _Stop(Exception):  # noqa: N818 - ends the event loop, is not an error
    """Reading cannot continue; the fault has been recorded."""


class Builder:
    """Builds value, places and faults from the events of one text, with a stack of its own instead of recursion."""

    def __init__(self, text: str) -> None:
        # Of the same length, so that locations stay correct. The scanner would take CR for a line break.
        self.text = UNREADABLE.sub(" ", text)
        self.marked = text.startswith(MARK)
        if self.marked:  # the scanner skips it and does not count its column
            self.text = MARK + self.text[1:]
        self.value: Any = None
        self.values: dict[Route, tuple[int, int]] = {}
        self.keys: dict[Route, tuple[int, int]] = {}
        self.faults: list[Fault] = []
        self.damaged: set[Route] = set()
        self.frames: list[_Frame] = []
        self.documents = 0

    def build(self) -> None:
        """Read the text to its end, or to a fault after which it cannot be read further."""
        import ruamel.yaml  # takes 13 ms, and most runs read no file strictly

        try:
            for event in ruamel.yaml.YAML(typ="safe", pure=True).parse(self.text):
                self._take(event, type(event).__name__)
            return
        except _Stop:
            pass
        except ruamel.yaml.error.MarkedYAMLError as error:
            help = 'mend it here; text goes in quotes if it contains ": " or " #" or begins with a sign'
            self._note("syntax", error.problem_mark or error.context_mark, _syntax(error), help)
        except (ruamel.yaml.error.YAMLError, ValueError, OverflowError):
            self._out_of_bounds()
        self.value, self.damaged = None, {()}

    def _out_of_bounds(self) -> None:
        """Record an error that has no location: an escape beyond U+10FFFF, or a version of thousands of digits."""
        escape = BEYOND_UNICODE.search(self.text)
        message = f"not YAML: {escape[0]} is no character" if escape else "not YAML: a % directive is out of bounds"
        before = self.text[: escape.start()] if escape else ""
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        self.faults.append(Fault("syntax", line, column, message, "mend it here"))

    def _spot(self, mark: Any) -> tuple[int, int]:
        """Line and column, counted from 1, in the text as it was given."""
        return mark.line + 1, mark.column + (2 if self.marked and mark.line == 0 else 1)

    def _note(self, kind: str, mark: Any, message: str, help: str) -> None:
        line, column = self._spot(mark) if mark else (1, 1)
        if len(message) > LONGEST_MESSAGE:  # it quotes the text
            message = f"{message[: LONGEST_MESSAGE // 2]}…{message[-LONGEST_MESSAGE // 2 :]}"
        if sum(fault.kind == kind for fault in self.faults) < MAX_FAULTS:
            self.faults.append(Fault(kind, line, column, message, help))

    def _take(self, event: Any, kind: str) -> None:
        if kind == "DocumentStartEvent":
            self._start_document(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.frames.pop()
        elif kind == "ScalarEvent":
            self._scalar(event)
        elif kind == "AliasEvent":
            self._note("subset", event.start_mark, f"*{event.anchor} is an alias", "write the value out")
            self._place(event, None, damaged=True)

    def _start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._note("subset", event.start_mark, "a second document begins here", "keep one document in a file")
            raise _Stop
        before = self.text[: event.start_mark.index]
        if directive := DIRECTIVE.search(before):
            line = before[: directive.start()].count("\n") + 1
            self.faults.append(Fault("subset", line, 1, "a % directive changes how the file is read", "delete it"))

    def _open(self, event: Any, container: Any) -> None:
        if len(self.frames) >= MAX_DEPTH:
            self._note("subset", event.start_mark, f"nested more than {MAX_DEPTH} deep", "flatten it")
            raise _Stop
        if self.frames and self.frames[-1].awaits_key:
            self._note("subset", event.start_mark, "a list or mapping as a key", "use text as the key")
            raise _Stop
        route = self._place(event, container, damaged=self._decorated(event))
        self.frames.append(_Frame(container, route))

    def _decorated(self, event: Any) -> bool:
        """Record an anchor or a tag. Returns whether a tag changes the value."""
        if event.anchor:
            self._note("subset", event.start_mark, f"&{event.anchor} is an anchor", "delete it and write values out")
        if event.tag:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._note("subset", event.start_mark, f"{tag} is a tag", "delete it: the form decides the type")
        return bool(event.tag)

    def _scalar(self, event: Any) -> None:
        damaged = self._decorated(event) or bool(SURROGATE.search(event.value))
        for character in sorted(set(UNREADABLE.findall(event.value))):
            message = f"an escape makes {named(character)}, which is not allowed"
            self._note("unreadable", event.start_mark, message, "delete the escape")
        frame = self.frames[-1] if self.frames else None
        if frame and frame.awaits_key:
            self._key(event, frame)
            return
        value, why = resolve(event.value) if event.style in (None, "") and not event.tag else (event.value, None)
        if why:
            self._note(
                "subset", event.start_mark, f"{event.value} {why}", "quote text; write numbers as JSON does: 3, 0.5"
            )
        self._place(event, value, damaged=damaged or bool(why))

    def _key(self, event: Any, frame: "_Frame") -> None:
        plain = event.style in (None, "")
        text: str = event.value
        route = (*frame.route, text)
        value, why = resolve(text) if plain else (text, None)
        if plain and text == "<<":
            self._note("subset", event.start_mark, "<< is a merge key", "write the fields out")
            self.damaged.add(frame.route)
        elif why or not isinstance(value, str):
            self._note("subset", event.start_mark, f"the key {text or '(empty)'} is not text", "put it in quotes")
        elif text in frame.container:
            first = self.keys[route][0]
            self._note("subset", event.start_mark, f"the key {text} stands twice; first in line {first}", "keep one")
            self.damaged.add(route)
        else:
            self.keys[route] = self._spot(event.start_mark)
        frame.key = text

    def _place(self, event: Any, value: Any, *, damaged: bool) -> Route:
        """Add a value to its container and record its location."""
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
        # An empty value has the location of the next token: use that of its key.
        left_out = value is None and event.start_mark.index == event.end_mark.index
        self.values[route] = self.keys[route] if left_out and route in self.keys else self._spot(event.start_mark)
        if damaged:
            self.damaged.add(route)
        return route


class _Frame:
    """A mapping or list that is being read, and the key whose value comes next."""

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
