"""Build a value from libyaml's events, with the location of every part of it and the faults.

Built from events rather than by a loader: 20,000 brackets end at the depth limit, an alias is reported instead of
expanded, and every part has its place.
"""

import functools
import itertools
import re
from typing import Any

from validator.model.errors import FatalError
from validator.model.normalize import SURROGATE, UNREADABLE
from validator.registry.yaml.faults import MAX_DEPTH, MAX_FAULTS, Fault, Route, named
from validator.registry.yaml.scalars import resolve, resolve_json
from validator.registry.yaml.source import Source
from validator.registry.yaml.syntax import syntax_fault

LONGEST_MESSAGE = 200
_END = re.compile(r"^\.\.\.(?!\S)", re.MULTILINE)
IN_LINES = ("|", ">")  # styles of a text in lines
Places = dict[Route, tuple[int, int]]


def build(source: Source) -> "Builder":
    """The builder of a text, with all that it has read."""
    builder = Builder(source)
    builder.read()
    # With half of those brackets it gives them one by one, and the place of the first that is too deep.
    return build(source.first(builder.ahead - 500)) if builder.ahead else builder


class _Stop(Exception):  # noqa: N818 - ends the event loop, is not an error
    """Reading cannot continue; the fault has been recorded."""


class Builder:
    """Builds the value, the faults and the places of one text, with a stack of its own instead of recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.places = Places(), Places()  # of values, and of keys
        self.value: Any = None
        self.faults: list[Fault] = []
        self.damaged: set[Route] = set()
        self.ahead: int | None = None  # where libyaml found a thousand brackets, before it gave the first
        self._resolve = resolve_json if source.json else resolve
        self._escaping = "\\" in source.text
        self._documents = 0
        self._around: list[tuple[Any, str | int | None]] = []  # open containers, and the step into the next
        self._container: Any = None
        self._key: str | None = None  # the key whose value comes next

    def read(self) -> None:
        """Read the text to its end, or to a fault after which it cannot be read further."""
        if self.source.directive:
            self._note("subset", self.source.directive, "a % directive changes how the file is read", "delete it")
        parser, marked_error = libyaml()
        try:
            for event in iter(parser(self.source.text).get_event, None):
                _STEPS[type(event).__name__](self, event)
            self._ends()
            return
        except _Stop:
            pass
        except marked_error as error:
            if error.problem == "exceeded maximum nesting depth":
                self.ahead = error.problem_mark.index
            self._add(syntax_fault(error, self.source))
        self.value, self.damaged = None, {()}

    def _ends(self) -> None:
        """Record a second mark of the document's end: some parsers begin a second document between the two."""
        ends = list(_END.finditer(self.source.text)) if "..." in self.source.text else []
        for end in ends[1:2]:
            line = self.source.text.count("\n", 0, end.start()) + 1
            self._note("subset", (line, 1), "the document ends a second time here", "delete this line")

    def _note(self, kind: str, place: tuple[int, int], message: str, help: str) -> None:
        self._add(Fault(kind, *place, message, help))

    def _add(self, fault: Fault) -> None:
        message = fault.message
        if len(message) > LONGEST_MESSAGE:  # it quotes the text
            message = f"{message[: LONGEST_MESSAGE // 2]}…{message[-LONGEST_MESSAGE // 2 :]}"
        if sum(fault.kind == other.kind for other in self.faults) < MAX_FAULTS:
            self.faults.append(fault._replace(message=message))

    def _outside(self, event: Any, message: str, help: str) -> None:
        """Record that a part of the text is outside the subset."""
        self._note("subset", self.source.place(event.start_mark), message, help)

    def _route(self) -> Route:
        """The route to what is read now."""
        steps = [step for _, step in self._around]
        step = len(self._container) if isinstance(self._container, list) else self._key
        return tuple(part for part in (*steps, step) if part is not None)

    def _ignore(self, event: Any) -> None:
        """The start or the end of the stream or of a document."""

    def _start_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._outside(event, "a second document begins here", "keep one document in a file")
            raise _Stop

    def _open_mapping(self, event: Any) -> None:
        bare = event.flow_style and not event.tag and not event.anchor
        if bare and self.source.text[event.start_mark.index] != "{":
            self._outside(event, "a pair without braces in a list", "put it in braces: [{key: value}]")
        self._open(event, {})

    def _open_list(self, event: Any) -> None:
        self._open(event, [])

    def _open(self, event: Any, container: Any) -> None:
        if len(self._around) >= MAX_DEPTH:
            self._outside(event, f"nested more than {MAX_DEPTH} deep", "flatten it")
            raise _Stop
        if self._awaits_key():
            self._outside(event, "a list or mapping as a key", "use text as the key")
            raise _Stop
        step = len(self._container) if isinstance(self._container, list) else self._key
        self._place(event, container, damaged=self._decorated(event))
        self._around.append((self._container, step))
        self._container = container

    def _close(self, event: Any) -> None:
        self._container, _ = self._around.pop()

    def _awaits_key(self) -> bool:
        return self._key is None and isinstance(self._container, dict)

    def _decorated(self, event: Any) -> bool:
        """Record an anchor or a tag. Returns whether a tag changes the value."""
        if event.anchor:
            self._outside(event, f"&{event.anchor} is an anchor", "delete it and write values out")
        if event.tag:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._outside(event, f"{tag} is a tag", "delete it: the form decides the type")
        return bool(event.tag)

    def _alias(self, event: Any) -> None:
        self._outside(event, f"*{event.anchor} is an alias", "write the value out")
        if self._awaits_key():
            raise _Stop
        self._place(event, None, damaged=True)

    def _scalar(self, event: Any) -> None:
        damaged = (event.tag or event.anchor) and self._decorated(event)
        if self._escaping and event.style == '"':
            damaged = self._escaped(event) or damaged
        if self._key is None and type(self._container) is dict:
            self._take_key(event)
            return
        value = event.value
        if event.style in IN_LINES:
            self._margin(event)
        elif not event.style and not event.tag:
            value, why = self._resolve(value)
            if why:
                self._outside(event, f"{value} {why}", "quote text; write numbers as JSON does: 3, 0.5")
                damaged = True
        self._place(event, value, damaged=damaged)

    def _margin(self, event: Any) -> None:
        if begins_with_spaces(self.source, event):
            self._outside(event, "a text in lines begins with a line of spaces", "delete the spaces")

    def _escaped(self, event: Any) -> bool:
        """Record what the escapes of a text make that is not allowed. Returns whether it cannot stay as it is."""
        for character in sorted(set(UNREADABLE.findall(event.value))):
            message = f"an escape makes {named(character)}, which is not allowed"
            self._note("unreadable", self.source.place(event.start_mark), message, "delete the escape")
        return bool(SURROGATE.search(event.value))

    def _take_key(self, event: Any) -> None:
        text = self._key = event.value
        if event.style in IN_LINES:
            self._margin(event)
        is_text = bool(event.style) or self._resolve(text) == (text, None)
        if not is_text and text == "<<":
            self._outside(event, "<< is a merge key", "write the fields out")
            self.damaged.add(self._route()[:-1])
        elif not is_text:
            self._outside(event, f"the key {text or '(empty)'} is not text", "put it in quotes")
        elif text in self._container:
            first = self.places[1].get(self._route(), (0, 0))[0]
            self._outside(event, f"the key {text} stands twice; first in line {first}", "keep one")
            self.damaged.add(self._route())
        self.places[1].setdefault(self._route(), self.source.place(event.start_mark))

    def _place(self, event: Any, value: Any, *, damaged: bool) -> None:
        """Add a value to its container; of two values with one key the first stays."""
        container = self._container
        self._record(event, value, damaged=damaged)
        if type(container) is dict:
            container.setdefault(self._key, value)
            self._key = None
        elif type(container) is list:
            container.append(value)
        else:
            self.value = value

    def _record(self, event: Any, value: Any, *, damaged: bool) -> None:
        route = self._route()
        # An empty value has the location of the next token: use that of its key.
        left_out = value is None and event.start_mark.index == event.end_mark.index
        place = self.places[1][route] if left_out and route in self.places[1] else self.source.place(event.start_mark)
        self.places[0].setdefault(route, place)
        if damaged:
            self.damaged.add(route)


_STEPS = {
    **dict.fromkeys(("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"), Builder._ignore),
    "DocumentStartEvent": Builder._start_document,
    "MappingStartEvent": Builder._open_mapping,
    "MappingEndEvent": Builder._close,
    "SequenceStartEvent": Builder._open_list,
    "SequenceEndEvent": Builder._close,
    "ScalarEvent": Builder._scalar,
    "AliasEvent": Builder._alias,
}


def begins_with_spaces(source: Source, event: Any) -> bool:
    """Whether a text in lines begins with spaces alone: they are read as nothing, as text or as an error."""
    _, *lines = source.text[event.start_mark.index : event.end_mark.index].split("\n")
    blank = itertools.takewhile(lambda line: not line.strip(" "), lines)
    return any(blank)


@functools.cache
def libyaml() -> tuple[Any, Any]:
    """The parser in PyYAML's C extension. Its other parser is another program, and 30 times as slow."""
    try:
        from yaml.cyaml import CParser
        from yaml.error import MarkedYAMLError
    except ImportError as error:
        way_out = "install its wheel: pip install --force-reinstall --only-binary :all: pyyaml"
        raise FatalError(f"PyYAML lacks its C extension here; {way_out}") from error
    return CParser, MarkedYAMLError
