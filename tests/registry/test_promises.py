"""How far the promises of a fleet reach against its mission."""

from typing import Any

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.registry.promises import reached


def target(
    value: float, unit: str = "USD", per: str | None = "month", op: str = "gte", **fields: Any
) -> dict[str, Any]:
    return {"metric": "MRR", "op": op, "value": value, "unit": unit, **({"per": per} if per else {}), **fields}


def texts(wanted: list[dict[str, Any]], *promised: list[dict[str, Any]], **fields: Any) -> list[str]:
    """What is said of a fleet whose sessions 1, 2, … have these targets."""
    claims = [claim(number, targets=targets) for number, targets in enumerate(promised, 1)]
    mission = {"statement": "Earn", **({"targets": wanted} if wanted else {})}
    found = snapshot(registry(*claims, charter=charter(mission=mission, **fields)))
    assert found.charter
    return [one.text for one in reached(found, found.charter)]


@pytest.mark.parametrize(
    ("wanted", "promised", "said"),
    [
        ([], [[target(30)]], []),
        ([target(120)], [], ["MRR: 0 of 120 USD/month promised by no session"]),
        (
            [target(120)],
            [[target(30)], [target(1, "clicks")]],
            ["MRR: 30 of 120 USD/month promised by 1 session, 1 in another unit"],
        ),
        # units and periods are converted, a session with two is one, and one without a period has the mission's
        (
            [target(120)],
            [[target(0.03, "kUSD"), target(6, per="year")], [target(60, per=None)]],
            ["MRR: 90.5 of 120 USD/month promised by 2 sessions"],
        ),
        (
            [target(10, per=None)],
            [[target(2**53 - 1, per=None)], [target(2**53 - 1, per=None)]],
            ["MRR: 18014398509481982 of 10 USD promised by 2 sessions"],
        ),
        # those who promise alike are each counted
        (
            [target(120)],
            [[target(30)], [target(30.0), target(30)], [target(5)], [target(30)]],
            ["MRR: 125 of 120 USD/month promised by 4 sessions"],
        ),
        # shares and maximums do not add up
        (
            [target(30, "percent", None)],
            [[target(20, "percent", None)], [target(0.3, "ratio", None)], [target(40, "%", None, "eq")]],
            ["MRR >= 30 percent: promised by 2 sessions"],
        ),
        (
            [target(2, "hours", None, "lte")],
            [[target(120, "minutes", None, "lt")], [target(3, "hours", None, "lte")], [target(1, "hour", None)]],
            ["MRR <= 2 hours: promised by 1 session"],
        ),
        (
            [target(2, "hours", None, "eq")],
            [[target(2, "USD", None, "eq")]],
            ["MRR = 2 hours: promised by no session, 1 in another unit"],
        ),
    ],
)  # fmt: skip
def test_what_is_promised_of_the_mission(
    wanted: list[dict[str, Any]], promised: list[list[dict[str, Any]]], said: list[str]
) -> None:
    assert texts(wanted, *promised) == said


def test_names_of_one_metric_are_added_up() -> None:
    metrics = [{"name": "MRR", "unit": "USD", "per": "month", "aliases": ["monthly revenue"]}]
    other = target(40, per=None, metric="monthly revenue")
    assert texts([target(120)], [target(30)], [other], metrics=metrics) == [
        "MRR: 70 of 120 USD/month promised by 2 sessions"
    ]
