"""A file uses a part of YAML that parsers read differently.

What it means: Registry files keep to a strict subset of YAML 1.2: one document; no anchor, alias, tag, merge key,
directive or duplicate key; keys are text; at most 16 levels; no unquoted value that some parser reads as another type
(`no`, `012`, `1_0`, `1:30`, `0x3`, `3.0`, `+3`, `.nan`, a date). A number is written as JSON writes it, in its shortest
spelling; in a file that is JSON as a whole, every spelling of JSON is accepted. The rest is read by two independent
YAML parsers; where they differ, or only one of them reads the file, it is refused.

Why: `number: 010` is 8 to one parser and 10 to another. Who holds a number must not depend on the parser.

Example:

    number: 010

Way out: Quote what is text (`"010"`), write numbers as JSON does (`10`, `0.5`), write aliases out.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG003", "yaml-subset", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield every use of YAML outside the subset."""
    yield from head.document_faults("subset")
