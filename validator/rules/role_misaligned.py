"""The charter plans another role for this number.

What it means: Where the charter has a slot for the number, the claimed role must be recognisably the planned one:
at least half of its words occur in the slot's title and role (by their first four letters), and no other slot fits
better. Numerals count in full.

Why: Roles are planned so that all work is covered exactly once; the number carries its planned role.

Example:

    # the slot of number 4 plans: Outreach AI - Personalize and send emails (Morning Batch 1)
    role: Prospect Research AI - Find and score prospects (Batch 1)

Way out: Take the planned role that the message quotes, or claim the number whose slot has the role you want.
"""

import re
from collections.abc import Iterable, Iterator

from validator.model.findings import Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Slot
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG106", "role-misaligned", Level.ERROR
RECOGNISABLE = 0.5
STEM = 4


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims whose role is not the one planned for their number."""
    slots = {slot.number: slot for slot in head.charter.slots} if head.charter else {}
    for claim in head.claims.values():
        slot, role = slots.get(claim.number), claim.draft.role
        if slot and role is not None and not is_aligned(role, slot, slots.values()):
            message = f"the charter plans another role for number {claim.number}: {quoted(slot.role)}"
            yield Problem(claim.document.at("role"), message, f"take that role, or {_better(role, slots)}")


def is_aligned(role: str, planned: Slot, slots: Iterable[Slot]) -> bool:
    """Whether a role is recognisably the planned one, and no other slot fits it better."""
    if fold(role) == fold(planned.role):
        return True
    fit = _fit(role, planned)
    return fit >= RECOGNISABLE and all(_fit(role, slot) <= fit for slot in slots)


def _better(role: str, slots: dict[int, Slot]) -> str:
    fitting = [number for number, slot in slots.items() if fold(slot.role) == fold(role)]
    return f"claim number {fitting[0]}, which has yours" if fitting else "ask a human to change the plan"


def _fit(role: str, slot: Slot) -> float:
    """The share of a role's words that the slot has too."""
    words = _stems(role)
    return len(words & _stems(f"{slot.title} {slot.role}")) / len(words) if words else 0.0


def _stems(text: str) -> frozenset[str]:
    return frozenset(word if word.isdecimal() else word[:STEM] for word in re.findall(r"\w+", text.casefold()))
