"""The week as a table: what ends on the next day is said to."""

import pytest

from tests.registry.test_schedule import appointment, week
from validator.report.week import render


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("22:00", "06:00", " (ends tue, 8 h)"),
        ("19:00", "18:00", " (ends tue, 23 h)"),
        ("22:00", "02:30", " (ends tue, 4.5 h)"),
        ("10:00", "11:00", ""),
    ],
)
def test_what_ends_on_the_next_day_says_so(start: str, end: str, said: str) -> None:
    activity = week("2026-W48", appointment(start, end, "mon")).meetings[0].activity
    assert render(week("2026-W48", appointment(start, end, "mon"))).endswith(f"  {activity}{said}\n")
