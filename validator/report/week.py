"""A week of the fleet as a table."""

from itertools import groupby

from validator.model.escape import visible
from validator.registry.schedule import DAYS, Meeting, Week


def render(week: Week) -> str:
    """A table, grouped by day."""
    lines = [f"week {week.name}, times of {week.zone.key}"]
    for day, meetings in groupby(sorted(week.meetings, key=lambda one: one.day), key=lambda one: one.day):
        lines += ["", f"{DAYS[day.weekday()]} {day.isoformat()}"]
        lines += [
            f"  {_times(one):<13}  {one.number:>5}  {visible(one.session_id):<26}  {visible(one.activity)}"
            for one in meetings
        ]
    return "\n".join(lines if week.meetings else [*lines, "", "nothing is scheduled"]) + "\n"


def _times(meeting: Meeting) -> str:
    end = f"{meeting.end:%H:%M}"
    return f"{meeting.start:%H:%M} – {end}" if meeting.start else f"by {end}"
