"""A week as an iCalendar file (RFC 5545): local times with the rules of their zone; one week makes the same bytes."""

import functools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from validator.registry.schedule import Week

if TYPE_CHECKING:
    import icalendar


PRODUCT = "-//session-registry//registry schedule//EN"
WIDEST = 74  # bytes of a line that the library does not fold (RFC 5545, 3.1, would allow one more)
DAY = timedelta(days=1)


def calendar(week: Week, made_at: int) -> bytes:
    """The week's appointments; a deadline is an event without duration. `made_at` is in seconds since 1970."""
    import icalendar  # takes 60 ms to load

    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Fleet week {week.name}")
    made.add_component(_zone(week))
    end = b"END:VCALENDAR\r\n"
    return b"".join((made.to_ical().removesuffix(end), *_events(week, made_at), end))


def _events(week: Week, made_at: int) -> Iterator[bytes]:
    """The appointments. Of many sessions most times and texts are the same: each is put in form once."""
    line = functools.cache(_line)
    stamp = line("dtstamp", datetime.fromtimestamp(made_at, UTC))
    for meeting in week.meetings:
        deadline = "" if meeting.start else f" (by {meeting.end:%H:%M})"
        summary = f"{meeting.number} {meeting.session_id}: {meeting.activity}{deadline}"
        yield b"BEGIN:VEVENT\r\n" + line("summary", summary) + line("dtstart", meeting.begins)
        yield line("dtend", meeting.end) if meeting.start else b""
        yield stamp + f"UID:{meeting.uid}\r\nEND:VEVENT\r\n".encode()


def _line(name: str, value: str | datetime) -> bytes:
    """A property of an event, in the library's form; a text without an event around it takes a seventh of the time."""
    import icalendar
    from icalendar.parser import Contentline, Parameters

    if isinstance(value, str):
        text = icalendar.vText(value).to_ical()
        if len(name) + 1 + len(text) <= WIDEST:
            return b"%b:%b\r\n" % (name.upper().encode(), text)
        return bytes(Contentline.from_parts(name.upper(), Parameters(), icalendar.vText(value)).to_ical()) + b"\r\n"
    event = icalendar.Event()
    event.add(name, value)
    return bytes(event.to_ical().removeprefix(b"BEGIN:VEVENT\r\n").removesuffix(b"END:VEVENT\r\n"))


def _zone(week: Week) -> "icalendar.Timezone":
    """The rules of the zone from the year before to two years after, as a calendar may use them for other weeks.

    Written here, for icalendar 7 writes the beginning of summer time in the time after the change, and RFC 5545, 3.6.5,
    asks for the time before it, in which `TZOFFSETFROM` holds.
    """
    import icalendar

    made = icalendar.Timezone()
    made.add("tzid", week.zone.key)
    first = datetime(week.monday.year - 1, 1, 1, tzinfo=UTC)
    last = datetime(week.monday.year + 3, 1, 1, tzinfo=UTC)
    for onset in (first, *_changes(week.zone, first, last)):
        now, before = onset.astimezone(week.zone), (onset - timedelta(seconds=1)).astimezone(week.zone)
        was = now.utcoffset() if onset == first else before.utcoffset()
        rule = icalendar.TimezoneDaylight() if now.dst() else icalendar.TimezoneStandard()
        rule.add("dtstart", (onset + (was or timedelta())).replace(tzinfo=None))
        rule.add("tzname", now.tzname())
        rule.add("tzoffsetfrom", was)
        rule.add("tzoffsetto", now.utcoffset())
        made.add_component(rule)
    return made


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments, in UTC, at which clocks are changed; no zone does that twice within a day."""
    day = first
    while day < last:
        low, high = day, day + DAY
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high.replace(microsecond=0)
        day += DAY
