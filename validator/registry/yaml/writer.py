"""Write claims and records in a layout that every YAML parser reads alike."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from validator.model.normalize import UNREADABLE
from validator.registry.yaml.scalars import TIMESTAMP, resolve

# The order in which the contract shows them.
CLAIM_FIELDS = (
    *("number", "role", "goal", "targets", "session_id", "runtime_id", "key"),
    *("responsibilities", "scope", "schedule"),
    *("status", "timestamp", "owner", "owner_login", "labels"),
)
SCHEMA = "# yaml-language-server: $schema=../../schema/session.schema.json"
# Text that ends where its line does, and text that a comma would end.
TO_THE_END = re.compile(r"[A-Za-z](?:[\w ()+%$/.,'-]*[\w)+%])?", re.ASCII)
TO_A_COMMA = re.compile(r"[A-Za-z](?:[\w ()+%$/.'-]*[\w)+%])?", re.ASCII)


def write_claim(fields: Mapping[str, Any]) -> str:
    """A claim's text in the plain layout of the contract, its fields in the contract's order, unknown ones last.

    `fields` are JSON-like. `reader.read` reads the same fields back from the text, or reports a fault.
    """
    known = [name for name in CLAIM_FIELDS if name in fields]
    lines = [SCHEMA]
    for name in (*known, *(name for name in fields if name not in CLAIM_FIELDS)):
        value = fields[name]
        if isinstance(value, list | tuple) and value:
            lines += [f"{scalar(name)}:", *(f"  - {flow(element, TO_THE_END)}" for element in value)]
        else:
            lines.append(f"{scalar(name)}: {flow(value, TO_THE_END)}")
    return "\n".join(lines) + "\n"


def flow(value: Any, plain: re.Pattern[str] = TO_A_COMMA) -> str:
    """A value in one line, in flow style; `plain` says which text can go without quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(element)}" for key, element in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, plain)


def scalar(value: Any, plain: re.Pattern[str] = TO_A_COMMA) -> str:
    """Plain where every YAML parser reads it as text, else quoted as in JSON; numbers without exponent."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if not isinstance(value, str):
        return json.dumps(value)
    if TIMESTAMP.fullmatch(value) or (plain.fullmatch(value) and resolve(value) == (value, None)):
        return value
    return UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def write_record(fields: Mapping[str, Any]) -> str:
    """A record's text, its fields in the order given."""
    return "".join(f"{name}: {_plain_or_json(value)}\n" for name, value in fields.items())


def _plain_or_json(value: Any) -> str:
    """Plain where every YAML parser reads it as text, else as JSON."""
    plain = isinstance(value, str) and value[:1].isalnum() and resolve(value) == (value, None)
    return value if plain else json.dumps(value)
