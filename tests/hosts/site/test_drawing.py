"""The geometry of the pictures: nothing is covered, gaps are drawn, midnight cuts a block in two."""

from typing import Any

from validator.hosts.site.drawing import (
    MOST_DRAWN,
    WIDTH,
    Block,
    blocks_of_claim,
    blocks_of_week,
    week_picture,
    work_picture,
)


def work(*parts: tuple[int, int, int], first: int = 1, last: int = 50) -> dict[str, Any]:
    rows = [{"number": number, "first": low, "last": high, "segments": ()} for number, low, high in parts]
    return {"first": first, "last": last, "segments": (), "parts": rows}


def segments(*parts: tuple[int, tuple[str, ...]]) -> dict[str, Any]:
    rows = [{"number": number, "first": None, "last": None, "segments": names} for number, names in parts]
    return {"first": None, "last": None, "segments": ("high", "standard", "rest"), "parts": rows}


def test_parts_and_gaps_fill_the_bar() -> None:
    picture = work_picture(work((4, 1, 17), (5, 18, 33)))
    assert picture
    assert [(box.number, box.x, box.width) for box in picture.boxes] == [(4, 0, 340), (5, 340, 320), (None, 660, 340)]
    assert sum(box.width for box in picture.boxes) == WIDTH
    assert picture.height == 44


def test_overlapping_parts_get_rows_of_their_own() -> None:
    picture = work_picture(work((4, 1, 20), (5, 10, 30), (6, 21, 50)))
    assert picture
    assert [(box.number, box.y) for box in picture.boxes] == [(4, 0), (5, 44), (6, 0)]
    assert picture.height == 88


def test_a_part_within_a_longer_one_leaves_no_gap() -> None:
    picture = work_picture(work((4, 1, 40), (5, 10, 20)))
    assert picture
    assert [(box.number, box.x, box.width) for box in picture.boxes] == [(4, 0, 800), (5, 180, 220), (None, 800, 200)]


def test_what_lies_outside_of_the_work_is_not_drawn() -> None:
    picture = work_picture(work((4, -5, 10), (5, 60, 70), (6, 45, 99)))
    assert picture
    assert [(box.number, box.x, box.width) for box in picture.boxes] == [(4, 0, 200), (6, 880, 120), (None, 200, 680)]


def test_segments_are_equal_parts() -> None:
    picture = work_picture(segments((7, ("HIGH",)), (8, ("rest", "unknown"))))
    assert picture
    assert [(box.number, round(box.x)) for box in picture.boxes] == [(7, 0), (8, 667), (None, 333)]


def test_too_many_parts_are_no_picture() -> None:
    many = [(number, number, number) for number in range(1, MOST_DRAWN + 2)]
    assert work_picture(work(*many, last=1000)) is None
    assert week_picture([Block(0, 0, 60, 1, "x")] * (MOST_DRAWN + 1)) is None
    assert week_picture([]) is None


def test_empty_work_is_one_gap() -> None:
    picture = work_picture(work())
    assert picture
    assert [(box.number, box.width) for box in picture.boxes] == [(None, WIDTH)]


def test_only_overlapping_blocks_share_a_day() -> None:
    blocks = [Block(0, 600, 660, 4, "a"), Block(0, 600, 660, 5, "b"), Block(0, 840, 900, 6, "c")]
    picture = week_picture(blocks)
    assert picture
    first, second, alone = picture.boxes
    assert (first.y, second.x) == (second.y, round(first.x + first.width + 2, 2))
    assert alone.width > 2 * first.width
    assert [mark for _, mark in picture.marks] == ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]


def test_midnight_cuts_a_block_and_sunday_goes_on_on_monday() -> None:
    picture = week_picture([Block(6, 23 * 60, 60, 1, "night"), Block(2, 23 * 60, 0, 2, "until midnight")])
    assert picture
    assert sorted((box.number, box.x) for box in picture.boxes) == [(1, 60.0), (1, 900.0), (2, 340.0)]


def test_a_deadline_is_drawn_as_high_as_its_text() -> None:
    (box,) = (week_picture([Block(1, None, 480, 10, "by 08:00 queue")]) or ((), (), ()))[2]
    assert (box.height, box.title) == (13, "by 08:00 queue")


def test_blocks_of_a_claim_and_of_a_week() -> None:
    row = {"activity": "send", "days": ["mon", "mon", "fri"], "start": "10:00", "end": "11:00"}
    deadline = {"activity": "queue", "days": ["tue"], "start": None, "end": "08:00"}
    assert blocks_of_claim({"number": 4, "schedule": [row, deadline]}) == (
        Block(0, 600, 660, 4, "10:00 send"),
        Block(4, 600, 660, 4, "10:00 send"),
        Block(1, None, 480, 4, "by 08:00 queue"),
    )
    assert blocks_of_claim(None) == ()
    start, end = "2026-11-24T10:00:00-08:00", "2026-11-24T11:00:00-08:00"
    planned = {"number": 4, "activity": "send", "day": "2026-11-24", "start": start, "end": end}
    assert blocks_of_week({"appointments": [planned, {**planned, "start": None}]}) == (
        Block(1, 600, 660, 4, "4: send"),
        Block(1, None, 660, 4, "4: send"),
    )
