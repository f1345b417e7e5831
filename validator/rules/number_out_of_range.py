"""A number that the charter does not have.

What it means: The numbers are 1 to the charter's `capacity`.

Why: The fleet starts when all numbers of the charter are registered. A number beyond them is not part of the plan.

Example:

    # capacity: 12
    number: 13

Way out: Claim a free number; only a human can enlarge the charter.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import form_of
from validator.model.shapes import Acknowledgement
from validator.registry.holders import way_to_a_number
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG102", "number-out-of-range", Level.ERROR
LOOKS_AT = (Input.FILE, Input.PAIRS, Input.CHANGE)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield claims and acknowledgements of numbers beyond 1..capacity."""
    if not head.charter:
        return
    capacity = head.charter.capacity
    for claim in head.claims.values():
        if not 1 <= claim.number <= capacity:
            message = f"number {claim.number} is not one of 1 to {capacity}"
            new = head.is_new(claim, base)
            kept = "leave the capacity as it is until the number is released"
            help = way_to_a_number(base, claim.draft.session_id) if new else kept
            yield Problem(claim.document.at("number"), message, help)
    for path in head.records:
        match form_of(path):
            case (shape, int(number)) if shape is Acknowledgement and not 1 <= number <= capacity:
                message = f"number {number} is not one of 1 to {capacity}"
                yield Problem(Location(path), message, "delete the file; a session acknowledges its own number")
