"""The second reader: an independent YAML 1.2 parser (py-yaml12) must read the same value, or the file is refused.

libyaml and py-yaml12 each deviate from YAML 1.2, but on different texts: what both read alike is unambiguous. A text in
JSON is also read with Python's JSON reader.
"""

import marshal
import re
from typing import Any, NamedTuple

from validator.registry.yaml.faults import Route
from validator.registry.yaml.source import Source

_REFUSAL = re.compile(
    r"YAML parse error: (?P<why>.*) at byte (?P<index>[0-9]+) line (?P<line>[0-9]+) column (?P<column>[0-9]+)"
)
SHORT = 40


class Mark:
    """A place in the text of a source, counted from 0 as libyaml does."""

    def __init__(self, index: int = 0, line: int = 0, column: int = 0) -> None:
        self.index, self.line, self.column = index, line, column


class Difference(NamedTuple):
    """How two readers differ: in the value at `route`, or because one refuses what stands at `mark`."""

    message: str
    route: Route = ()
    mark: Mark | None = None


def difference(source: Source, value: Any) -> Difference | None:
    """The first difference between the value of a text and what other readers make of it."""
    import yaml12

    try:
        other: Any = yaml12.parse_yaml(source.text)
    except _refusals() as error:
        return _refusal(str(error))
    whole = _bytes(value)
    for reading in (other, *source.json):
        if reading == value and _bytes(reading) == whole:
            continue  # nearly always
        meant = _with_whole_numbers(reading) if source.json else reading
        if not _same(value, meant):
            return _at(value, meant, ())
    return None


def _refusals() -> tuple[type[BaseException], ...]:
    """What the reader raises; a panic of its Rust code is no Exception, and has no name before the first one."""
    panics = (kind for kind in BaseException.__subclasses__() if kind.__name__ == "PanicException")
    return (ValueError, TypeError, *panics)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and _bytes(one) == _bytes(other)


def _bytes(value: Any) -> bytes:
    """The same for equal values only if their types are equal too: 1 is neither True nor 1.0."""
    return marshal.dumps(value, 2)


def _with_whole_numbers(value: Any) -> Any:
    """The value of a JSON text, its numbers as `resolve_json` gives them: 20.0 is 20."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(element) for key, element in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(element) for element in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _refusal(error: str) -> Difference:
    found = _REFUSAL.fullmatch(error)
    mark = Mark(int(found["index"]), int(found["line"]) - 1, int(found["column"]) - 1) if found else Mark()
    return Difference(f"YAML readers differ: one of them refuses this ({found['why'] if found else error})", mark=mark)


def _at(one: Any, other: Any, route: Route) -> Difference:
    """The smallest part in which two values differ, the first such part."""
    parts: list[tuple[str | int, Any, Any]] = []
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        parts = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        parts = [(index, *pair) for index, pair in enumerate(zip(one, other, strict=True))]
    for step, mine, theirs in parts:
        if not _same(mine, theirs):
            return _at(mine, theirs, (*route, step))
    return Difference(f"YAML readers differ: {_short(one)} to one is {_short(other)} to another", route)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
