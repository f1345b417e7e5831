"""`registry roll-call`: the sessions of main beside the runtimes that are bound in this clone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import at_commit
from validator.cli.status import StatusDocument, status_at
from validator.git.clone import Clone, around
from validator.hosts.agents.bindings import Binding, present
from validator.hosts.agents.claude import VARIABLE, ClaudeSession, running_sessions
from validator.hosts.agents.identity import SETTING
from validator.model.errors import FatalError
from validator.model.escape import visible
from validator.report.documents import Oid, Printed, PrintedDocument, as_json

TROUBLE = ("unknown", "shared")
GONE = ", not listed by claude agents any more"


class PresenceEntry(Printed):
    """A session: `shared` is bound to several runtimes, `unknown` to one but holds no number on main (null).

    A runtime of Claude Code that `claude agents` does not list any more is named, and counts for nothing.
    """

    session_id: str
    number: int | None
    presence: Literal["present", "absent", "unknown", "shared"]
    runtimes: tuple[str, ...]


class RollCallDocument(PrintedDocument):
    """`roll-call`: the sessions of main by number, then those that main does not know.

    `unnamed` are the sessions of Claude Code that work in this clone and are bound to no name; null where there is no
    `claude agents` to ask.
    """

    commit: Oid
    sessions: tuple[PresenceEntry, ...]
    unnamed: tuple[str, ...] | None = None


DOCUMENTS = {"output-roll-call": RollCallDocument}


@click.command(epilog="Example: registry roll-call --fetch")
@at_commit
@click.pass_obj
@fetches
def command(console: Console, repo: Path, ref: str | None, format: str) -> int:
    """Which sessions run in this clone; exit 1 if a name is unknown on main, or bound twice.

    It knows the runtimes that are bound here (registry bind) and what `claude agents --json` lists; an absent session
    may run on another machine.
    """
    status, clone = status_at(repo, ref), around(repo)
    bound, listed = present(clone), running_sessions()
    document = RollCallDocument(
        commit=status.commit,
        sessions=tuple(_entries(status, bound, listed)),
        unnamed=None if listed is None else tuple(_unnamed(clone, bound, listed)),
    )
    console.say(as_json(document) if format == "json" else _render(document))
    if (name := clone.setting(SETTING)) and not any(
        one.session_id == name and one.runtimes for one in document.sessions
    ):
        said = f"{visible(name)} by git config {SETTING}, and no runtime is bound to it"
        console.hint(f"this clone speaks for {said}: whether it runs is not known\n")
    return 1 if any(one.presence in TROUBLE for one in document.sessions) else 0


def _entries(
    status: StatusDocument, bound: tuple[Binding, ...], listed: Sequence[ClaudeSession] | None
) -> Iterator[PresenceEntry]:
    numbers = {
        slot.session_id: slot.number for slot in status.slots if slot.session_id and slot.registered_at is not None
    }
    for name in (*numbers, *sorted({one.session_id for one in bound} - numbers.keys())):
        here = [one for one in bound if one.session_id == name]
        live = [one for one in here if not _is_gone(one, listed)]
        presence: Literal["present", "absent", "unknown", "shared"] = "present" if live else "absent"
        if len(live) > 1:
            presence = "shared"
        elif name not in numbers:
            presence = "unknown"
        runtimes = tuple(f"{_label(one)}{'' if one in live else GONE}" for one in here)
        yield PresenceEntry(session_id=name, number=numbers.get(name), presence=presence, runtimes=runtimes)


def _label(one: Binding) -> str:
    return f"{one.runtime.label} (since {one.since})"


def _is_gone(one: Binding, listed: Sequence[ClaudeSession] | None) -> bool:
    """Whether a runtime of Claude Code alone, whose process is not known, runs no more by the client's own list."""
    is_claude = [variable for variable, _ in one.runtime.ids] == [VARIABLE]
    return listed is not None and is_claude and not one.process and one.runtime not in [each.runtime for each in listed]


def _unnamed(clone: Clone, bound: tuple[Binding, ...], listed: Sequence[ClaudeSession]) -> Iterator[str]:
    """The sessions of Claude Code in this clone's working trees that are bound to no name."""
    known = {pair for one in bound for pair in one.runtime.ids}
    for session in listed:
        if known.isdisjoint(session.runtime.ids) and _is_in(clone, session):
            yield session.runtime.label


def _is_in(clone: Clone, session: ClaudeSession) -> bool:
    try:
        return session.folder.is_dir() and around(session.folder).common == clone.common
    except (FatalError, OSError):
        return False


def _render(document: RollCallDocument) -> str:
    rows = (
        f"{'' if one.number is None else one.number:>5}  {one.presence:<8} {visible(one.session_id)}"
        f"{''.join(f'  {label}' for label in one.runtimes)}\n"
        for one in document.sessions
    )
    unnamed = "".join(f"       unnamed  {label}, in this clone\n" for label in document.unnamed or ())
    return "".join(rows) + unnamed or "nobody is registered, and nobody is bound here\n"
