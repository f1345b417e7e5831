"""A table of thousands of rows, with the look of rich's, which measures each cell many times."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console as Terminal

GAP = 2  # columns between two cells


def widths_of(rows: Sequence[Sequence[str]], flexible: Sequence[bool], room: int) -> list[int]:
    """How wide each column is: as its longest cell, where `flexible` ones can give the others room."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
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
    from rich.cells import cell_len

    for row in rows:
        cells = [_wrapped(cell, width, terminal) for cell, width in zip(row, widths, strict=True)]
        for number, state, *others in zip_longest(*cells, fillvalue=""):
            rest = [part + " " * (width - cell_len(part)) for part, width in zip(others, widths[2:], strict=True)]
            coloured = states.get(state, state) + " " * (widths[1] - len(state))
            yield (" " * GAP).join((number.rjust(widths[0]), coloured, *rest)).rstrip()


def _wrapped(cell: str, width: int, terminal: "Terminal") -> list[str]:
    if cell.isascii() and len(cell) <= width:
        return [cell]
    if cell.isascii() and max(map(len, cell.split()), default=0) <= width:
        return textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False)
    from rich.text import Text

    return [line.plain.rstrip() for line in Text(cell).wrap(terminal, width, overflow="fold")]
