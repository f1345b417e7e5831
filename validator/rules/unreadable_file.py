r"""A file cannot be read as text: wrong encoding, control characters, or too long.

What it means: A registry file is UTF-8 without a byte order mark, its lines end with LF, it holds no control
character (tabs, NUL, escape, NEL and the Unicode line separators included), raw or made by an escape, and at most
16 KiB.

Why: All programs must read the same text, and a terminal or browser that shows a claim must not be controlled by
it.

Example:

    goal: "Send 17 emails\e[31m"

Way out: Save the file as UTF-8 without BOM and with LF line ends, and delete what the message names.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG001", "unreadable-file", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what cannot be read as text."""
    yield from head.document_faults("unreadable")
