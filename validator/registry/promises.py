"""How far the promises of a fleet reach: for each target of the mission, what the sessions on main promise of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from validator.model.normalize import fold
from validator.model.phrases import counted
from validator.model.shapes import Charter, Target
from validator.model.targets import (
    Number,
    exactly,
    format_target,
    in_its_words,
    in_period_of,
    share_of,
    vocabulary,
)
from validator.model.units import factor, is_share
from validator.registry.snapshot import Snapshot

UP, DOWN = ("gte", "gt"), ("lte", "lt")
IMPLY = {"gte": ("gt", "eq"), "lte": ("lt", "eq")}  # at the same value
LARGE = 10**15  # from here on no fraction is shown


class Reach(NamedTuple):
    """A target of the mission and the numbers that promise some of it; `promised` is None where nothing adds up.

    Shares in percent and maximums do not: there the numbers are those that promise all of it. `in_other_units` promise
    something under the same name in a unit or period that cannot be converted.
    """

    wanted: Target
    promised: int | float | None
    numbers: tuple[int, ...]
    in_other_units: tuple[int, ...]

    @property
    def text(self) -> str:
        """`MRR: 90 of 120 USD/month promised by 4 sessions`."""
        by = f"promised by {counted(len(self.numbers), 'session') if self.numbers else 'no session'}"
        if self.in_other_units:
            by += f", {len(self.in_other_units)} in another unit"
        if self.promised is None:
            return f"{format_target(self.wanted)}: {by}"
        unit = self.wanted.unit + (f"/{self.wanted.per}" if self.wanted.per else "")
        return f"{self.wanted.metric}: {self.promised} of {self.wanted.value} {unit} {by}"


def reached(snapshot: Snapshot, charter: Charter) -> Iterator[Reach]:
    """What is promised of each of the mission's targets, in its unit and period."""
    if not charter.mission.targets:
        return
    metrics, alike = vocabulary(charter), _alike(snapshot)
    for wanted in charter.mission.targets:
        whole = in_its_words(wanted, metrics)
        named = ((numbers, in_its_words(target, metrics)) for target, numbers in alike.items())
        same = [(numbers, in_period_of(one, whole)) for numbers, one in named if fold(one.metric) == fold(whole.metric)]
        others = _each(numbers for numbers, one in same if not _comparable(one, whole))
        if is_share(whole.unit) or whole.op not in UP:
            yield Reach(wanted, None, _each(numbers for numbers, one in same if _all_of(one, whole)), others)
            continue
        shares = [(numbers, share) for numbers, one in same if (share := share_of(one, whole)) is not None]
        total = sum((share * len(numbers) for numbers, share in shares), exactly(0))
        yield Reach(wanted, _whole_if_it_is(total), _each(numbers for numbers, _ in shares), others)


def _alike(snapshot: Snapshot) -> dict[Target, list[int]]:
    """Each target that is promised, with the numbers that promise it, as often as they do."""
    lists, alike = dict[int, tuple[Sequence[Target], list[int]]](), defaultdict[Target, list[int]](list)
    for claim in snapshot.claims.values():
        promises = claim.promises  # sessions with the same work have the same list: it is not compared by its content
        lists.setdefault(id(promises), (promises, []))[1].append(claim.number)
    for promises, numbers in lists.values():
        for target in promises:
            alike[target] += numbers
    return alike


def _each(numbers: Iterable[Iterable[int]]) -> tuple[int, ...]:
    return tuple(sorted({*chain.from_iterable(numbers)}))


def _comparable(one: Target, whole: Target) -> bool:
    return factor(one.unit, one.per, whole.unit, whole.per) is not None


def _all_of(one: Target, whole: Target) -> bool:
    """Whether whoever keeps one target meets the other."""
    times = factor(one.unit, one.per, whole.unit, whole.per)
    if times is None:
        return False
    value, needed = exactly(one.value) * times, exactly(whole.value)
    if value == needed:
        return one.op in (whole.op, *IMPLY.get(whole.op, ()))
    ways = UP if value > needed else DOWN
    return one.op in (*ways, "eq") and whole.op in ways


def _whole_if_it_is(total: Number) -> int | float:
    whole = int(total)
    return whole if total == whole or abs(whole) >= LARGE else float(total)
