"""Sorted columns of numbers: which claims have a value, and which have a range that meets another."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate, compress, islice

from validator.registry.index.traits import Span

_HALF = 32  # bits: a claim's number has fewer


class Values:
    """Which claims have a value; both sorted by the values."""

    def __init__(self, values: Iterable[int] = (), numbers: Iterable[int] = ()) -> None:
        self.values, self.numbers = array("Q", values), array("I", numbers)

    def in_order(self) -> "Values":
        """The same rows, sorted."""
        joined = sorted(value << _HALF | number for value, number in zip(self.values, self.numbers, strict=True))
        return Values((one >> _HALF for one in joined), (one & (1 << _HALF) - 1 for one in joined))

    def find(self, value: int) -> list[int]:
        """The numbers of the claims that have a value."""
        at = bisect_left(self.values, value)
        return list(self.numbers[at : bisect_right(self.values, value, at)])

    def shared(self) -> Iterator[int]:
        """The numbers of all claims that have a value of another claim's."""
        for at in range(1, len(self.values)):
            if self.values[at] == self.values[at - 1] and self.numbers[at] != self.numbers[at - 1]:
                yield from (self.numbers[at - 1], self.numbers[at])

    def add(self, value: int, number: int) -> None:
        """Add a row."""
        at = bisect_right(self.values, value)
        self.values.insert(at, value)
        self.numbers.insert(at, number)

    def remove(self, value: int, number: int) -> None:
        """Take a row out; nothing happens where there is none."""
        at = bisect_left(self.values, value)
        while at < len(self.values) and self.values[at] == value:
            if self.numbers[at] == number:
                del self.values[at], self.numbers[at]
                return
            at += 1


class Spans:
    """The ranges of one piece of work, sorted by where they begin; `longest` is how far one reaches beyond that."""

    def __init__(
        self, work: str, firsts: Iterable[int] = (), lasts: Iterable[int] = (), numbers: Iterable[int] = ()
    ) -> None:
        self.work = work
        self.firsts, self.lasts, self.numbers = array("q", firsts), array("q", lasts), array("I", numbers)
        self.longest = 0
        self.measure()

    def measure(self) -> None:
        """Note how far the longest range reaches."""
        self.longest = max(map(int.__sub__, self.lasts, self.firsts), default=0)

    def extend(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Add many ranges as (first, last, number)."""
        ordered = sorted([*zip(self.firsts, self.lasts, self.numbers, strict=True), *rows])
        for at, column in enumerate((self.firsts, self.lasts, self.numbers)):
            column[:] = array(column.typecode, (row[at] for row in ordered))
        self.measure()

    def find(self, first: int, last: int) -> list[int]:
        """The numbers of the claims that have something of a range."""
        start = bisect_left(self.firsts, first - self.longest)
        end = bisect_right(self.firsts, last, start)
        return [self.numbers[at] for at in range(start, end) if self.lasts[at] >= first]

    def shared(self) -> Iterator[int]:
        """The numbers of all claims that have something of another claim's."""
        reached, owner = -math.inf, 0
        for first, last, number in zip(self.firsts, self.lasts, self.numbers, strict=True):
            if first <= reached and number != owner:
                yield from (owner, number)
            if last > reached:
                reached, owner = last, number

    def add(self, span: Span, number: int) -> None:
        """Add a range."""
        at = bisect_right(self.firsts, span.first)
        for column, value in ((self.firsts, span.first), (self.lasts, span.last), (self.numbers, number)):
            column.insert(at, value)
        self.longest = max(self.longest, span.last - span.first)

    def remove(self, span: Span, number: int) -> None:
        """Take a range out; nothing happens where there is none."""
        start = bisect_left(self.firsts, span.first)
        for at in range(start, bisect_right(self.firsts, span.first, start)):
            if (self.lasts[at], self.numbers[at]) == (span.last, number):
                del self.firsts[at], self.lasts[at], self.numbers[at]
                return

    def joined(self, without: Collection[int]) -> Iterator[Span]:
        """The ranges of the other claims; what is beside each other or shared is joined."""
        kept = [number not in without for number in self.numbers]
        firsts, lasts = array("q", compress(self.firsts, kept)), array("q", compress(self.lasts, kept))
        reached = array("q", accumulate(lasts, max))
        ends = [
            at
            for at, (last, first) in enumerate(zip(reached, islice(firsts, 1, None), strict=False))
            if first > last + 1
        ]
        for start, end in zip([0, *(at + 1 for at in ends)], [*ends, len(firsts) - 1], strict=True):
            if firsts:
                yield Span(self.work, firsts[start], reached[end])
