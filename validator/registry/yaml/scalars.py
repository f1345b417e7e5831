"""The value of a plain scalar, and which are refused because YAML parsers read them differently."""

import re
from typing import Any

SAFE_INTEGER = 2**53 - 1  # RFC 8785 and every JSON reader carry integers exactly up to here
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
NUMBER = re.compile(r"0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")
# YAML 1.2.2, 10.3.2; ruamel's own table asks for a sign in the exponent of `.2e03`.
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NO_NUMBER = re.compile(r"\.(nan|NaN|NAN)|[-+]?\.(inf|Inf|INF)")
PLAIN_FLOAT = re.compile(r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)")  # the same number in YAML 1.1 and 1.2
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def resolve(text: str) -> tuple[Any, str | None]:
    """A plain scalar's value, and why it is refused: None where all parsers agree.

    Numbers have JSON's spelling and a value that JSON carries: `3.0` is a float to YAML and an integer to JSON Schema.
    """
    if text in WORDS:
        return WORDS[text], None
    if NUMBER.fullmatch(text):
        # The length first: Python refuses to convert thousands of digits.
        if len(text) > 17 or abs(number := float(text) if "." in text else int(text)) > SAFE_INTEGER:
            return text, "is a number that JSON cannot carry exactly"
        return number, None
    if TIMESTAMP.fullmatch(text) or not _special(text):
        return text, None
    return text, _in_another_spelling(text) or "is read differently by different YAML readers"


def _in_another_spelling(text: str) -> str | None:
    """Why a plain scalar that YAML 1.1 and 1.2 read alike is refused: it is not written as JSON writes it."""
    if text in ("Null", "NULL", "True", "TRUE", "False", "FALSE"):
        return f"is another spelling of {text.casefold()}"
    if NO_NUMBER.fullmatch(text):
        return "is a number that JSON does not have"
    return "is a number, not in JSON's shortest spelling" if PLAIN_FLOAT.fullmatch(text) else None


def _special(text: str) -> bool:
    """Whether YAML 1.1 or 1.2 gives this plain scalar any type but text (ruamel's table of both versions)."""
    from ruamel.yaml.resolver import implicit_resolvers

    return bool(FLOAT.fullmatch(text)) or any(
        text[0] in first and pattern.match(text) for _, _, pattern, first in implicit_resolvers
    )
