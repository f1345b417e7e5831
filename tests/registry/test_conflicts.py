"""Conflicts on main, without a repository; tests/cli/test_conflicts.py runs the verb."""

from typing import Any

from tests.snapshots import charter, claim, registry, snapshot
from validator.model.layout import CHARTER
from validator.registry.conflicts import Conflict, conflicts, uneven_work
from validator.registry.consensus.phases import assess

LIMIT = {"metric": "bounce rate", "op": "lte", "value": 2, "unit": "percent"}
LETTERS = {"name": "letters", "first": 1, "last": 9}


def promise(value: int, **fields: Any) -> dict[str, Any]:
    return {"metric": "letters answered", "op": "gte", "value": value, "unit": "letters", "per": "day", **fields}


def found(files: dict[str, str]) -> tuple[Conflict, ...]:
    whole = snapshot(files)
    assert whole.charter
    return conflicts(whole, whole.charter)


def adding_up(files: dict[str, str]) -> list[tuple[tuple[int, ...], str]]:
    whole = snapshot(files)
    assert whole.charter
    return [(one.numbers, one.message) for one in uneven_work(whole, whole.charter)]


def share(number: int, first: int, last: int, *targets: dict[str, Any]) -> str:
    return claim(number, scope=[{"work": "letters", "first": first, "last": last}], targets=targets)


def test_target_that_contradicts_the_mission() -> None:
    mission = charter(mission={"statement": "Send 51 emails a day", "targets": [LIMIT]})
    files = registry(claim(1), claim(2, targets=[{**LIMIT, "op": "gte", "value": 5}])) | {CHARTER: mission}
    assert found(files) == (
        Conflict(
            "goal",
            (2,),
            'number 2 promises "bounce rate >= 5 percent", and the mission "bounce rate <= 2 percent"',
            "align the target with the mission of the charter",
        ),
    )
    assert found(registry(claim(1), claim(2, targets=[LIMIT])) | {CHARTER: mission}) == ()


def test_alignment_is_not_whole_beside_a_conflict_of_a_number_that_the_fleet_does_not_have() -> None:
    """Such as one that is left after the charter has become smaller."""
    mission = charter(capacity=1, mission={"statement": "Send 51 emails a day", "targets": [LIMIT]})
    left = snapshot(registry(claim(1), claim(2, targets=[{**LIMIT, "op": "gte", "value": 5}]), charter=mission))
    assert left.charter
    state = assess(left, left.charter)
    assert [one.numbers for one in state.conflicts] == [(2,)]
    assert state.metrics.alignment == 99


def test_the_first_registration_on_main_keeps_what_two_claims_share() -> None:
    files = registry(claim(1), claim(2, session_id="outreach-1"), claim(3, role="Outreach AI - Batch 1"))
    whole = snapshot(files, *(f"registry/sessions/{number:02}.yaml" for number in (3, 2, 1)))
    assert whole.charter
    told = conflicts(whole, whole.charter)
    assert [(one.kind, one.numbers) for one in told] == [("role", (3, 1)), ("session", (2, 1))]
    assert "number 1 names a role of its own" in told[0].help
    assert "registry release 1 --reason" in told[1].help


def test_targets_that_do_not_add_up_to_the_work() -> None:
    divided = {CHARTER: charter(work=[LETTERS])}
    two = registry(share(1, 1, 5, promise(5)), share(2, 6, 9, promise(5)))
    assert adding_up(two | divided) == [
        ((1, 2), "letters: 1, 2 promise 5 + 5 = 10 letters/day, and the work holds 9"),
    ]
    right = registry(share(1, 1, 5, promise(5)), share(2, 6, 9, promise(4)))
    assert adding_up(right | divided) == []


def test_only_counts_that_all_sessions_promise_are_added_up() -> None:
    """A limit, a ratio, a second target of the same unit and what but one of them promises say nothing of the sum."""
    divided = {CHARTER: charter(work=[LETTERS])}
    limit, ratio = promise(1, op="lte"), promise(95, unit="percent")
    first = share(1, 1, 5, promise(5), promise(7, metric="letters read"), limit, ratio)
    assert adding_up(registry(first, share(2, 6, 9, promise(4), ratio)) | divided) == []
    assert adding_up(registry(first, share(2, 6, 9, limit, ratio)) | divided) == []
    assert adding_up(registry(first) | divided) == []
