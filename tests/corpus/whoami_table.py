"""Reads `whoami-table.md`: which row answers a session in a situation."""

from itertools import product
from pathlib import Path
from typing import NamedTuple

STATES = (
    "nameless",
    "unregistered",
    "proposed",
    "rejected",
    "turned-down",
    "pending",
    "registered",
    "acknowledged",
    "active",
)
PHASES = ("registering", "registered", "confirmed", "approved", "broadcast", "acknowledged", "active")
ACTORS = ("session", "orchestrator")
OPEN = (
    "none",
    *(
        f"{kind}{end}"
        for kind in ("amendment", "release", "record")
        for end in ("", "-moved", "-rejected", "-turned-down")
    ),
)
CASES = {
    "unregistered": ("free-slot", "free", "none-free"),
    "proposed": ("–", "rival"),
    "rejected": ("mend", "taken-free", "taken-none-free"),
    "turned-down": ("number-free", "gone-free", "gone-none-free"),
    "registered": ("–", "conflict-mine", "conflict", "change"),
    "active": ("–", "week-over"),
}
RIGHTS = ("own", "approver")
PHASES_OF = {
    "nameless": PHASES,
    "unregistered": PHASES,
    "proposed": PHASES[:1],
    "rejected": PHASES,
    "turned-down": PHASES,
    "pending": PHASES[:1],
    "registered": PHASES[:5],
    "acknowledged": PHASES[4:6],
    "active": PHASES[6:],
}


class Situation(NamedTuple):
    state: str
    phase: str
    actor: str
    open: str
    case: str
    rights: str


class Row(NamedTuple):
    """One row as it is written; `command` and `form` None for `null` and `–`, `exit` None for `silent`."""

    id: str
    situation: Situation
    says: tuple[str, ...]
    command: tuple[str, ...] | None
    form: str | None
    exit: int | None
    page: str

    def answers(self, situation: Situation) -> bool:
        """Whether the row is for this situation."""
        return all(
            cell == "*" or value in cell.split(",") for cell, value in zip(self.situation, situation, strict=True)
        )


def rows() -> tuple[Row, ...]:
    """The rows in the order of the page."""
    table = Path(__file__).with_name("whoami-table.md").read_text(encoding="utf-8").partition("## Table")[2]
    lines = (line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| id "))
    return tuple(row(line) for line in lines)


def row(line: str) -> Row:
    name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
    says, command, form, code, page = cells[6:]
    return Row(
        name,
        Situation(*cells[:6]),
        tuple(says.split()),
        None if command == "null" else tuple(command.split()),
        None if form == "–" else form,
        None if code == "silent" else int(code),
        page,
    )


def situations() -> tuple[Situation, ...]:
    """All that can arise."""
    return tuple(
        situation
        for state in STATES
        for situation in map(
            Situation._make, product([state], PHASES_OF[state], ACTORS, OPEN, CASES.get(state, ("–",)), RIGHTS)
        )
        if can_arise(situation)
    )


def can_arise(situation: Situation) -> bool:
    """A number is free, a first claim fine only while not all are registered; records are open when they are due."""
    if situation.state in STATES[:5]:
        later = situation.phase != "registering" and situation.case not in (
            "–",
            "none-free",
            "taken-none-free",
            "gone-none-free",
        )
        return situation.actor == "session" and situation.open == "none" and not later
    if situation.state == "active":
        return not situation.open.startswith("record")
    if situation.open.startswith("record"):
        return record_is_due(situation) and situation.case in conflicts_shown(situation)
    return situation.case in conflicts_shown(situation)


def record_is_due(situation: Situation) -> bool:
    if situation.state != "registered":
        return False
    confirms_or_broadcasts = situation.actor == "orchestrator" and situation.phase in ("registered", "approved")
    return confirms_or_broadcasts or situation.phase == "broadcast"


def conflicts_shown(situation: Situation) -> tuple[str, ...]:
    """A conflict is looked at where nothing of its own is open, before confirmation."""
    nothing_open = situation.open in ("none", "amendment-turned-down", "release-turned-down")
    if situation.state == "registered" and situation.phase in ("confirmed", "approved"):
        return ("–", "change") if nothing_open else ("–",)
    if situation.state != "registered" or situation.phase not in ("registering", "registered"):
        return ("–",)
    if nothing_open:
        return CASES["registered"][: 4 if situation.phase == "registered" else 3]
    return ("–", "conflict") if situation.open.startswith("record") else ("–",)
