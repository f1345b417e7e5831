"""The values that meet a target, as an interval, in whatever unit; and the charter's vocabulary of metrics."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from validator.model.normalize import fold
from validator.model.shapes import Charter, Metric, Target
from validator.model.units import factor

Number = int | float | Fraction


class Interval(NamedTuple):
    """From low to high; where it is `open`, both ends are excluded."""

    low: Number
    high: Number
    open: bool


def allowed(target: Target, times: Number = 1) -> Interval:
    """The values with which a target is met, in a unit of which `times` make the target's."""
    value = exactly(target.value) * times
    return {
        "gte": Interval(value, math.inf, False),
        "gt": Interval(value, math.inf, True),
        "lte": Interval(-math.inf, value, False),
        "lt": Interval(-math.inf, value, True),
        "eq": Interval(value, value, False),
    }[target.op]


def exactly(value: float) -> Fraction:
    """The number that was written: 0.95 is 95 hundredths, which no float is."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def vocabulary(charter: Charter | None) -> Mapping[str, Metric]:
    """The charter's metrics by each of their names, folded."""
    metrics = charter.metrics if charter else ()
    return {fold(name): metric for metric in reversed(metrics) for name in (*metric.aliases, metric.name)}


def in_its_words(target: Target, metrics: Mapping[str, Metric]) -> Target:
    """A target under the charter's name for its metric, and in the charter's period where it names none."""
    if not (metric := metrics.get(fold(target.metric))):
        return target
    return target.model_copy(update={"metric": metric.name, "per": target.per or metric.per})


def in_period_of(target: Target, whole: Target) -> Target:
    """A target as it is meant beside another one: without a period of its own, in that one's."""
    return target if target.per else target.model_copy(update={"per": whole.per})


def contradict(one: Target, other: Target) -> bool:
    """Whether no value meets both targets. Only the same metric, in units that can be converted, can be compared.

    Nor would one meet both in working time: 20 a day and at most 100 a week are a week of five days.
    """
    if fold(one.metric) != fold(other.metric):
        return False
    for working in (False, True) if one.per != other.per else (False,):
        times = factor(other.unit, other.per, one.unit, one.per, working=working)
        if times is None or not disjoint(allowed(one), allowed(other, times)):
            return False
    return True


def share_of(target: Target, whole: Target) -> Number | None:
    """What a target promises of another one that is a minimum of the same metric, in the unit and period of the other.

    None where the two are no minimums, or cannot be compared.
    """
    minimums = target.op in ("gte", "gt", "eq") and whole.op in ("gte", "gt")
    if not minimums or fold(target.metric) != fold(whole.metric):
        return None
    times = factor(target.unit, target.per, whole.unit, whole.per)
    return None if times is None else exactly(target.value) * times


def disjoint(a: Interval, b: Interval) -> bool:
    """Whether no value lies in both intervals."""
    low, high = max(a.low, b.low), min(a.high, b.high)
    return low > high or (low == high and not (_holds(a, low) and _holds(b, low)))


def _holds(interval: Interval, value: Number) -> bool:
    low, high, is_open = interval
    return low < value < high if is_open else low <= value <= high


def format_target(target: Target) -> str:
    """A target as text: `emails sent >= 17 emails/day`."""
    sign = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}[target.op]
    return f"{target.metric} {sign} {target.value} {target.unit}" + (f"/{target.per}" if target.per else "")
