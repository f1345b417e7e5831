"""The values that meet a target, as an interval."""

import math
from typing import NamedTuple

from validator.model.normalize import fold
from validator.model.shapes import Target


class Interval(NamedTuple):
    """From low to high; where it is `open`, both ends are excluded."""

    low: float
    high: float
    open: bool


def allowed(target: Target) -> Interval:
    """The values with which a target is met."""
    value = target.value
    return {
        "gte": Interval(value, math.inf, False),
        "gt": Interval(value, math.inf, True),
        "lte": Interval(-math.inf, value, False),
        "lt": Interval(-math.inf, value, True),
        "eq": Interval(value, value, False),
    }[target.op]


def contradict(one: Target, other: Target) -> bool:
    """Whether no value meets both targets. Only the same metric, unit and period can contradict each other."""
    if (fold(one.metric), fold(one.unit), one.per) != (fold(other.metric), fold(other.unit), other.per):
        return False
    a, b = allowed(one), allowed(other)
    low, high = max(a.low, b.low), min(a.high, b.high)
    return low > high or (low == high and not (_holds(a, low) and _holds(b, low)))


def _holds(interval: Interval, value: float) -> bool:
    low, high, is_open = interval
    return low < value < high if is_open else low <= value <= high


def format_target(target: Target) -> str:
    """A target as text: `emails sent >= 17 emails/day`."""
    sign = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}[target.op]
    return f"{target.metric} {sign} {target.value} {target.unit}" + (f"/{target.per}" if target.per else "")
