"""An appointment lasts more than half a day, because its end is not after its start.

What it means: An end that is not after the start is on the next day, so that 22:00-02:00 is four hours of a night. One
of more than twelve hours is more likely two times in the wrong order, or a digit too many: 19:00-18:00 lasts 23 hours.
It is a warning: it may be meant. What the charter plans for a number is looked at, too.

Why: The week that a human approves, and everybody's calendar, would show a session at work all night.

Example:

    schedule:
      - {activity: Evening replies, days: [mon], start: "19:00", end: "18:00"}

Way out: Correct start or end, if the appointment is not meant to last until the next day.
"""

from collections.abc import Iterable, Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted
from validator.model.shapes import Appointment
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.faults import Route
from validator.registry.yaml.reader import Document

CODE, NAME, LEVEL = "REG211", "schedule-overnight", Level.WARNING
LOOKS_AT = (Input.FILE,)
LONGEST = 12 * 60  # minutes of a night shift
DAY = 24 * 60


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the appointments that end on the next day, and last longer than a night shift."""
    for claim in head.claims.values():
        yield from _long_ones(claim.document, (), claim.draft.schedule or ())
    if head.charter and head.charter_file:
        for index, slot in enumerate(head.charter.slots):
            yield from _long_ones(head.charter_file.document, ("slots", index), slot.schedule)


def _long_ones(document: Document, route: Route, schedule: Iterable[Appointment]) -> Iterator[Problem]:
    """Those of a claim, or those that the charter plans for a number: its claim takes them over."""
    for index, one in enumerate(schedule):
        length = _overnight(one)
        if length > LONGEST:
            message = f"{quoted(one.activity)} from {one.start} to {one.end} ends on the next day: {_in_hours(length)}"
            place = document.at(*route, "schedule", index, "end")
            yield Problem(place, message, "correct start or end, unless it is meant")


def _overnight(one: Appointment) -> int:
    """How many minutes an appointment lasts that ends on the next day; 0 for any other."""
    if one.start is None or one.end > one.start:
        return 0
    return DAY - _minutes(one.start) + _minutes(one.end)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _in_hours(length: int) -> str:
    hours, minutes = divmod(length, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
