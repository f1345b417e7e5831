"""Where to draw what: the bars of divided work and the blocks of a week, as plain numbers for a template."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from validator.hosts.site.documents import Json
from validator.registry.schedule import DAYS

MOST_DRAWN = 200  # parts of a piece of work, or blocks of a week; more would be no picture
WIDTH = 1000  # of a bar, in the units of its picture
_DAY_WIDTH, _HOUR_HEIGHT = 140, 26
_MINUTES = 24 * 60


class Box(NamedTuple):
    """A rectangle, what it says, and the number that it belongs to (None: nobody has it)."""

    x: float
    y: float
    width: float
    height: float
    label: str
    number: int | None
    title: str


class Picture(NamedTuple):
    """Boxes in a picture of this size; `marks` are the hours at the left, with their height."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    marks: tuple[tuple[float, str], ...] = ()


class Block(NamedTuple):
    """A part of a day that a session works, in minutes since midnight; `start` None for a deadline."""

    day: int
    start: int | None
    end: int
    number: int
    text: str


Piece = tuple[int, int, int, Block]  # (day, begin, end, block): a block within one day


def work_picture(work: Json) -> Picture | None:
    """A bar of the whole work with a box for each part, in rows so that none covers another; None for too many."""
    parts = work["parts"]
    pieces = list(work["segments"])
    if len(parts) > MOST_DRAWN or len(pieces) > MOST_DRAWN:
        return None
    first = 0 if pieces else int(work["first"])
    whole = len(pieces) if pieces else max(1, int(work["last"]) - first + 1)
    spans = sorted(_spans(parts, pieces, first, whole), key=lambda span: (span[0], span[1], span[2]))
    rows = _rows([(begin, end) for begin, end, *_ in spans])
    boxes = [_bar_box(span, row, whole) for span, row in zip(spans, rows, strict=True)]
    taken = [(begin, end) for begin, end, *_ in spans]
    gaps = [_bar_box((begin, end, None, "nobody"), 0, whole) for begin, end in _gaps(taken, whole)]
    return Picture(WIDTH, 44 * (1 + max(rows, default=0)), (*boxes, *gaps))


def _spans(
    parts: Iterable[Json], pieces: Sequence[str], first: int, whole: int
) -> Iterable[tuple[float, float, int | None, str]]:
    """Each part as (begin, end, number, what), in pieces of work from the left, within the work."""
    for part in parts:
        if pieces:
            for name in part["segments"]:
                at = [place for place, piece in enumerate(pieces) if piece.casefold() == name.casefold()]
                yield from ((place, place + 1, part["number"], name) for place in at[:1])
        elif part["first"] is not None:
            begin, end = max(0, part["first"] - first), min(whole, part["last"] - first + 1)
            if begin < end:
                yield begin, end, part["number"], f"{part['first']}-{part['last']}"


def _rows(spans: Sequence[tuple[float, float]]) -> list[int]:
    """The row of each span, sorted by begin: the first in which nothing is in its way."""
    free, rows = list[float](), list[int]()
    for begin, end in spans:
        row = next((at for at, until in enumerate(free) if until <= begin), len(free))
        free[row : row + 1] = [end]
        rows.append(row)
    return rows


def _gaps(taken: Sequence[tuple[float, float]], whole: int) -> Iterable[tuple[float, float]]:
    reached = 0.0
    for begin, end in [*taken, (whole, whole)]:
        if begin > reached:
            yield reached, begin
        reached = max(reached, end)


def _bar_box(span: tuple[float, float, int | None, str], row: int, whole: int) -> Box:
    begin, end, number, what = span
    x, width = WIDTH * begin / whole, WIDTH * (end - begin) / whole
    label = f"{number}" if number is not None and width >= 24 else ""
    label = f"{number}: {what}" if number is not None and width >= 40 + 9 * len(what) else label
    holder = "nobody" if number is None else f"number {number}"
    return Box(round(x, 2), 44 * row, round(width, 2), 40, label, number, f"{what}: {holder}" if number else "nobody")


def week_picture(blocks: Sequence[Block]) -> Picture | None:
    """Seven columns with a box for each block, side by side where they overlap; None for none, or too many."""
    if not 0 < len(blocks) <= MOST_DRAWN:
        return None
    pieces = [piece for block in blocks for piece in _within_days(block)]
    top = min(begin for _, begin, _, _ in pieces) // 60
    bottom = max(-(-_drawn_end(begin, end) // 60) for _, begin, end, _ in pieces)
    boxes = list[Box]()
    for day in range(7):
        of_day = sorted(
            (piece for piece in pieces if piece[0] == day), key=lambda piece: (piece[1], piece[2], piece[3])
        )
        for group in _groups(of_day):
            lanes = _rows([(begin, _drawn_end(begin, end)) for _, begin, end, _ in group])
            boxes += [_week_box(one, lane, 1 + max(lanes), top * 60) for one, lane in zip(group, lanes, strict=True)]
    marks = tuple((24 + (hour - top) * _HOUR_HEIGHT, f"{hour:02}:00") for hour in range(top, bottom + 1))
    return Picture(60 + 7 * _DAY_WIDTH, 34 + (bottom - top) * _HOUR_HEIGHT, tuple(boxes), marks)


def _groups(pieces: Sequence[Piece]) -> Iterable[list[Piece]]:
    """The pieces of a day in groups that overlap, so that only those share the width of the day."""
    group, reached = list[Piece](), 0
    for piece in pieces:
        if group and piece[1] >= reached:
            yield group
            group = []
        group.append(piece)
        reached = max(reached, _drawn_end(piece[1], piece[2]))
    if group:
        yield group


def _drawn_end(begin: int, end: int) -> int:
    """Where the box of a piece ends: a deadline takes as much as its text needs."""
    return max(end, begin + 35)


def _within_days(block: Block) -> Iterable[Piece]:
    """A block cut at midnight, as (day, begin, end, block); a deadline begins and ends at its minute."""
    if block.start is None:
        yield block.day, block.end, block.end, block
    elif block.end > block.start:
        yield block.day, block.start, block.end, block
    else:
        yield block.day, block.start, _MINUTES, block
        if block.end:
            yield (block.day + 1) % 7, 0, block.end, block


def _week_box(piece: Piece, lane: int, lanes: int, top: int) -> Box:
    day, begin, end, block = piece
    width = (_DAY_WIDTH - 6) / lanes
    height = max((end - begin) * _HOUR_HEIGHT / 60, 14)
    fits = max(0, int((width - 8) / 6.2))
    text = block.text if len(block.text) <= fits else f"{block.text[: max(0, fits - 1)]}…"
    y = 24 + (begin - top) * _HOUR_HEIGHT / 60
    x = 60 + day * _DAY_WIDTH + lane * width
    label = text if fits > 4 else str(block.number) if fits else ""
    return Box(round(x, 2), round(y, 2), round(width - 2, 2), round(height - 1, 2), label, block.number, block.text)


def blocks_of_claim(claim: Json | None) -> tuple[Block, ...]:
    """The week that a claim states, whatever the date."""
    rows = claim["schedule"] if claim else ()
    return tuple(_claimed(row, day, claim or {}) for row in rows for day in dict.fromkeys(row["days"]))


def blocks_of_week(schedule: Json) -> tuple[Block, ...]:
    """The appointments of a week, by the local time of each; of too many to be drawn only so many as show that."""
    rows = islice(schedule["appointments"], MOST_DRAWN + 1)
    return tuple(_planned(row, date.fromisoformat(row["day"]).weekday()) for row in rows)


def _claimed(row: Mapping[str, Any], day: str, claim: Json) -> Block:
    start = _minutes(row["start"]) if row["start"] else None
    by = "" if row["start"] else "by "
    at = DAYS.index(day)
    return Block(
        at, start, _minutes(row["end"]), int(claim["number"]), f"{by}{row['start'] or row['end']} {row['activity']}"
    )


def _planned(row: Mapping[str, Any], day: int) -> Block:
    start, end = row["start"] and row["start"][11:16], row["end"][11:16]
    text = f"{row['number']}: {row['activity']}"
    return Block(day, _minutes(start) if start else None, _minutes(end), int(row["number"]), text)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)
