"""The table of a benchmark: each row is printed when it is measured."""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.programs import Result

MEBIBYTE = 2**20


class Row(NamedTuple):
    """A line of the table: medians, their ratio, and whether that reaches the goal where there is one."""

    what: str
    ours: str = ""
    theirs: str = ""
    ratio: str = ""
    verdict: str = ""


def show(row: Row) -> None:
    """Print a row."""
    print(f"{row.what:<55} {row.ours:>10} {row.theirs:>10} {row.ratio:>7}  {row.verdict}".rstrip(), flush=True)


def show_all(*tables: Iterable[Row]) -> None:
    """Print rows, each as soon as it is there."""
    for row in itertools.chain(*tables):
        show(row)


def timed(what: str, ours: Result, theirs: Result, limit: float | None = None) -> Row:
    """A row of two programs; `limit` is the goal of their ratio."""
    ratio = ours.ratio(theirs)
    judged = "" if limit is None else verdict(ratio <= limit, f"≤ {limit}")
    judged = f"{judged} (processor {ours.processor_ratio(theirs):.2f})".strip()
    return Row(what, f"{ours.seconds:.3f} s", f"{theirs.seconds:.3f} s", f"{ratio:.2f}", judged)


def memory(result: Result) -> str:
    """The most memory that a program has held."""
    return f"{result.peak / MEBIBYTE:.0f} MiB"


def memory_goal(result: Result, most: int) -> str:
    """Whether that is within a goal in MiB."""
    return verdict(result.peak <= most * MEBIBYTE, f"≤ {most} MiB")


def verdict(reached: bool, target: str) -> str:
    """A goal, and whether it is reached."""
    return f"{target} {'reached' if reached else 'not reached'}"
