"""Parts of messages that many rules and verbs share."""

import re
import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

LONGEST_QUOTE = 80
_START = datetime(1970, 1, 1)  # noqa: DTZ001 - of UTC, as all times here; with its zone it would take twice as long
_BEFORE_A_QUOTE = re.compile(r'(\\*)("|\Z)')


def quoted(value: object, longest: int = LONGEST_QUOTE) -> str:
    """A value from a file in double quotes, on one line and cut to `longest` characters.

    A quotation mark in it has a backslash before it, so that what a stranger wrote does not end the quotes.
    """
    text = value.replace("\n", "\\n") if isinstance(value, str) else repr(value)
    text = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return f'"{_BEFORE_A_QUOTE.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    """The backslashes before a quotation mark, or before the end, twice; and one more for the mark."""
    return found[1] * 2 + ('\\"' if found[2] else "")


def command_line(words: Iterable[str]) -> str:
    """Words as one line that a shell takes as they are, whatever they hold; control characters are spelled out."""
    return " ".join(map(shell_word, words))


def shell_word(word: str) -> str:
    r"""A word as a shell takes it: `'send mail'`; `$'a\x0ab'` where it holds what a terminal would not show."""
    if word.isprintable():
        return shlex.quote(word)
    spelled = (
        character if character.isprintable() and character not in "'\\" else _spelled(character) for character in word
    )
    return f"$'{''.join(spelled)}'"


def _spelled(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers in short: `3, 7-9, 12`; `none` where there are none."""
    runs = list[list[int]]()
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs) or "none"


def span(first: int, last: int) -> str:
    """A range of work in short: `1-17`, or `18`."""
    return str(first) if first == last else f"{first}-{last}"


def join_limited(names: Iterable[str], limit: int = 5) -> str:
    """The first `limit` names and how many follow: `a, b, c and 12 more`."""
    listed = list(names)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def rfc3339(seconds: int) -> str:
    """Seconds since 1970 as RFC 3339 text in UTC; `@seconds` for a time that the calendar does not have."""
    try:
        return f"{(_START + timedelta(seconds=seconds)).isoformat()}Z"
    except OverflowError:
        return f"@{seconds}"
