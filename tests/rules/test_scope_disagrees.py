"""Which units count a work: the table of pairs, and works that are called by what is done."""

from typing import Any

import pytest

from tests.model.unit_pairs import DIFFERENT, SAME, UNCLEAR
from tests.snapshots import charter, claim, registry, snapshot
from validator.model.units import is_measure
from validator.rules import scope_disagrees


def warned(name: str, *units: str, last: int = 16, **plan: Any) -> list[str]:
    """What is said of a session with `name 1-16` that promises 25 of each unit a day."""
    targets = [{"metric": unit, "op": "gte", "value": 25, "unit": unit, "per": "day"} for unit in units]
    scope = [{"work": name, "first": 1, "last": last}]
    found = snapshot(registry(claim(1, goal="Do 25", targets=targets, scope=scope), charter=charter(**plan)))
    return [problem.message for problem in scope_disagrees.check(found, found)]


def test_only_the_same_unit_is_compared_with_the_size_of_a_work() -> None:
    silent = [(one, other) for one, other in SAME if not warned(one, other) and not is_measure(other)]
    assert silent == []
    things = [pair for pair in (*DIFFERENT, *UNCLEAR) if pair[0].endswith("s")]
    assert len(things) > 15
    assert [(one, other) for one, other in things if warned(one, other)] == []
    assert [one for one in ("$", "A$", "kr", "₹", "zł", "k₹", "%", "hours") if warned("outreach", one)] == []


@pytest.mark.parametrize(
    ("work", "units", "said"),
    [
        ("outreach", ["emails"], True),
        ("prospect research", ["prospects"], True),
        ("outreach", ["emails", "calls"], False),  # which of them counts it?
        ("outreach", ["emails", "e-mail"], True),
        ("patient letter", ["letters"], False),
        ("letter", ["patient letters"], False),
        ("order line", ["orders"], True),
    ],
)
def test_work_that_is_called_by_what_is_done(work: str, units: list[str], said: bool) -> None:
    assert bool(warned(work, *units)) == said


def test_work_that_the_charter_does_not_have_is_left_to_its_own_rule() -> None:
    plan = [{"name": "outreach", "first": 1, "last": 50}]
    assert warned("outreach", "emails", work=plan)
    assert warned("outreach", "emails", last=25, work=plan) == []
    assert warned("outreich", "emails", work=plan) == []
    assert warned("outreach", "emails", last=60, work=plan) == []
