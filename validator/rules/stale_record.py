"""A record is for another registry than the one on main.

What it means: A record names the digest of the registry that it is for, and this change adds one whose digest is
not that of the registry on main. A record that no longer counts because a claim changed later is not reported
here; `registry consensus status` lists it with the command that repeats it.

Why: Agreement to one registry is not agreement to another. When a claim changes, consensus has to be reached again.

Example:

    # main has the digest sha256:9f6e…
    registry: sha256:41c0…

Way out: Make the record again for the registry on main: the verbs of `registry consensus` fill in its digest.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.registry.consensus.digest import registry_digest
from validator.registry.records import added_records, is_stale, repeat_command, short
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG401", "stale-record", Level.ERROR
LOOKS_AT = (Input.CHANGE, Input.REGISTRY)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the records of this change whose digest is not that of the registry."""
    for record in added_records(head, base):
        today = registry_digest(head)
        if is_stale(record, today):
            named = short(record.value.registry)
            message = f"the {record.kind} speaks of the registry {named}, and the one on main is {short(today)}"
            yield Problem(record.document.at("registry"), message, f"make it again: {repeat_command(record, head)}")
