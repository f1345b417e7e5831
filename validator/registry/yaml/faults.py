"""What is wrong with a file, and whatever its bytes and characters tell before anything reads them as YAML."""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from validator.model.normalize import UNREADABLE

MAX_FAULTS = 20  # of one kind in one file: enough to mend it, too few to bury the other files


class Fault(NamedTuple):
    """Something that keeps bytes from being a registry document. `kind` is the rule's business: which code it gets."""

    kind: str  # "unreadable" | "syntax" | "subset"
    line: int
    column: int
    message: str
    help: str


def elsewhere(times: int) -> str:
    """` (here and in 2 more places)` for something that a file holds three times; nothing for once."""
    return "" if times == 1 else f" (here and in {times - 1} more place{'s' if times > 2 else ''})"


def undecodable(data: bytes, error: UnicodeDecodeError) -> Fault:
    """The fault of bytes that are not UTF-8, at the first of them."""
    before = data[: error.start].decode("utf-8")
    message = f"the file is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Fault("unreadable", line, column, message, "save it as UTF-8 without BOM: iconv -f FROM -t UTF-8")


def unreadable(text: str) -> Iterator[Fault]:
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
        message = f"{named(character)} is not allowed{elsewhere(text.count(character))}"
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        yield Fault("unreadable", line, column, message, _mend(character))


def named(character: str) -> str:
    """What a human calls a character that cannot be seen."""
    names = {"\r": "a carriage return (CR)", "\ufeff": "a byte order mark", "\t": "a tab", "\0": "a NUL byte"}
    kind = "control character" if unicodedata.category(character) == "Cc" else "character"
    return names.get(character, f"the {kind} U+{ord(character):04X}")


def _mend(character: str) -> str:
    if character == "\r":
        return "end lines with LF alone: dos2unix, or `* text=auto eol=lf` in .gitattributes"
    return "replace it with a space" if character == "\t" else "delete it"
