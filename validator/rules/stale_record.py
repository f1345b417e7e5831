"""A record speaks of another registry.

What it means: A record names the digest of the registry that it speaks of, and this change brings one whose digest
is not that of the registry on main. A record that was right and is voided by a later claim is nobody's fault;
`registry consensus status` lists it with the command that says it again.

Why: A yes to one registry is no yes to another. Change one claim, and consensus has to be reached again.

Example:

    # main has the digest sha256:9f6e…
    registry: sha256:41c0…

Way out: Say it again for the registry as it is: the verbs of `registry consensus` fill in today's digest.
"""

from collections.abc import Iterator

from validator.model.findings import Level, Problem
from validator.registry.consensus.digest import registry_digest
from validator.registry.records import again, brought, is_stale, short
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG401", "stale-record", Level.ERROR


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the records of this change that are bound to another digest than today's."""
    for record in brought(head, base):
        today = registry_digest(head)
        if is_stale(record, today):
            said = short(record.value.registry)
            message = f"the {record.kind} speaks of the registry {said}, and the one on main is {short(today)}"
            yield Problem(record.document.at("registry"), message, f"say it again: {again(record, head)}")
