"""What is left of a piece of work, for every order and overlap of shares."""

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.model.shapes import RangePart, RangeWork, SegmentPart, SegmentWork
from validator.registry.workload import left_over, size_of, split, sums

WORK = RangeWork(name="outreach", first=1, last=50)


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], "outreach 1-50"),
        ([(1, 50)], None),
        ([(1, 20), (21, 50)], None),
        ([(21, 50), (1, 19)], "outreach 20"),
        ([(1, 50), (10, 20)], None),  # one within the other
        ([(1, 30), (5, 10), (31, 50)], None),
        ([(1, 30), (5, 10), (15, 20), (41, 50)], "outreach 31-40"),
        ([(1, 30), (20, 40)], "outreach 41-50"),
        ([(-5, 3), (48, 60)], "outreach 4-47"),
        ([(60, 70)], "outreach 1-50"),
    ],
)
def test_work_that_is_left_over(taken: list[tuple[int, int]], left: str | None) -> None:
    parts = [RangePart(work="outreach", first=first, last=last) for first, last in taken]
    assert left_over(WORK, parts) == left


def promising(number: int, *targets: tuple[float, str, str], first: int) -> str:
    return claim(
        number,
        goal="Send emails",
        targets=[
            {"metric": "emails sent", "op": "gte", "value": value, "unit": unit, "per": per}
            for value, unit, per in targets
        ],
        scope=[{"work": "outreach", "first": first, "last": first + 16}],
    )


@pytest.mark.parametrize(
    ("second", "promised"),
    [
        ([(16, "emails", "day")], [(1, 17), (2, 16)]),
        ([(16, "E-mail", "day")], [(1, 17), (2, 16)]),
        ([(1, "email", "hour")], [(1, 17), (2, 24)]),
        ([(3.5, "emails", "week")], [(1, 17), (2, 0.5)]),
        ([(5, "calls", "day"), (14, "emails/week", "week"), (9, "emails", "day")], [(1, 17), (2, 2)]),
        ([(5, "calls", "day")], None),
        ([(5, "hours", "day")], None),
    ],
)
def test_promises_are_added_up_in_one_unit(
    second: list[tuple[float, str, str]], promised: list[tuple[int, float]] | None
) -> None:
    head = snapshot(
        registry(
            promising(1, (17, "emails", "day"), (2, "hours", "day"), first=1),
            promising(2, *second, first=18),
            charter=charter(work=[{"name": "outreach", "first": 1, "last": 50}]),
        )
    )
    assert head.charter
    found = list(sums(head, head.charter))
    assert [(one.unit, list(one.promised)) for one in found] == ([("emails/day", promised)] if promised else [])


@pytest.mark.parametrize(("work", "units"), [("emails", ["emails/day"]), ("mailboxes", [])])
def test_a_work_that_is_called_by_its_things_is_summed_up_in_these_alone(work: str, units: list[str]) -> None:
    claims = [promising(number, (17, "emails", "day"), first=first) for number, first in ((1, 1), (2, 18))]
    divided = charter(work=[{"name": work, "first": 1, "last": 50}])
    head = snapshot(registry(*(text.replace('"outreach"', f'"{work}"') for text in claims), charter=divided))
    assert head.charter
    assert [one.unit for one in sums(head, head.charter)] == units


@pytest.mark.parametrize(
    ("sessions", "ends"),
    [(1, [(1, 50)]), (3, [(1, 17), (18, 34), (35, 50)]), (50, [(at, at) for at in range(1, 51)])],
)
def test_a_range_is_divided_evenly_and_the_first_take_what_remains(sessions: int, ends: list[tuple[int, int]]) -> None:
    assert size_of(WORK) == 50
    assert split(WORK, sessions) == tuple(RangePart(work="outreach", first=first, last=last) for first, last in ends)


def test_segments_are_divided_in_their_own_order() -> None:
    work = SegmentWork(name="replies", segments=("urgent", "large", "small"))
    assert size_of(work) == 3
    assert split(work, 2) == (
        SegmentPart(work="replies", segments=("urgent", "large")),
        SegmentPart(work="replies", segments=("small",)),
    )
