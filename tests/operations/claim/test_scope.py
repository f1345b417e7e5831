"""Shares of the charter's work and appointments, as `--scope` and `--schedule` write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from validator.model import definition
from validator.model.shapes import RangeWork, SegmentWork
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.appointment import read_appointment
from validator.operations.claim.scope import read_scope, with_ranges
from validator.operations.claim.target import UnreadableError

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("outreach 1-17", {"work": "outreach", "first": 1, "last": 17}),
        ("prospect research 26 - 50", {"work": "prospect research", "first": 26, "last": 50}),
        ("  outreach  1–17 ", {"work": "outreach", "first": 1, "last": 17}),
        ("outreach 50", {"work": "outreach", "first": 50, "last": 50}),
        ("outreach 17-1", {"work": "outreach", "first": 17, "last": 1}),  # REG208 says what is wrong
        ("batch 2 1-17", {"work": "batch 2", "first": 1, "last": 17}),
        ("replies: standard, overflow", {"work": "replies", "segments": ["standard", "overflow"]}),
        ("replies :high-value", {"work": "replies", "segments": ["high-value"]}),
        ("replies: a: b", {"work": "replies", "segments": ["a: b"]}),
    ],
)
def test_scope(text: str, part: dict[str, Any]) -> None:
    assert read_scope(text) == part
    TypeAdapter(definition.Part).validate_python(part)


OUTREACH = RangeWork(name="Outreach", first=1, last=50)
REPLIES = SegmentWork(name="replies", segments=("1-17", "3"))


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("outreach: 1-17", ["1-17"]),
        ("outreach: 1 – 17, 20", ["1-17", "20-20"]),
        ("visits: 1-17", ["1-17"]),  # the charter has no such work
        ("visits: 3", []),
        ("outreach: 1-17, high", []),
        ("replies: 1-17, 3", []),  # segments of the charter
    ],
)
def test_numbers_written_as_segments_are_ranges_of_numbered_work(text: str, ranges: list[str]) -> None:
    part = read_scope(text)
    found = with_ranges([part], (OUTREACH, REPLIES))
    assert found == ([part] if not ranges else found)
    assert [f"{one['first']}-{one['last']}" for one in found if "first" in one] == ranges


@pytest.mark.parametrize(
    "part", ["x", {"work": "outreach", "first": 1, "last": 2}, {"work": "outreach", "segments": []}]
)
def test_other_parts_stay_as_they_are(part: object) -> None:
    assert with_ranges(
        [part, {"work": 1, "segments": ["1-2"]}, {"work": "outreach", "segments": [1]}], (OUTREACH,)
    ) == [
        part,
        {"work": 1, "segments": ["1-2"]},
        {"work": "outreach", "segments": [1]},
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", "outreach", "1-17", "outreach 1-", "outreach 1-2-3", "outreach -1", "outreach １-17"),
        *("outreach 1-17, 20-25", "outreach 1-17 and 20-25", "outreach 1 to 17", "outreach 1-2; 4-5", "replies: a; b"),
        *("replies:", ": standard", "replies: ,", "replies: a,,b", "a\x00 1-2", "a\tb 1-2", "w" * LONGEST + " 1-2"),
    ],
)
def test_what_is_no_scope_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"is no scope; write WORK FIRST-LAST; or WORK: "):
        read_scope(text)


@pytest.mark.parametrize(
    ("text", "activity", "days", "start", "end"),
    [
        ("Send morning batch, mon-fri 10:00-11:00", "Send morning batch", WEEKDAYS, "10:00", "11:00"),
        ("Approval queue, mon,wed by 08:00", "Approval queue", ["mon", "wed"], None, "08:00"),
        ("Approval queue , Mon , WED by 8:00", "Approval queue", ["mon", "wed"], None, "08:00"),
        (
            "Look, sort and send, mon-wed,fri 9:30 – 23:59",
            "Look, sort and send",
            ["mon", "tue", "wed", "fri"],
            "09:30",
            "23:59",
        ),
        ("Watch, sat-mon 22:00-06:00", "Watch", ["sat", "sun", "mon"], "22:00", "06:00"),
        ("Watch, mon-wed,tue by 00:00", "Watch", ["mon", "tue", "wed"], None, "00:00"),
        ("Watch, sun by 06:00", "Watch", ["sun"], None, "06:00"),
        ("By 08:00, mon by 09:00", "By 08:00", ["mon"], None, "09:00"),
    ],
)
def test_appointment(text: str, activity: str, days: list[str], start: str | None, end: str) -> None:
    appointment = read_appointment(text)
    times = {"end": end} if start is None else {"start": start, "end": end}
    assert appointment == {"activity": activity, "days": days} | times
    definition.Appointment.model_validate(appointment)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "Send mon-fri 10:00-11:00",
            "Send, 10:00-11:00",
            "Send, mon-fri",
            "Send, mon-fri 10:00",
            "Send, mon-fri 24:00-25:00",
        ),
        *("Send, mon-wed-fri 10:00-11:00", "Send, monday by 08:00", "Send, mon 10:60-11:00", ", mon by 08:00"),
        *("Send, mon at 08:00", "Se\x00nd, mon by 08:00", "a" * LONGEST + ", mon by 08:00", "Send, mon by ０8:00"),
    ],
)
def test_what_is_no_appointment_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"is no schedule; write ACTIVITY, DAYS HH:MM-HH:MM, as in: .*mon tue"):
        read_appointment(text)


@given(st.text(st.sampled_from("ab 1234567890-:,–montuedfriby\x00"), max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read, shape in (
        (read_scope, TypeAdapter(definition.Part)),
        (read_appointment, TypeAdapter(definition.Appointment)),
    ):
        try:
            part = read(text)
        except UnreadableError:
            continue
        shape.validate_python(part)
