"""The only forms of commits that main and branch broadcast accept unsigned, as this program writes them.

A form is never changed: add a new one in front, and the server still accepts what older programs write.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

BROADCAST = "Broadcast the registry\n"
HEADERS = ("tree", "author", "committer")  # and the parents
SIGNATURES = ("gpgsig", "gpgsig-sha256")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


class Form(NamedTuple):
    """The text of an acknowledgement's file, and the message of its commit."""

    text: str
    message: str


def acknowledgement_forms(fields: Mapping[str, Any]) -> tuple[Form, ...]:
    """Every form that an acknowledgement with these fields may have, the newest first; none for an odd timestamp."""
    names = ("registry", "number", "session_id", "ready", "timestamp")
    if not _TIMESTAMP.fullmatch(str(fields["timestamp"])):
        return ()
    from validator.registry.yaml.writer import write_record  # few changes are acknowledgements

    text = write_record({name: fields[name] for name in names})
    return (Form(text, f"Record: acknowledgement of number {fields['number']}\n"),)


def is_plain(headers: tuple[str, ...], *, signed: bool = False) -> bool:
    """Whether a commit has the headers that each has, and no other: no signature (or one), no encoding, no tag."""
    own = tuple(name for name in headers if name != "parent")
    return own == HEADERS or (signed and own in tuple((*HEADERS, name) for name in SIGNATURES))
