"""Appointments in the nights when clocks change, held against python-dateutil: a second implementation of zones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz

from validator.registry.schedule import _placed

ZONES = """
Europe/Berlin Europe/London Europe/Lisbon Europe/Dublin Europe/Helsinki Europe/Moscow Europe/Istanbul Europe/Kyiv
Europe/Chisinau Atlantic/Azores America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles
America/Anchorage America/Halifax America/St_Johns America/Havana America/Santiago America/Asuncion America/Sao_Paulo
America/Bogota America/Scoresbysund America/Nuuk Africa/Cairo Africa/Casablanca Africa/Lagos Asia/Beirut Asia/Jerusalem
Asia/Tehran Asia/Kathmandu Asia/Kolkata Asia/Tokyo Asia/Gaza Australia/Sydney Australia/Lord_Howe Pacific/Auckland
Pacific/Chatham Pacific/Apia
""".split()
CLOCKS = ("00:00", "00:30", "01:15", "01:30", "02:00", "02:30", "03:00", "03:15", "03:30", "22:00", "23:30")


def changes(zone: ZoneInfo) -> Iterator[date]:
    """The days of some years on which the zone's offset is another at the end than at the beginning."""
    day = date(2011, 12, 1)
    while day < date(2012, 1, 5) or day < date(2027, 1, 1):
        day += timedelta(days=1)
        if date(2012, 1, 5) < day < date(2026, 1, 1):
            day = date(2026, 1, 1)
        noon = datetime.combine(day, time(12), zone)
        if noon.utcoffset() != (noon - timedelta(days=1)).utcoffset():
            yield day - timedelta(days=1)
            yield day


def instant(day: date, clock: str, zone: str) -> datetime:
    """A local time as RFC 5545 (3.3.5) reads it, by dateutil."""
    local = datetime.combine(day, time.fromisoformat(clock), tz.gettz(zone))
    found: datetime = tz.resolve_imaginary(local)
    return found.astimezone(UTC)


@pytest.mark.parametrize("name", ZONES)
def test_no_appointment_ends_before_it_begins(name: str) -> None:
    zone = ZoneInfo(name)
    for day in changes(zone):
        for start in CLOCKS:
            for end in CLOCKS:
                begins, ends = _placed(day, start, end, zone)
                assert begins
                last = day + timedelta(days=1) if end <= start else day
                assert begins.astimezone(UTC) == instant(day, start, name)
                assert ends.timestamp() > begins.timestamp(), (day, start, end)
                if instant(last, end, name) > instant(day, start, name):
                    assert ends.astimezone(UTC) == instant(last, end, name)
                for moment in (begins, ends):
                    assert moment == moment.astimezone(UTC).astimezone(zone), "a calendar reads what a clock shows"


@pytest.mark.parametrize(("end", "shown"), [("03:15", "04:15"), ("03:30", "04:30"), ("05:00", "05:00")])
@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Berlin", date(2026, 3, 29)), ("America/New_York", date(2026, 3, 8))]
)
def test_a_start_that_clocks_skip(zone: str, day: date, end: str, shown: str) -> None:
    begins, ends = _placed(day, "02:30", end, ZoneInfo(zone))
    assert begins
    assert (f"{begins:%H:%M}", f"{ends:%H:%M}") == ("03:30", shown)


def test_a_deadline_has_no_start() -> None:
    assert _placed(date(2026, 3, 29), None, "02:30", ZoneInfo("Europe/Berlin"))[0] is None
