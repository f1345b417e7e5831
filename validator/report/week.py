"""A week of the fleet as a table."""

from datetime import UTC, timedelta
from itertools import groupby

from validator.model.escape import visible
from validator.registry.schedule import DAYS, Meeting, Week


def render(week: Week) -> str:
    """A table, grouped by day."""
    lines = [f"week {week.name}, times of {week.zone.key}"]
    for day, meetings in groupby(sorted(week.meetings, key=lambda one: one.day), key=lambda one: one.day):
        lines += ["", f"{DAYS[day.weekday()]} {day.isoformat()}"]
        lines += [
            f"  {_times(one):<13}  {one.number:>5}  {visible(one.session_id):<26}  {_activity(one)}" for one in meetings
        ]
    return "\n".join(lines if week.meetings else [*lines, "", "nothing is scheduled"]) + "\n"


def _times(meeting: Meeting) -> str:
    end = f"{meeting.end:%H:%M}"
    return f"{meeting.start:%H:%M} – {end}" if meeting.start else f"by {end}"


def _activity(meeting: Meeting) -> str:
    """What is done; where it is not over on its day, when it ends and how long it lasts: `Watch (ends tue, 8 h)`."""
    activity = visible(meeting.activity)
    if not meeting.start or meeting.end.date() == meeting.day:
        return activity
    lasts = meeting.end.astimezone(UTC) - meeting.start.astimezone(UTC)
    return f"{activity} (ends {DAYS[meeting.end.weekday()]}, {lasts / timedelta(hours=1):.3g} h)"
