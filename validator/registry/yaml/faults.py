"""Faults of a file, and those that can be found in its bytes and characters before it is read as YAML."""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from validator.model.normalize import UNREADABLE

Route = tuple[str | int, ...]  # the keys and indexes that lead to a part of a document
MAX_DEPTH = 16
MAX_FAULTS = 20  # of one kind in one file, so that the findings of other files are not lost among them


class Fault(NamedTuple):
    """Why bytes are not a registry document. `kind` decides which rule reports it."""

    kind: str  # "unreadable" | "syntax" | "subset"
    line: int
    column: int
    message: str
    help: str


def more_places(times: int) -> str:
    """` (here and in 2 more places)` for three occurrences in a file; empty for one."""
    return "" if times == 1 else f" (here and in {times - 1} more place{'s' if times > 2 else ''})"


def undecodable(data: bytes, error: UnicodeDecodeError) -> Fault:
    """The fault of bytes that are not UTF-8, at the first of them."""
    before = data[: error.start].decode("utf-8")
    message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Fault("unreadable", line, column, message, "save it as UTF-8 without BOM: iconv -f FROM -t UTF-8")


def unreadable(text: str, allowed: str) -> Iterator[Fault]:
    """Faults of the raw characters, each character once: a file with CRLF gets one fault, not one a line."""
    seen = set[str]()
    for match in UNREADABLE.finditer(text):
        character = match[0]
        if character in seen or character in allowed:
            continue
        seen.add(character)
        if len(seen) > MAX_FAULTS:
            return
        before = text[: match.start()]
        message = f"{named(character)} is not allowed{more_places(text.count(character))}"
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        yield Fault("unreadable", line, column, message, _way_out(character))


def named(character: str) -> str:
    """The name of an invisible character, for messages."""
    names = {"\r": "a carriage return (CR)", "\ufeff": "a byte order mark", "\t": "a tab", "\0": "a NUL byte"}
    kind = "control character" if unicodedata.category(character) == "Cc" else "character"
    return names.get(character, f"the {kind} U+{ord(character):04X}")


def _way_out(character: str) -> str:
    if character == "\r":
        return "end lines with LF alone: dos2unix, or `* text=auto eol=lf` in .gitattributes"
    return "replace it with a space" if character == "\t" else "delete it"
