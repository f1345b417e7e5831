"""`registry schedule`: the week of the fleet: a table, a JSON document, or a file for a calendar."""

import functools
from datetime import datetime
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.ics import calendar
from validator.cli.options import at_commit
from validator.model.errors import FatalError
from validator.registry.consensus.phases import active_week
from validator.registry.reader import charter_of, reader_at
from validator.registry.schedule import Meeting, Week, next_week, week_of, zone_of
from validator.report.documents import Oid, Printed, PrintedDocument, as_json
from validator.report.week import render


class AppointmentEntry(Printed):
    """One appointment; `start` and `end` are RFC 3339 with the offset of that day, `start` null for a deadline."""

    number: int
    session_id: str
    activity: str
    day: str
    start: str | None
    end: str


class ScheduleDocument(PrintedDocument):
    """`schedule`: the week of the fleet in the order of time."""

    commit: Oid
    week: str
    time_zone: str
    appointments: tuple[AppointmentEntry, ...]


DOCUMENTS = {"output-schedule": ScheduleDocument}


@click.command(epilog="Example: registry schedule --week 2026-W48 --output week.ics")
@click.option("--week", metavar="2026-W48", help="The ISO week.  [default: the active one, else the next]")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F.ics",
    help="Write an iCalendar file as well.",
)
@at_commit
@click.pass_obj
@fetches
def command(console: Console, week: str | None, output: Path | None, repo: Path, ref: str | None, format: str) -> int:
    """The week of the fleet, in the charter's time zone."""
    reader, commit = reader_at(repo, ref)
    snapshot = reader.at(commit)
    charter = charter_of(snapshot)
    chosen = week or active_week(snapshot) or next_week(datetime.fromisoformat(console.now), zone_of(charter))
    found = week_of(snapshot, charter, chosen)
    if output:
        _write(output, calendar(found, snapshot.committed_at or 0))
    if format == "json":
        console.say(as_json(schedule_of(found, commit)))
    else:
        console.say(render(found))
    return 0


def schedule_of(week: Week, commit: str) -> ScheduleDocument:
    """A week of the registry at a commit."""
    rows = tuple(map(_entry, week.meetings))
    return ScheduleDocument(commit=commit, week=week.name, time_zone=week.zone.key, appointments=rows)


def _entry(meeting: Meeting) -> AppointmentEntry:
    return AppointmentEntry(
        number=meeting.number,
        session_id=meeting.session_id,
        activity=meeting.activity,
        day=meeting.day.isoformat(),
        start=_written(meeting.start, meeting.start.fold) if meeting.start else None,
        end=_written(meeting.end, meeting.end.fold),
    )


@functools.lru_cache(maxsize=4096)
def _written(moment: datetime, fold: int) -> str:
    """A time with its offset; of the two that one clock shows when it is set back, `fold` says which."""
    return moment.isoformat()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error
