r"""Text that a human sees differently than a program reads it.

What it means: Bidirectional controls, characters without width, and words that mix Latin letters with letters of
another script that look like Latin ones, anywhere in the file, comments and escapes included.

Why: The human who approves reads what is shown, and programs act on what is stored. Both must be the same.

Example:

    session_id: marketing-outreach-1
    role: "\u041eutreach AI"   # the first letter is Cyrillic

Way out: Retype the word, or delete the character that the message names.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from validator.model.findings import Level, Location, Problem
from validator.model.normalize import INVISIBLE, look_alikes
from validator.model.phrases import quoted
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.faults import Route, elsewhere
from validator.registry.yaml.reader import Document

CODE, NAME, LEVEL = "REG108", "unsafe-text", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield invisible characters and look-alike letters, each once per file or value."""
    for parsed in head.parsed:
        document = parsed.document
        text = document.text or ""
        if not text.isascii() or "\\" in text:  # escapes can make any character
            yield from _in_text(document, text)
            yield from _in_values(document, text, document.value, ())


def _in_text(document: Document, text: str) -> Iterator[Problem]:
    for character in sorted(set(INVISIBLE.findall(text))):
        before = text[: text.index(character)]
        place = Location(document.path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"the invisible character U+{ord(character):04X} is not allowed{elsewhere(text.count(character))}"
        yield Problem(place, message, "delete it")


def _in_values(document: Document, text: str, value: Any, route: Route) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from _in_value(partial(document.at, *route), text, value)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _in_values(document, text, element, (*route, index))
    elif isinstance(value, dict):
        for key, element in value.items():
            yield from _in_value(partial(document.at_key, *route, key), text, key)
            yield from _in_values(document, text, element, (*route, key))


def _in_value(place: Callable[[], Location], text: str, value: str) -> Iterator[Problem]:
    for character in sorted({character for character in INVISIBLE.findall(value) if character not in text}):
        message = f"an escape makes the invisible character U+{ord(character):04X}, which is not allowed"
        yield Problem(place(), message, "delete the escape")
    for word, character in look_alikes(value):
        message = f"{quoted(word)} mixes scripts: U+{ord(character):04X} only looks like a Latin letter"
        yield Problem(place(), message, "type the word in one script")
