"""`registry roll-call`: the sessions of main beside the runtimes that are bound in this clone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import at_commit
from validator.cli.status import StatusDocument, status_at
from validator.git.clone import around
from validator.hosts.agents.bindings import Binding, present
from validator.model.escape import visible
from validator.report.documents import Oid, Printed, PrintedDocument, as_json

TROUBLE = ("unknown", "shared")


class PresenceEntry(Printed):
    """A session: `shared` is bound to several runtimes, `unknown` to one but holds no number on main (null)."""

    session_id: str
    number: int | None
    presence: Literal["present", "absent", "unknown", "shared"]
    runtimes: tuple[str, ...]


class RollCallDocument(PrintedDocument):
    """`roll-call`: the sessions of main by number, then those that main does not know."""

    commit: Oid
    sessions: tuple[PresenceEntry, ...]


DOCUMENTS = {"output-roll-call": RollCallDocument}


@click.command(epilog="Example: registry roll-call --fetch")
@at_commit
@click.pass_obj
@fetches
def command(console: Console, repo: Path, ref: str | None, format: str) -> int:
    """Which sessions run in this clone; exit 1 if a name is unknown on main, or bound twice.

    It knows the runtimes that are bound here (registry bind); an absent session may run on another machine.
    """
    status = status_at(repo, ref)
    document = RollCallDocument(commit=status.commit, sessions=tuple(_entries(status, present(around(repo)))))
    console.say(as_json(document) if format == "json" else _render(document))
    return 1 if any(one.presence in TROUBLE for one in document.sessions) else 0


def _entries(status: StatusDocument, bound: tuple[Binding, ...]) -> Iterator[PresenceEntry]:
    numbers = {
        slot.session_id: slot.number for slot in status.slots if slot.session_id and slot.registered_at is not None
    }
    runtimes: dict[str, list[str]] = {}
    for one in bound:
        runtimes.setdefault(one.session_id, []).append(f"{one.runtime.label} (since {one.since})")
    for name in (*numbers, *sorted(runtimes.keys() - numbers.keys())):
        here = tuple(runtimes.get(name, ()))
        presence: Literal["present", "absent", "unknown", "shared"] = "present" if here else "absent"
        if len(here) > 1:
            presence = "shared"
        elif name not in numbers:
            presence = "unknown"
        yield PresenceEntry(session_id=name, number=numbers.get(name), presence=presence, runtimes=here)


def _render(document: RollCallDocument) -> str:
    rows = (
        f"{'' if one.number is None else one.number:>5}  {one.presence:<8} {visible(one.session_id)}"
        f"{''.join(f'  {label}' for label in one.runtimes)}\n"
        for one in document.sessions
    )
    return "".join(rows) or "nobody is registered, and nobody is bound here\n"
