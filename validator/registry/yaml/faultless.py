"""The value of a text that has no fault, straight from libyaml's events: most files are such a text.

Whatever is odd is left to the builder, which knows all faults and places, and takes much longer.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from yaml.events import DocumentStartEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from validator.model.normalize import UNREADABLE
from validator.registry.yaml.builder import IN_LINES, begins_with_spaces, libyaml
from validator.registry.yaml.faults import MAX_DEPTH
from validator.registry.yaml.scalars import resolve, resolve_json
from validator.registry.yaml.source import Source

_SIGNS = "\\&*!|>"  # a text without these has no escape, anchor, alias, tag or text in lines


class Faultless(NamedTuple):
    """A text without a fault, and its value."""

    value: Any


class _Odd(Exception):  # noqa: N818 - ends the reading, is not an error
    """The builder has to look."""


def faultless(source: Source) -> Faultless | None:
    """The value of a text; None where there may be a fault."""
    if source.directive or source.unreadable or "\n..." in source.text:
        return None
    parser, marked_error = libyaml()
    try:
        return Faultless(_Values(source, parser(source.text).get_event).document())
    except (_Odd, marked_error):
        return None


class _Values:
    """Makes values of events. They are many: whatever each of them takes is felt in an audit."""

    def __init__(self, source: Source, event: Callable[[], Any]) -> None:
        watched = any(sign in source.text for sign in _SIGNS)
        self._source = source
        self._event = functools.partial(_watched, source, event) if watched else event
        self._plain = _plain_json if source.json else _plain

    def document(self) -> Any:
        """The value of the only document; None where there is none."""
        self._event()  # the stream starts
        if type(self._event()) is not DocumentStartEvent:
            return None
        value = self._value(self._event(), 0)
        self._event()  # the document ends
        if type(self._event()) is DocumentStartEvent:
            raise _Odd  # another one starts
        return value

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            return event.value if event.style else self._plain(event.value)
        if depth >= MAX_DEPTH:
            raise _Odd
        if kind is SequenceStartEvent:
            return self._list(depth + 1)
        if event.flow_style and self._source.text[event.start_mark.index] != "{":
            raise _Odd  # [key: value]
        return self._mapping(depth + 1)

    def _list(self, depth: int) -> list[Any]:
        values, event = [], self._event()
        while type(event) is not SequenceEndEvent:
            values.append(self._value(event, depth))
            event = self._event()
        return values

    def _mapping(self, depth: int) -> dict[str, Any]:
        values, next_event, plain = dict[str, Any](), self._event, self._plain
        while type(event := next_event()) is ScalarEvent:
            key = event.value if event.style else plain(event.value)
            if type(key) is not str or key in values:
                raise _Odd
            event = next_event()
            if type(event) is ScalarEvent:  # as most are
                values[key] = event.value if event.style else plain(event.value)
            else:
                values[key] = self._value(event, depth)
        if type(event) is not MappingEndEvent:
            raise _Odd  # a list or mapping as a key
        return values


def _watched(source: Source, next_event: Callable[[], Any]) -> Any:
    """The next event, where a sign of something odd means nothing there."""
    event = next_event()
    if getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise _Odd  # an alias has an anchor too
    style = getattr(event, "style", None)
    if style in IN_LINES and begins_with_spaces(source, event):
        raise _Odd
    if style == '"' and UNREADABLE.search(event.value):
        raise _Odd
    return event


@functools.lru_cache(maxsize=4096)
def _plain(text: str) -> Any:
    return _agreed(*resolve(text))


@functools.lru_cache(maxsize=4096)
def _plain_json(text: str) -> Any:
    return _agreed(*resolve_json(text))


def _agreed(value: Any, why: str | None) -> Any:
    if why:
        raise _Odd
    return value
