"""What the pages say to the approver: what waits, what follows from a yes, and who acts in which phase."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from validator.hosts.site.documents import Documents, Json
from validator.model.phrases import command_line, join_limited, ranges

# Who leads out of each phase, by its name.
STEPS = {
    "registering": "sessions claim, you approve each",
    "registered": "the orchestrator confirms",
    "confirmed": "you approve the registry",
    "approved": "the orchestrator broadcasts",
    "broadcast": "every session acknowledges",
    "acknowledged": "you start the fleet",
    "active": "",
}


def as_of(documents: Documents) -> str:
    """The time of the newest commit on main or in an open proposal, by the committers' clocks."""
    times = [step["committed_at"] for step in documents.history["steps"][-1:]]
    return max([*times, *(one["proposed_at"] for one in documents.proposals["proposals"])], default="")


def outcome(documents: Documents, waiting: Iterable[Json]) -> Mapping[str, Any]:
    """Which numbers are registered once all that waits is approved; `rivals`: not all of it can be."""
    slots, waiting = documents.status["slots"], list(waiting)
    held = {slot["number"] for slot in slots if slot["state"] not in ("open", "proposed", "unreadable")}
    for one in waiting:
        kind, _, number = one["name"].partition("/")
        if kind == "release" and number.isdecimal():
            held.discard(int(number))
        elif one["number"]:
            held.add(one["number"])
    left = [slot["number"] for slot in slots if slot["number"] not in held]
    rivals = any(one["competitors"] for one in waiting)
    return {"registered": len(held), "open": ranges(left) if left else "", "rivals": rivals} if waiting else {}


def moves(rows: Iterable[Json], waiting: int) -> list[Json]:
    """Whose move it is; what the approver decides on stands below on the page."""
    you = {"who": "You (an approver)", "action": f"approve or turn down the {waiting} below", "command": None}
    return [you if waiting and row["command"] == "registry proposals" else row for row in rows]


def warned(waiting: Iterable[Json]) -> str:
    """The proposals with a warning, which the command for all of them approves too; empty for none."""
    rows = ((one["name"], one["findings"]) for one in waiting)
    names = [name for name, findings in rows if any(finding["origin"] == "introduced" for finding in findings)]
    return f"{join_limited(names)}, which {'has' if len(names) == 1 else 'have'} a warning" if names else ""


def with_mend(one: Json) -> Json:
    """A proposal with the command that tells its session what is wrong with it, where it has a session."""
    words = ("registry", "whoami", "--session-id", one["session_id"] or "", "--fetch")
    return {**one, "mend": command_line(words) if one["session_id"] else None}


def title(one: Json, held: frozenset[int]) -> str:
    """What a proposal of a claim or release wants, as its page's headline; empty for others."""
    kind, _, number = one["name"].partition("/")
    if kind == "release" and number.isdecimal():
        return f"Number {int(number)}: to be released"
    if not (one["number"] and one["session_id"]):
        return ""
    wants = "changes its claim" if one["number"] in held else f"asks for {one['role'] or 'an unreadable role'}"
    return f"Number {one['number']}: {one['session_id']} {wants}"


def proposed_of(work: str, proposals: Iterable[Json]) -> Sequence[tuple[str, str, bool]]:
    """What open proposals take of a piece of work: name, part, and whether the gate rejects it."""
    parts = ((one, part) for one in proposals for part in one["scope"])
    return [
        (one["name"], part, one["verdict"] != "accepted")
        for one, part in parts
        if work.casefold() in (part.rpartition(" ")[0].casefold(), part.partition(": ")[0].casefold())
    ]
