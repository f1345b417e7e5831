"""A file is not YAML.

What it means: There is a syntax error at the place shown. The rest of the file was not read.

Why: A file that cannot be parsed cannot be judged.

Example:

    targets: [{metric: emails sent, op: gte

Way out: Correct the text where the caret points; quote a value that contains `: `, ` #` or starts with a special
character.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG002", "yaml-syntax", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the syntax errors."""
    yield from head.document_faults("syntax")
