"""The commands that a verb prints: what works when pasted, told from a form that its reader has to fill in."""

import re
import shlex
from collections.abc import Iterator

# What only the reader knows stands in capitals; STATUS has values in capitals of its own.
_PLACE = re.compile(r"\b(?!REGISTERED\b|PENDING\b|RFC\b|SSH\b)[A-Z][A-Z_-]+\b|HH:MM")
_QUOTED = r"""'[^']*'|"(?:[^"\\]|\\.)*\""""
# What a session wrote; a form's placeholder in quotes is none of that.
_QUOTATION = re.compile(r'"(?![A-Z]+")(?:[^"\\]|\\.)*"(?=[;:]|$)', re.MULTILINE)
_COMMAND = re.compile(
    rf"""(?:(?<=: )|(?<=\()|(?<=^)|(?<=see ))registry (?=[a-z-]+(?: |$))(?:{_QUOTED}|[^;()'"\n]|;(?!\ |$))+""",
    re.MULTILINE,
)


def printed(text: str) -> Iterator[tuple[str, ...]]:
    """The commands in a text, as words; a form is none."""
    for line in _all(text):
        if not _PLACE.search(re.sub(_QUOTED, _place, line)) and "{" not in line and "…" not in line:
            yield tuple(shlex.split(line))


def _place(quoted: re.Match[str]) -> str:
    """A placeholder may stand in quotes: "GOAL". What else stands there is a value."""
    return quoted[0] if re.fullmatch(r"[A-Z]+", quoted[0][1:-1]) else ""


def forms(text: str) -> Iterator[tuple[str, ...]]:
    """The forms in a text, as words."""
    for line in _all(text):
        if _PLACE.search(line):
            yield tuple(shlex.split(line))


def _all(text: str) -> Iterator[str]:
    """Every command or form; what a session wrote stands in double quotes, and is none."""
    for line in _QUOTATION.sub('""', text).splitlines():
        yield from (found[0].strip() for found in _COMMAND.finditer(line.strip()))
