"""The file's name and the number in it differ.

What it means: `registry/sessions/04.yaml` says `number: 4`.

Why: Git merges by the file's name, and people read the number. They must be the same.

Example:

    # registry/sessions/04.yaml
    number: 5

Way out: Change the number, or move the claim to the file of its number.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG101", "number-mismatch", Level.ERROR
LOOKS_AT = (Input.FILE,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims whose name and number differ."""
    for claim in head.claims.values():
        number = claim.draft.number
        if number is not None and number != claim.number:
            message = f"the file is the claim of number {claim.number}, and says number {number}"
            yield Problem(claim.document.at("number"), message, f"write number: {claim.number}, or rename the file")
