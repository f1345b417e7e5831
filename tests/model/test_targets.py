"""What targets allow, and which of them contradict each other."""

import itertools

import pytest

from validator.model.shapes import Op, Period, Target
from validator.model.targets import allowed, contradict, format_target, share_of

OPS: tuple[Op, ...] = ("gte", "gt", "lte", "lt", "eq")


def target(op: Op, value: float, metric: str = "mails", unit: str = "mails", per: Period | None = "day") -> Target:
    return Target(metric=metric, op=op, value=value, unit=unit, per=per)


def meets(number: float, wanted: Target) -> bool:
    low, high, is_open = allowed(wanted)
    return low < number < high if is_open else low <= number <= high


@pytest.mark.parametrize(
    ("op", "met"), [("gte", (5, 6)), ("gt", (6,)), ("lte", (4, 5)), ("lt", (4,)), ("eq", (5,))], ids=OPS
)
def test_allowed_values(op: Op, met: tuple[int, ...]) -> None:
    assert tuple(number for number in (4, 5, 6) if meets(number, target(op, 5))) == met


@pytest.mark.parametrize(("one", "other"), list(itertools.product(OPS, OPS)))
@pytest.mark.parametrize("value", [4, 5, 6])
def test_targets_contradict_if_no_value_satisfies_both(one: Op, other: Op, value: int) -> None:
    a, b = target(one, 5), target(other, value)
    both = [number for number in (-99, 4, 4.5, 5, 5.5, 6, 99) if meets(number, a) and meets(number, b)]
    assert contradict(a, b) is contradict(b, a) is (not both)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (target("lt", 5, metric="MAILS"), True),
        (target("lt", 5, unit="Ma-ils"), True),
        (target("lt", 5, metric="replies"), False),
        (target("lt", 5, unit="replies"), False),
        (target("lt", 5, unit="mail"), True),
        (target("lt", 25, per="week"), True),
        (target("lt", 26, per="week"), False),  # 5 a day are 25 in a week of five days
        (target("lt", 1, per="hour"), False),
        (target("lt", 5, per=None), False),
    ],
)
def test_only_the_same_metric_in_units_that_convert_contradicts(other: Target, same: bool) -> None:
    assert contradict(target("gte", 5), other) is same


@pytest.mark.parametrize(
    ("op", "sentence"),
    [
        ("gte", "mails >= 5 mails/day"),
        ("gt", "mails > 5 mails/day"),
        ("lte", "mails <= 5 mails/day"),
        ("lt", "mails < 5 mails/day"),
        ("eq", "mails = 5 mails/day"),
    ],
)
def test_targets_are_formatted_with_their_operator(op: Op, sentence: str) -> None:
    assert format_target(target(op, 5)) == sentence


def test_a_level_has_no_period() -> None:
    assert (
        format_target(target("gte", 99.5, metric="delivery rate", unit="percent", per=None))
        == "delivery rate >= 99.5 percent"
    )


@pytest.mark.parametrize(
    ("one", "share"),
    [
        (target("gte", 3), 3),
        (target("eq", 3, metric="MAILS"), 3),
        (target("gt", 14, per="week"), 2),
        (target("lte", 3), None),
        (target("gte", 3, metric="replies"), None),
        (target("gte", 3, unit="replies"), None),
    ],
)
def test_the_share_of_a_minimum_is_in_its_unit_and_period(one: Target, share: int | None) -> None:
    assert share_of(one, target("gte", 5)) == share
    assert share_of(one, target("lte", 5)) is None
