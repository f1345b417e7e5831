"""A table of thousands of numbers says what a short one says, in columns of the same look."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from validator.cli import status
from validator.cli.long_table import lines_of
from validator.cli.status import StatusDocument, render
from validator.report.documents import SlotEntry, SlotState

STATES: tuple[SlotState, ...] = ("registered", "acknowledged", "pending", "open")


def document(role: str, goal: str) -> StatusDocument:
    slots = tuple(
        SlotEntry(
            number=number,
            state=STATES[number % 4],
            session_id=f"desk-{number}",
            role=role,
            goal=goal,
            registered_at="2026-11-23T08:00:00Z",
            commit=None,
        )
        for number in range(1, 1_100)
    )
    return StatusDocument(
        commit="0" * 40,
        phase="registering",
        week=None,
        capacity=len(slots),
        digest="sha256:" + "0" * 64,
        registered=3,
        next_action="wait",
        approvals_signed=True,
        slots=slots,
        criteria=(),
    )


@pytest.mark.parametrize("width", [50, 80, 120])
def test_cells_that_fit_look_as_in_a_short_table(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = document("Desk", "Größe 日本")
    long = render(asked, colour=False, width=width)
    monkeypatch.setattr(status, "MOST_DRAWN", 2_000)
    assert long == render(asked, colour=False, width=width)


@pytest.mark.parametrize("role", ["Answer every letter of the week", "Antwort auf jeden Brief, täglich", "w" * 90])
def test_long_cells_take_several_lines(role: str) -> None:
    text = render(document(role, "Answer 20 letters daily, and none later than noon"), colour=False, width=100)
    head, *lines = text.splitlines()
    start, end = head.index("role"), head.index("goal")
    first = lines[: next(at for at, line in enumerate(lines) if line.startswith("   2  "))]
    assert max(map(len, first)) <= 100
    assert len(first) > 1
    words = [line[start:end].strip() for line in first]
    assert role in (" ".join(words).strip(), "".join(words))


def test_states_have_colours() -> None:
    first, *lines = render(document("Desk", "Answer"), colour=True, width=80).splitlines()
    assert first.startswith("\x1b[1m  no  state")
    assert lines[3].startswith("   4  \x1b[32mregistered\x1b[0m    desk-4")
    assert lines[0].startswith("   1  \x1b[1;32macknowledged\x1b[0m  desk-1")


@given(st.text("ab -", min_size=1, max_size=40), st.integers(1, 20))
def test_plain_words_are_folded_as_the_standard_library_does(cell: str, width: int) -> None:
    width = max(width, *map(len, cell.split(" ")))
    wrapped = textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
    expected = [f"{start}{part}".rstrip() for start, part in zip(["7  open  ", *[" " * 9] * 40], wrapped, strict=False)]
    assert list(lines_of([("7", "open", cell)], [1, 4, width], {}, Console())) == expected
