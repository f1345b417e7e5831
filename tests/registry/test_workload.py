"""What is left of a piece of work, whoever shares it and however the shares lie."""

import pytest

from validator.model.shapes import RangePart, RangeWork
from validator.registry.workload import left_over

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
