"""What anyone who may push to a plain server could do in another's name, by what main says: where keys are missing."""

from collections.abc import Iterator
from typing import NamedTuple

from validator.model.shapes import Charter
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot


class Openness(NamedTuple):
    """An act in a session's name, and the numbers of which anyone could do it; empty where nobody else can."""

    act: str
    numbers: tuple[int, ...]


def openness(snapshot: Snapshot, charter: Charter) -> tuple[Openness, ...]:
    """The acts in the order in which a session does them. Without approvers' keys anyone moves main, so all is open."""
    every = tuple(range(1, charter.capacity + 1))
    signed = any(approver.key for approver in charter.approvers)
    keyless = tuple(number for number, claim in sorted(snapshot.by_number.items()) if not claim.states_key)
    held = keyless if signed else tuple(sorted(snapshot.by_number))
    return (
        Openness("claim it first, under any name", tuple(_free_without_key(snapshot, charter))),
        Openness("propose an amendment or a release", held),
        Openness("acknowledge, at once on main", held),
        Openness("propose the confirmation and the broadcast", tuple(n for n in held if n == charter.orchestrator)),
        Openness("approve, merge and activate", () if signed else every),
    )


def _free_without_key(snapshot: Snapshot, charter: Charter) -> Iterator[int]:
    """The free numbers that the charter keeps for nobody."""
    kept = {slot.number for slot in charter.slots if slot.key}
    yield from (number for number in snapshot.free_numbers() if number not in kept)


def may_withdraw(charter: Charter, claim: ClaimFile) -> bool:
    """Whether a session takes a proposal back by itself: by its key, or where no approver signs anything."""
    return bool(claim.draft.key) or not any(approver.key for approver in charter.approvers)
