"""A file's text made ready for the parsers: what they must not meet is replaced, and every place stays known.

JSON texts are recognised here (RFC 8259). In them tabs are space, a pair of surrogates is one character, and a number
may have any spelling of JSON's.
"""

import copy
import functools
import re
from bisect import bisect
from typing import TYPE_CHECKING, Any, Self

from validator.model.normalize import UNREADABLE
from validator.registry.yaml.scalars import resolve_json

if TYPE_CHECKING:
    import json

MARK = "\ufeff"
# Directives stand before the document, with nothing but comments and empty lines among them.
_HEAD = re.compile(r"(?>(?: *(?:#[^\n]*)?\n|%[^\n]*(?:\n|\Z))*)")
_DIRECTIVE = re.compile("^%", re.MULTILINE)
# At a backslash: an escaped pair of surrogates, or whatever else it escapes.
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)")
_SHORTER = len(r"\ud83d\ude00") - len(r"\U0001f600")


class Source:
    """`text` is what the parsers read; `json` is the value of a JSON text, in a tuple, and empty for other texts."""

    def __init__(self, given: str) -> None:
        self.marked = given.startswith(MARK)  # parsers skip it and do not count its column
        # Of the same length, so that places stay correct. The scanner would take CR for a line break.
        self.text, replaced = UNREADABLE.subn(" ", given[1:] if self.marked else given)
        self.json = _json(given)
        self.unreadable = self.marked or replaced > (given.count("\t") if self.json else 0)
        self.directive: tuple[int, int] | None = None
        self._pairs: list[int] = []
        if self.json:
            self._join_surrogates()
        else:
            self._hide_directives()

    def place(self, mark: Any, shift: int = 0) -> tuple[int, int]:
        """Line and column of a parser's mark, counted from 1, in the text as it was given."""
        line, column = mark.line, mark.column + shift
        if mark.index and mark.column == 0 and mark.index == len(self.text) and not self.text.endswith("\n"):
            # libyaml counts a line more at the end of a text whose last line does not end.
            line, column = line - 1, len(self.text) - self.text.rfind("\n") - 1
        if self._pairs:
            column += _SHORTER * (bisect(self._pairs, mark.index) - bisect(self._pairs, mark.index - mark.column))
        return line + 1, column + (2 if self.marked and line == 0 else 1)

    def first(self, length: int) -> Self:
        """The source with nothing but the first characters of its text."""
        other = copy.copy(self)
        other.text = self.text[:length]
        return other

    def _join_surrogates(self) -> None:
        """Write each escaped pair of surrogates, which YAML does not know, as the one character that it stands for."""
        for found in _ESCAPE.finditer(self.text):
            if found[1]:
                self._pairs.append(found.end() - _SHORTER * (len(self._pairs) + 1))
        if self._pairs:
            self.text = _ESCAPE.sub(_joined, self.text)

    def _hide_directives(self) -> None:
        """Make a comment of each directive: a version or a name that it does not know ends a parser."""
        found = _HEAD.match(self.text)
        head = found[0] if found else ""
        if directive := _DIRECTIVE.search(head):
            self.directive = head[: directive.start()].count("\n") + 1, 1
            self.text = _DIRECTIVE.sub("#", head) + self.text[len(head) :]


def _joined(found: re.Match[str]) -> str:
    if not found[1]:
        return found[0]
    high, low = (int(half, 16) for half in found.groups())
    return f"\\U{0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00:08x}"


def _json(text: str) -> tuple[Any, ...]:
    if not text.lstrip(" \t\n").startswith(("{", "[")):
        return ()
    try:
        return (_decoder().decode(text),)
    except (ValueError, RecursionError):
        return ()


@functools.cache
def _decoder() -> "json.JSONDecoder":
    import json  # few files are JSON

    return json.JSONDecoder(parse_float=_number, parse_int=_number, parse_constant=_no_number)


def _number(text: str) -> Any:
    return resolve_json(text)[0]


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")
