"""A table of thousands of rows, with the look of rich's, which measures each cell many times."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console as Terminal

GAP = 2  # columns between two cells


def widths_of(rows: Sequence[Sequence[str]], flexible: Sequence[bool], room: int) -> list[int]:
    """How wide each column is: as its longest cell, where `flexible` ones can give the others room."""
    widths = list(map(_widest, zip(*rows, strict=True)))
    left = room - GAP * (len(widths) - 1) - sum(width for width, soft in zip(widths, flexible, strict=True) if not soft)
    soft = sorted((at for at, one in enumerate(flexible) if one), key=lambda at: widths[at])
    for many, at in zip(range(len(soft), 0, -1), soft, strict=True):
        widths[at] = max(1, min(widths[at], left // many))
        left -= widths[at]
    return widths


def lines_of(
    rows: Sequence[Sequence[str]], widths: Sequence[int], states: Mapping[str, str], terminal: "Terminal"
) -> Iterator[str]:
    """The rows; a cell that is too long takes several lines. `states` are the texts of the second column in colour."""
    first, second, *others = widths
    # Written by a format, a line takes a third of the time; but Python counts letters, not the columns that they take.
    plain = (" " * GAP).join((f"{{:>{first}}}", "{}", *(f"{{:<{width}}}" for width in others))).format
    wide = (" " * GAP).join((f"{{:>{first}}}", *["{}"] * (len(widths) - 1))).format
    coloured = {state: text + " " * (second - len(state)) for state, text in states.items()}
    for row in rows:
        cells = [_wrapped(cell, width, terminal) for cell, width in zip(row, widths, strict=True)]
        is_plain = all(map(str.isascii, row))
        for number, state, *parts in zip_longest(*cells, fillvalue=""):
            told = coloured.get(state) or state.ljust(second)
            line = plain(number, told, *parts) if is_plain else wide(number, told, *_padded(parts, others))
            yield line.rstrip()


def _widest(column: Sequence[str]) -> int:
    if all(map(str.isascii, column)):
        return max(map(len, column))
    from rich.cells import cell_len

    return max(map(cell_len, column))


def _padded(parts: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Each part, which may have letters of two columns, with as many spaces as its column has room for."""
    from rich.cells import cell_len

    return [part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True)]


def _wrapped(cell: str, width: int, terminal: "Terminal") -> list[str]:
    if cell.isascii():
        if len(cell) <= width:
            return [cell]
        if max(map(len, cell.split(" "))) <= width:
            return list(_lines(cell, width))
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(cell).wrap(terminal, width, overflow="fold")]


def _lines(text: str, width: int) -> Iterator[str]:
    """Words, none of which is longer, in lines, as `textwrap` does, which takes ten times as long."""
    while len(text) > width:
        end = text.rfind(" ", 0, width + 1)
        if line := text[:end].rstrip(" "):
            yield line
        text = text[end:].lstrip(" ")
    if text:
        yield text.rstrip(" ")
