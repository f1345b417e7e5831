"""The value of a plain scalar, and which are refused because YAML parsers read them differently."""

import functools
import re
from decimal import Decimal
from typing import Any

SAFE_INTEGER = 2**53 - 1  # RFC 8785 and every JSON reader carry integers exactly up to here
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
NUMBER = re.compile(r"0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")
NO_NUMBER = re.compile(r"\.(nan|NaN|NAN)|[-+]?\.(inf|Inf|INF)")
PLAIN_FLOAT = re.compile(r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)")  # the same number in YAML 1.1 and 1.2
JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

# Every plain scalar that YAML 1.1 (yaml.org/type) or 1.2 (YAML 1.2.2, 10.3.2) gives another type than text, and those
# that PyYAML and ruamel.yaml take for one besides. None begins with another character than those in _FIRST.
_FIRST = frozenset("yYnNtTfFoO~=<!&*+-.0123456789")
_SPECIAL = re.compile(
    r"""y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF
    |true|True|TRUE|false|False|FALSE|null|Null|NULL|~|=|<<|[!&*]
    |[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?|[-+][0-9_]+  # decimal
    |[-+]?0b[01_]+|[-+]?0o[0-7_]+|[-+]?0x[0-9a-fA-F_]+                              # binary, octal, hexadecimal
    |[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)  # to the base of 60
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
    |[0-9]{4}-[0-9]{2}-[0-9]{2}
    |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ ]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
     (?:[ ]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?""",
    re.VERBOSE,
)


def resolve(text: str) -> tuple[Any, str | None]:
    """A plain scalar's value, and why it is refused: None where all parsers agree.

    Numbers have JSON's spelling and a value that JSON carries: `3.0` is a float to YAML and an integer to JSON Schema.
    """
    if text in WORDS:
        return WORDS[text], None
    if text[0] not in _FIRST:
        return text, None
    if NUMBER.fullmatch(text):
        # The length first: Python refuses to convert thousands of digits.
        if len(text) > 17 or abs(number := float(text) if "." in text else int(text)) > SAFE_INTEGER:
            return text, "is a number that JSON cannot carry exactly"
        return number, None
    if TIMESTAMP.fullmatch(text) or not _SPECIAL.fullmatch(text):
        return text, None
    return text, _in_another_spelling(text) or "is read differently by different YAML readers"


def _in_another_spelling(text: str) -> str | None:
    """Why a plain scalar that YAML 1.1 and 1.2 read alike is refused: it is not written as JSON writes it."""
    if text in ("Null", "NULL", "True", "TRUE", "False", "FALSE"):
        return f"is another spelling of {text.casefold()}"
    if NO_NUMBER.fullmatch(text):
        return "is a number that JSON does not have"
    return "is a number, not in JSON's shortest spelling" if PLAIN_FLOAT.fullmatch(text) else None


@functools.lru_cache(maxsize=4096)
def resolve_json(text: str) -> tuple[Any, str | None]:
    """The same for what stands unquoted in a JSON text: there `20.0` and `1e2` are numbers, to every reader."""
    if not JSON_NUMBER.fullmatch(text):
        return resolve(text)
    number = float(text)
    try:
        if abs(number) <= SAFE_INTEGER and Decimal(repr(number)) == Decimal(text):
            return int(number) if number.is_integer() else number, None
    except ArithmeticError:  # an exponent of twenty digits
        pass
    return text, "is a number that JSON cannot carry exactly"
