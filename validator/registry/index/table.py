"""The index of the claims of one tree: which of them a change can meet, and which are judged with any change.

It holds no verdict and no finding. `always` are the claims of which a rule says something on main as it is, those that
share something already, and those that a rule of the whole registry adds up: they are read and judged each time.
`waiting` are those that do not count as registered.
"""

import functools
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from validator.model.normalize import fold
from validator.model.shapes import RangePart, SegmentPart
from validator.registry.index.columns import Spans, Values
from validator.registry.index.traits import Traits

Segments = tuple[tuple[str, tuple[str, ...]], ...]
_same_work = functools.lru_cache(maxsize=1_000)(fold)  # two spellings of a piece of work


class Index:
    """The claims of one tree, by their numbers and by what they are compared by."""

    def __init__(self) -> None:
        self.numbers, self.moments = array("I"), array("q")  # ascending numbers
        self.keys, self.near = Values(), Values()
        self.spans = dict[str, Spans]()
        self.segments = dict[int, Segments]()
        self.always, self.waiting = set[int](), set[int]()

    @classmethod
    def of(cls, claims: Iterable[tuple[int, Traits]], always: Iterable[int] = ()) -> "Index":
        """The index of all claims, given by ascending numbers."""
        index, keys, near = cls(), Values(), Values()
        spans = defaultdict[str, list[tuple[int, int, int]]](list)
        for number, one in claims:
            index._note(number, one)
            for columns, values in ((keys, one.keys), (near, one.near)):
                columns.values.extend(values)
                columns.numbers.extend([number] * len(values))
            for span in one.spans:
                spans[span.work].append((span.first, span.last, number))
        index.keys, index.near = keys.in_order(), near.in_order()
        for work, rows in spans.items():
            index.spans.setdefault(_same_work(work), Spans(work)).extend(rows)
        index.always |= {*always, *index.keys.shared(), *(n for one in index.spans.values() for n in one.shared())}
        return index

    def add(self, number: int, one: Traits, *, quiet: bool) -> None:
        """Add a claim. It is judged with any change unless it is `quiet`, and so is who shares something with it."""
        self._note(number, one)
        others = self.meeting(one)
        self.always |= {number, *others} if others or not quiet else set()
        for columns, values in ((self.keys, one.keys), (self.near, one.near)):
            for value in values:
                columns.add(value, number)
        for span in one.spans:
            self.spans.setdefault(_same_work(span.work), Spans(span.work)).add(span, number)

    def remove(self, number: int, one: Traits) -> None:
        """Take a claim out, as it was added."""
        at = bisect_left(self.numbers, number)
        del self.numbers[at], self.moments[at]
        self.segments.pop(number, None)
        self.always.discard(number)
        self.waiting.discard(number)
        for columns, values in ((self.keys, one.keys), (self.near, one.near)):
            for value in values:
                columns.remove(value, number)
        for span in one.spans:
            self.spans[_same_work(span.work)].remove(span, number)

    def meeting(self, one: Traits) -> set[int]:
        """The claims that share something with a claim that must be unique."""
        spans = ((self.spans.get(_same_work(span.work)), span) for span in one.spans)
        found = (number for rows, span in spans if rows for number in rows.find(span.first, span.last))
        return {*found, *(number for key in one.keys for number in self.keys.find(key))}

    def alike(self, one: Traits) -> set[int]:
        """The claims with a name that may be easily confused with a claim's."""
        return {number for key in one.near for number in self.near.find(key)}

    def later_than(self, time: int) -> set[int]:
        """The claims whose time stamp is later than this."""
        if max(self.moments, default=-1) <= time:
            return set()
        return {number for number, then in zip(self.numbers, self.moments, strict=True) if then > time}

    def parts(self, without: Collection[int]) -> Iterator[RangePart | SegmentPart]:
        """What the other claims have of the charter's work; ranges are joined."""
        for spans in self.spans.values():
            for work, first, last in spans.joined(without):
                yield RangePart(work=work, first=first, last=last)
        for number, segments in self.segments.items():
            if number not in without:
                yield from (SegmentPart(work=work, segments=names) for work, names in segments)

    def _note(self, number: int, one: Traits) -> None:
        at = bisect_left(self.numbers, number)
        self.numbers.insert(at, number)
        self.moments.insert(at, one.moment)
        if one.segments:
            self.segments[number] = one.segments
        if one.huge:
            self.always.add(number)  # its ranges are longer than the index says
