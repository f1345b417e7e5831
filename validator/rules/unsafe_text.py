r"""Text that a human sees differently than a program reads it.

What it means: Refused anywhere in the file, comments and escapes included, are: bidirectional controls and invisible
characters (U+200B, soft hyphen, Hangul fillers, the braille blank U+2800); characters for private use (U+E000);
placeholders (U+FFFC, U+FFFD); marks around or over others (U+0489, U+20DD); more than four marks on one letter, or the
same mark twice; code points without a character (U+0378); characters newer than Unicode 14, emoji aside (U+1E030).
Refused too are words that mix Latin letters with Cyrillic ones, or with letters of another script that look like Latin
ones. Not refused: accents, words that are all of one script, a Latin and a foreign word joined by a hyphen, symbols and
emoji.

Why: The human who approves reads what is shown, and programs act on what is stored. Both must be the same.

Example:

    session_id: marketing-outreach-1
    role: "\u041eutreach AI"   # the first letter is Cyrillic

Way out: Retype the word, or delete the character that the message names.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from validator.model.findings import Input, Level, Location, Problem
from validator.model.normalize import INVISIBLE, look_alikes, unfit
from validator.model.phrases import quoted
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.faults import Route, more_places
from validator.registry.yaml.reader import Document

CODE, NAME, LEVEL = "REG108", "unsafe-text", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield invisible characters and look-alike letters, each once per file or value."""
    for parsed in head.parsed:
        document = parsed.document
        text = document.text or ""
        if not text.isascii() or "\\" in text:  # escapes can make any character
            yield from _in_text(document, text)
            yield from _in_values(document, text, document.value, ())


def _in_text(document: Document, text: str) -> Iterator[Problem]:
    invisible = ((c, f"the invisible character U+{ord(c):04X} is not allowed") for c in set(INVISIBLE.findall(text)))
    strange = ((c, f"U+{ord(c):04X} {why}") for c, why in unfit(text))
    for character, message in sorted({**dict(strange), **dict(invisible)}.items()):
        before = text[: text.index(character)]
        place = Location(document.path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        yield Problem(place, f"{message}{more_places(text.count(character))}", "delete it")


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
    for character, why in unfit(value):
        if character not in text and not INVISIBLE.match(character):
            yield Problem(place(), f"an escape makes U+{ord(character):04X}, which {why}", "delete the escape")
    for word, character in look_alikes(value):
        message = f"{quoted(word)} mixes scripts: U+{ord(character):04X} only looks like a Latin letter"
        yield Problem(place(), message, "type the word in one script")
