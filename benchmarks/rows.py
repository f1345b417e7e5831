"""The table of a benchmark: each row is printed when it is measured."""

import itertools
import sys
import time
from collections.abc import Iterable, Sequence
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


def progress(what: str) -> None:
    """Say on stderr what is being done, with the time of the day: the table alone goes to stdout."""
    print(f"{time.strftime('%H:%M:%S')} {what} …", file=sys.stderr, flush=True)


def show_all(*tables: Iterable[Row]) -> None:
    """Print rows, each as soon as it is there."""
    for row in itertools.chain(*tables):
        show(row)


def timed(what: str, ours: Result, theirs: Result, limit: float | None = None) -> Row:
    """A row of two programs; `limit` is the goal of their ratio."""
    ratio = ours.ratio(theirs)
    judged = f"{_goal(ratio, limit)} (processor {ours.processor_ratio(theirs):.2f})".strip()
    return Row(what, f"{ours.seconds:.3f} s", f"{theirs.seconds:.3f} s", f"{ratio:.2f}", judged)


def processor(ours: Result, theirs: Result, limit: float | None = None) -> Row:
    """The same two programs in processor time."""
    ratio = ours.processor_ratio(theirs)
    what = "  the same in processor time"
    return Row(what, f"{ours.processor:.3f} s", f"{theirs.processor:.3f} s", f"{ratio:.2f}", _goal(ratio, limit))


def spread(what: str, times: Sequence[float], limit: float) -> Row:
    """The longest of several times against the shortest."""
    ratio = max(times) / min(times)
    return Row(what, f"{max(times):.3f} s", f"{min(times):.3f} s", f"{ratio:.2f}", _goal(ratio, limit))


def _goal(ratio: float, limit: float | None) -> str:
    return "" if limit is None else verdict(ratio, limit, f"≤ {limit}")


def memory(result: Result) -> str:
    """The most memory that a program has held."""
    return f"{result.peak / MEBIBYTE:.0f} MiB"


def memory_goal(result: Result, most: int) -> str:
    """Whether that is within a goal in MiB."""
    return verdict(result.peak / MEBIBYTE, most, f"≤ {most} MiB")


def verdict(value: float, most: float, goal: str) -> str:
    """A goal, and whether it is reached, or by how much it is not."""
    return f"{goal} reached" if value <= most else f"{goal} not reached, by {value / most - 1:.0%}"
