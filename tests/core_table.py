"""Write validator/model/core_table.py from validator/model/definition.py: python -m tests.core_table [--check]."""

import json
import sys
from typing import Any

import pydantic_core

from tests.repository import ROOT
from validator.model.encoding import table

TARGET = ROOT / "validator" / "model" / "core_table.py"
WIDTH = 120
NAME = "TABLE: dict[str, dict[str, Any]]"
HEADER = '''"""pydantic's schemas of the classes in definition.py; written by python -m tests.core_table."""

from typing import Any

PYDANTIC_CORE = "{version}"  # the version that they are for
{name} = {table}
'''


def module() -> str:
    """The module's text."""
    written = literal(table(), "", len(f"{NAME} = "))
    return HEADER.format(version=pydantic_core.__version__, name=NAME, table=written)


def literal(value: Any, indent: str, used: int) -> str:
    """A value as the formatter writes it, in a line that has `used` characters already."""
    if not isinstance(value, dict | list):
        return json.dumps(value) if isinstance(value, str) else repr(value)
    flat = used + len(repr(value)) + 1 <= WIDTH
    names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else [""] * len(value)
    inner = "" if flat else f"{indent}    "
    each = value.values() if isinstance(value, dict) else value
    parts = [f"{name}{literal(one, inner, len(inner) + len(name))}" for name, one in zip(names, each, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if flat:
        return f"{opening}{', '.join(parts)}{closing}"
    return f"{opening}\n{''.join(f'{inner}{part},{chr(10)}' for part in parts)}{indent}{closing}"


def main() -> None:
    """Write the module, or exit with 1 if it is not what would be written."""
    if "--check" not in sys.argv:
        TARGET.write_text(module(), "utf-8")
    elif TARGET.read_text("utf-8") != module():
        sys.exit(f"{TARGET.name} is stale; run: make generated")


if __name__ == "__main__":
    main()
