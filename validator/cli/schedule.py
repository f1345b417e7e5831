"""The week of the fleet: a table, a JSON document, or a file for a calendar."""

from pathlib import Path

from validator.model.errors import FatalError
from validator.operations import Answer
from validator.registry.reader import charter_of, reader_at
from validator.registry.schedule import Meeting, week_of
from validator.report.documents import AppointmentEntry, ScheduleDocument, as_json
from validator.report.week import render


def schedule(*, repo: Path, ref: str | None, week: str, output: Path | None, format: str) -> Answer:
    """The appointments of an ISO week at a revision (None: main). `output` is written as iCalendar (RFC 5545)."""
    reader, commit = reader_at(repo, ref)
    snapshot = reader.at(commit)
    found = week_of(snapshot, charter_of(snapshot), week)
    if output:
        from validator.cli.ics import calendar

        _write(output, calendar(found, snapshot.committed_at or 0))
    if format == "json":
        rows = tuple(map(_entry, found.meetings))
        return Answer(as_json(ScheduleDocument(commit=commit, week=week, time_zone=found.zone.key, appointments=rows)))
    return Answer(render(found))


def _entry(meeting: Meeting) -> AppointmentEntry:
    return AppointmentEntry(
        number=meeting.number,
        session_id=meeting.session_id,
        activity=meeting.activity,
        day=meeting.day.isoformat(),
        start=meeting.start.isoformat() if meeting.start else None,
        end=meeting.end.isoformat(),
    )


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error
