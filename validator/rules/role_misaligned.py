"""The charter plans another role for this number.

What it means: Where the charter has a slot for the number, the claimed role must be recognisably the planned one: at
least half of its words occur in the slot's title and role (by their first four letters; numerals count in full), and no
other slot fits better. It also has to name the slot: it has all distinctive words of the slot's title, or of its role
before the dash or bracket; or at least half of them and no distinctive word that the slot lacks. Words that all slots
share, small words (the, of) and AI, agent, team and session are not distinctive. For the slot "Letter Answering Desk -
Answer all letters" these are as planned: "Letter Answering Desk", "Letter Answering Desk - in German", "Desk for
Answering Letters". These are not: "The", "Desk", "Phone Answering Desk", and roles with no, never, not or nobody where
the plan has none.

Why: Roles are planned so that all work is covered exactly once; the number carries its planned role.

Example:

    # the slot of number 4 plans: Outreach AI - Personalize and send emails (Morning Batch 1)
    role: Prospect Research AI - Find and score prospects (Batch 1)

Way out: Take the planned role that the message quotes. If the number whose slot has the role you want is free, you may
claim that one instead; the finding names it then.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Slot
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG106", "role-misaligned", Level.ERROR
LOOKS_AT = (Input.FILE,)
RECOGNISABLE = 0.5
STEM = 4
SMALL = frozenset("a an the of and or for to in on at by with ai agen team sess".split())  # stems that tell nothing
NEGATIONS = frozenset("no not neve nobo none noth neit".split())
BRIEF = re.compile(r" [-\u2013\u2014] |[(:,;]")  # what follows describes the role that is named


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims whose role is not the one planned for their number."""
    slots = {slot.number: slot for slot in head.charter.slots} if head.charter else {}
    for claim in head.claims.values():
        slot, role = slots.get(claim.number), claim.draft.role
        if slot and role is not None and not is_aligned(role, slot, slots.values()):
            message = f"the charter plans another role for number {claim.number}: {quoted(slot.role)}"
            free = base.free_numbers() if head is not base else ()  # in an audit each file is looked at alone
            yield Problem(claim.document.at("role"), message, f"take that role{_or(role, slots, free)}")


def is_aligned(role: str, planned: Slot, slots: Iterable[Slot]) -> bool:
    """Whether a role is recognisably the planned one, and no other slot fits it better."""
    if fold(role) == fold(planned.role):
        return True
    words, plan = _stems(role), _stems(f"{planned.title} {planned.role}")
    fit = _fit(role, planned)
    if fit < RECOGNISABLE or NEGATIONS & words - plan:
        return False
    return all(_fit(role, slot) <= fit for slot in slots) and _names(words, planned, slots)


def _names(words: frozenset[str], planned: Slot, slots: Iterable[Slot]) -> bool:
    """Whether words name the slot: with all that its title or name tells, or half of it and nothing else."""
    plans = [_stems(f"{slot.title} {slot.role}") for slot in slots]
    idle = SMALL | (frozenset.intersection(*plans) if len(plans) > 1 else frozenset())
    said = words - idle
    foreign = said - _stems(f"{planned.title} {planned.role}")
    needed = 0.5 if not foreign else 1.0
    names = (_stems(text) - idle for text in (planned.title, BRIEF.split(planned.role)[0], planned.role))
    return any(name and len(said & name) >= needed * len(name) for name in names)


def _or(role: str, slots: dict[int, Slot], free: Sequence[int]) -> str:
    """What else there is to do: claim the number for which the role is planned, where nobody has it."""
    fitting = [number for number, slot in slots.items() if fold(slot.role) == fold(role)]
    if not fitting:
        return ", or ask a human to change the plan"
    open_ones = [number for number in fitting if number in free]
    if not open_ones:
        return ""
    return f", or claim number {open_ones[0]}, for which yours is planned, unless somebody has proposed it"


def _fit(role: str, slot: Slot) -> float:
    """The share of a role's words that the slot has too."""
    words = _stems(role)
    return len(words & _stems(f"{slot.title} {slot.role}")) / len(words) if words else 0.0


def _stems(text: str) -> frozenset[str]:
    return frozenset(word if word.isdecimal() else word[:STEM] for word in re.findall(r"\w+", text.casefold()))
