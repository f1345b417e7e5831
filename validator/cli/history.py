"""`registry history`: what happened to the numbers, in the order in which it arrived on main."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import at_commit
from validator.cli.progress import patient_reader
from validator.git.history import Step
from validator.git.objects import MAX_COMMIT
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.escape import visible, well_formed, well_formed_or_none
from validator.model.layout import CHARTER, claim_path, form_of
from validator.model.phrases import join_limited, rfc3339
from validator.operations.line import MainStep, main_steps, subject_of
from validator.operations.narrow import Narrow
from validator.operations.release_reason import removing
from validator.registry.history import Event, events
from validator.registry.reader import Reader, charter_of, session_ids
from validator.report.documents import Oid, Printed, PrintedDocument, as_json

_RELEASE = re.compile(r"Release number [0-9]+: (\S.*)")  # operations/release.py writes it
EventKind = Literal["registered", "amended", "taken-over", "released", "charter-changed"]


class EventEntry(Printed):
    """What happened to a number, or to the charter: then `number` is null. `committed_at` is informative only.

    `reason` is that of a release, as its proposal states it.
    """

    number: int | None
    event: EventKind
    session_id: str | None
    commit: Oid
    committed_at: str
    path: str
    reason: str | None = None


class StepEntry(Printed):
    """A step of main. `author` and `approved_by` are what its commit states; `audit --steps` proves who approved."""

    commit: Oid
    committed_at: str
    subject: str
    author: str
    approved_by: tuple[str, ...]


class HistoryDocument(PrintedDocument):
    """`history`: the events on main along first-parent, and the steps of main; of one number those that changed it."""

    commit: Oid
    events: tuple[EventEntry, ...]
    steps: tuple[StepEntry, ...] = ()


DOCUMENTS = {"output-history": HistoryDocument}


@click.command(epilog="Example: registry history 4")
@click.argument("number", type=int, required=False, shell_complete=completing.numbers)
@at_commit
@click.pass_obj
@fetches
def command(console: Console, number: int | None, repo: Path, ref: str | None, format: str) -> int:
    """What happened to the numbers, in the order of main."""
    document = history_of(*patient_reader(repo, ref, console.hint), number)
    console.say(as_json(document) if format == "json" else _render(document))
    return 0


def history_of(
    reader: Reader, commit: str, number: int | None = None, known: Sequence[Step] | None = None
) -> HistoryDocument:
    """What came to main along first-parent; of one number, or of all numbers and the charter.

    `known` are the changes of all claims and the charter.
    """
    narrow = Narrow(reader)
    main = narrow.whole(commit)
    capacity = charter_of(main).capacity
    if number is not None and not 1 <= number <= capacity:
        raise FatalError(f"number {number} is not one of 1 to {capacity}")
    steps = narrow.steps(commit) if known is None else known
    if number is not None:  # a folder may stand in the claim's place
        steps = [step for step in steps if f"{step.path}/".startswith(f"{claim_path(number)}/")]
    now = {main.files[path].oid: claim.summary.session_id for path, claim in main.claims.items()}
    moved = {entry.oid for step in steps for entry in (step.old, step.new) if entry}
    sessions = now | session_ids(reader.repo, moved - now.keys())
    rows = tuple(filter(None, (_entry(event, reader.repo) for event in events(steps, sessions))))
    line = main_steps(reader.repo, commit)
    touching = frozenset(step.commit for step in steps)
    shown = tuple(_step(step) for step in line if number is None or step.commit in touching)
    return HistoryDocument(commit=commit, events=rows, steps=shown)


def _step(step: MainStep) -> StepEntry:
    return StepEntry(
        commit=step.commit,
        committed_at=rfc3339(step.time),
        subject=well_formed(step.subject),
        author=well_formed(step.author),
        approved_by=tuple(map(well_formed, step.approved_by)),
    )


def _reason(repo: Repo, commit: str, path: str) -> str | None:
    """Why a number was released: the subject of the commit that removed its claim."""
    by = removing(repo, commit, path)
    if repo.sizes([by])[by] > MAX_COMMIT:
        return None
    found = _RELEASE.fullmatch(subject_of(repo.blobs([by])[by]))
    return found[1] if found else None


def _entry(event: Event, repo: Repo) -> EventEntry | None:
    form = form_of(event.path)
    if form is None or (form[1] is None and event.path != CHARTER):
        return None
    return EventEntry(
        number=form[1],
        event=event.kind.value,
        session_id=well_formed_or_none(event.session_id),
        commit=event.commit,
        committed_at=rfc3339(event.time),
        path=event.path,
        reason=well_formed_or_none(_reason(repo, event.commit, event.path)) if event.kind.value == "released" else None,
    )


def _render(document: HistoryDocument) -> str:
    approved = {step.commit: join_limited(step.approved_by) for step in document.steps}
    rows = [
        f"{e.committed_at}  {e.commit[:12]}  {_no(e):>5}  {e.event:<15}  {visible(_who(e, approved.get(e.commit)))}"
        for e in document.events
    ]
    heading = f"{'committed':<20}  {'commit':<12}  {'no':>5}  {'event':<15}  session"
    return "\n".join([heading, *rows]) + "\n" if rows else "nothing has been registered yet\n"


def _no(event: EventEntry) -> str:
    return "" if event.number is None else str(event.number)


def _who(event: EventEntry, approved_by: str | None) -> str:
    who = event.path if event.number is None else event.session_id or "?"
    who += f", approved by {approved_by}" if approved_by else ""
    return f"{who}: {event.reason}" if event.reason else who
