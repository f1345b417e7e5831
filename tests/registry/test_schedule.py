"""The fleet's weekly calendar, written by one library and read by another."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from tests.snapshots import charter, claim, registry, snapshot
from validator.cli.ics import _line, calendar
from validator.cli.schedule import _entry
from validator.model.errors import FatalError
from validator.registry.schedule import Week, _named, days_of, is_over, next_week, week_of
from validator.report.week import render

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MADE = 1795165200


def week(name: str, *schedule: Mapping[str, Any], zone: str = "America/Los_Angeles") -> Week:
    files = registry(claim(1, schedule=list(schedule)), claim(2), charter=charter(time_zone=zone))
    whole = snapshot(files)
    assert whole.charter
    return week_of(whole, whole.charter, name)


def appointment(start: str | None, end: str, *days: str) -> dict[str, Any]:
    times = {"end": end} if start is None else {"start": start, "end": end}
    return {"activity": "Send", "days": list(days or EVERY_DAY), **times}


def read_elsewhere(found: Week) -> dict[str, tuple[datetime, datetime | None]]:
    """What vobject makes of the file: instants by UID. It takes the zone from VTIMEZONE, by way of dateutil."""
    read = vobject.readOne(calendar(found, MADE).decode())
    rows = {}
    for event in read.vevent_list:
        end = event.dtend.value.astimezone(UTC) if hasattr(event, "dtend") else None
        rows[event.uid.value] = event.dtstart.value.astimezone(UTC), end
    return rows


CHANGES = [
    ("2026-W44", "America/Los_Angeles"),  # the clocks go back on Sunday, 1 November
    ("2026-W45", "America/Los_Angeles"),
    ("2026-W10", "America/Los_Angeles"),  # and forward on Sunday, 8 March
    ("2026-W11", "America/Los_Angeles"),
    ("2026-W13", "Europe/Berlin"),
    ("2026-W43", "Europe/Berlin"),
    ("2026-W14", "Australia/Lord_Howe"),  # half an hour, in April
    ("2026-W48", "Asia/Kolkata"),
    ("2026-W48", "UTC"),
]


@pytest.mark.parametrize(("name", "zone"), CHANGES)
def test_another_parser_reads_the_same_instants(name: str, zone: str) -> None:
    times = (appointment("06:00", "18:00"), appointment("10:00", "11:00"), appointment(None, "08:00"))
    found = week(name, *times, appointment("22:30", "05:30"), zone=zone)
    meant = {
        one.uid: (one.begins.astimezone(UTC), one.end.astimezone(UTC) if one.start else None) for one in found.meetings
    }
    assert len(meant) == 28
    assert read_elsewhere(found) == meant


def test_local_times_stay_the_same_over_daylight_saving() -> None:
    found = week("2026-W44", appointment("10:00", "11:00"))
    utc = [one.begins.astimezone(UTC).strftime("%a %H:%M") for one in found.meetings]
    assert utc == [f"{day} 17:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")] + ["Sun 18:00"]


def test_skipped_and_repeated_local_times() -> None:
    """RFC 5545, 3.3.5: a time that is skipped counts by the offset before, one that is repeated is the first."""
    skipped = week("2026-W10", appointment(None, "02:30", "sun"))
    assert skipped.meetings[0].end.astimezone(UTC).strftime("%H:%M") == "10:30"
    repeated = week("2026-W44", appointment(None, "01:30", "sun"))
    assert repeated.meetings[0].end.astimezone(UTC).strftime("%H:%M") == "08:30"
    for found in (skipped, repeated):
        assert read_elsewhere(found) == {one.uid: (one.end.astimezone(UTC), None) for one in found.meetings}


def test_an_end_before_the_start_is_on_the_next_day() -> None:
    (night,) = week("2026-W48", appointment("22:00", "06:00", "mon")).meetings
    assert night.start
    assert (night.end - night.start, night.end.day - night.start.day) == (timedelta(hours=8), 1)


def test_an_end_equal_to_the_start_is_a_day_later() -> None:
    (whole_day,) = week("2026-W48", appointment("09:00", "09:00", "mon")).meetings
    assert whole_day.start
    assert whole_day.end - whole_day.start == timedelta(hours=24)
    assert read_elsewhere(week("2026-W48", appointment("09:00", "09:00", "mon"))) == {
        whole_day.uid: (whole_day.start.astimezone(UTC), whole_day.end.astimezone(UTC))
    }


def test_uids_stay_the_same_when_times_change() -> None:
    one, other = (week("2026-W48", appointment(start, "12:00")) for start in ("10:00", "11:00"))
    assert [meeting.uid for meeting in one.meetings] == [meeting.uid for meeting in other.meetings]
    assert len({meeting.uid for meeting in one.meetings}) == 7
    assert {m.uid for m in one.meetings}.isdisjoint(
        m.uid for m in week("2026-W49", appointment("10:00", "12:00")).meetings
    )


def test_same_week_makes_the_same_bytes() -> None:
    found = week("2026-W48", appointment("10:00", "11:00"))
    text = calendar(found, MADE)
    assert text == calendar(week("2026-W48", appointment("10:00", "11:00")), MADE)
    lines = text.decode().split("\r\n")
    stamps = [line for line in lines if line.startswith(("DTSTAMP", "CREATED", "LAST-MODIFIED"))]
    assert stamps == ["DTSTAMP:20261120T090000Z"] * 7, "the time it was made is given, and never asked of a clock"


def test_untrusted_text_cannot_add_events() -> None:
    files = registry(claim(1, schedule=[{**appointment("10:00", "11:00", "mon"), "activity": "a;b,c\\nEND:VEVENT"}]))
    whole = snapshot(files)
    assert whole.charter
    read = vobject.readOne(calendar(week_of(whole, whole.charter, "2026-W48"), MADE).decode())
    (event,) = read.vevent_list
    assert event.summary.value == "1 outreach-1: a;b,c\\nEND:VEVENT"


def test_what_is_made_faster_is_what_the_libraries_make() -> None:
    for text in ("", "a;b,c\\d", "x\ny", *(letter * count for letter in "xü😀" for count in range(14, 80))):
        event = icalendar.Event()
        event.add("summary", text)
        assert event.to_ical() == b"BEGIN:VEVENT\r\n" + _line("summary", text) + b"END:VEVENT\r\n"
    assert _named("ü\n1") == uuid.uuid5(uuid.NAMESPACE_OID, "ü\n1")


def test_of_an_hour_that_comes_twice_each_has_its_offset() -> None:
    """Python takes the two for equal."""
    moment = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    (meeting,) = week("2026-W48", appointment("10:00", "11:00", "mon")).meetings
    written = [_entry(meeting._replace(end=moment.replace(fold=fold))).end for fold in (0, 1)]
    assert written == ["2026-11-01T01:30:00-07:00", "2026-11-01T01:30:00-08:00"]


def test_table() -> None:
    found = week("2026-W48", appointment("10:00", "11:00", "tue", "mon"), appointment(None, "08:00", "mon"))
    assert render(found).splitlines() == [
        "week 2026-W48, times of America/Los_Angeles",
        "",
        "mon 2026-11-23",
        "  by 08:00           1  outreach-1                  Send",
        "  10:00 – 11:00      1  outreach-1                  Send",
        "",
        "tue 2026-11-24",
        "  10:00 – 11:00      1  outreach-1                  Send",
    ]
    assert render(week("2026-W48")).endswith("nothing is scheduled\n")


@pytest.mark.parametrize(
    "name",
    [
        *("2025-W53", "2026-W00", "2026-48", "next week", "2026-W48-1", "2026-W8", "2026-W48\n", " 2026-W48"),
        *("2026-W4_8", "+2026-W48", "２０２６-W48", "0001-W01", "9999-W52"),
    ],
)
def test_week_that_does_not_exist(name: str) -> None:
    with pytest.raises(FatalError, match="is no ISO week of the calendar"):
        week(name)


@pytest.mark.parametrize(("name", "last"), [("2027-W53", "2027-W52"), ("2026-W54", "2026-W53")])
def test_the_last_week_of_a_year_is_named(name: str, last: str) -> None:
    with pytest.raises(FatalError, match=f"the last one of {name[:4]} is {last}"):
        week(name)


def test_time_zone_that_does_not_exist() -> None:
    with pytest.raises(FatalError, match="is not in the time zone database"):
        week("2026-W48", zone="Moon/Tycho")


def test_draft_without_a_schedule() -> None:
    broken = json.dumps({**json.loads(claim(1)), "schedule": "soon"})
    whole = snapshot(registry(broken))
    assert whole.charter
    assert week_of(whole, whole.charter, "2026-W48").meetings == ()


BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)  # 23:30 in Berlin


@pytest.mark.parametrize(
    ("minutes", "after", "following"),
    [
        (0, None, "2026-W49"),
        (30, None, "2026-W50"),  # in Berlin it is Monday
        (0, "2026-W49", "2026-W50"),
        (0, "2026-W40", "2026-W49"),
        (0, "2026-W53", "2027-W01"),
    ],
)
def test_the_next_week_is_that_of_the_zone_and_after_the_active_one(minutes: int, after: str, following: str) -> None:
    assert next_week(SUNDAY + timedelta(minutes=minutes), BERLIN, after) == following


def test_a_week_is_over_after_its_sunday() -> None:
    assert not is_over("2026-W48", SUNDAY, BERLIN)
    assert is_over("2026-W48", SUNDAY + timedelta(minutes=30), BERLIN)


def test_a_week_is_told_by_its_monday_and_sunday() -> None:
    assert days_of("2026-W48") == (date(2026, 11, 23), date(2026, 11, 29))
    assert days_of("2026-W54") is None
