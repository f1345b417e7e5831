"""Write validator/model/core_table.py from validator/model/definition.py: python -m tests.core_table [--check]."""

import json
import re
import sys
from typing import Any

import pydantic_core

from tests.repository import ROOT
from validator.model.encoding import table

TARGET = ROOT / "validator" / "model" / "core_table.py"
WIDTH = 120
WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^" ])+')  # what stands between two spaces that are not in a string
HEADER = '''"""pydantic's schemas of the classes in definition.py; written by python -m tests.core_table."""

from typing import Any

PYDANTIC_CORE = "{version}"  # the version that they are for
TABLE: dict[str, dict[str, Any]] = {{
{classes}
}}  # fmt: skip
'''


def module() -> str:
    """The module's text: a paragraph for each class."""
    classes = [wrapped(f"{json.dumps(name)}: {literal(schema)},") for name, schema in table().items()]
    return HEADER.format(version=pydantic_core.__version__, classes="\n".join(classes))


def literal(value: Any) -> str:
    """A value as Python writes it, in one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(name)}: {literal(one)}' for name, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def wrapped(text: str) -> str:
    """A literal in lines that are as long as they may be; a string is not divided."""
    lines = [""]
    for word in WORD.findall(text):
        if len(f"{lines[-1]} {word}") > WIDTH:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return "\n".join(lines)


def main() -> None:
    """Write the module, or exit with 1 if it is not what would be written."""
    if "--check" not in sys.argv:
        TARGET.write_text(module(), "utf-8")
    elif TARGET.read_text("utf-8") != module():
        sys.exit(f"{TARGET.name} is stale; run: make generated")


if __name__ == "__main__":
    main()
