"""Work that nobody took, who can take it with which command, and what will be missing."""

from typing import Any

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.registry.conflicts import conflicts
from validator.registry.consensus.phases import assess
from validator.registry.gaps import NO_SCHEDULE, gaps, missing
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

WORK = [{"name": "outreach", "first": 1, "last": 50}, {"name": "replies", "segments": ["high", "standard", "overflow"]}]
FORM = (
    "a session adds it to its scope, and names what it has already with one more --scope each; "
    "fill in: registry claim NUMBER"
)
REPLIES = [{"work": "replies", "segments": ["high", "standard", "overflow"]}]


def span(first: int, last: int, work: str = "outreach") -> dict[str, Any]:
    return {"work": work, "first": first, "last": last}


def named(*segments: str) -> dict[str, Any]:
    return {"work": "Replies", "segments": list(segments)}


def fleet(*scopes: list[dict[str, Any]], slots: list[dict[str, Any]] | None = None, **fields: Any) -> Snapshot:
    """The sessions 1, 2, … with these scopes."""
    claims = [claim(at, scope=scope, **fields) for at, scope in enumerate(scopes, 1)]
    found = snapshot(registry(*claims, charter=charter(work=WORK, slots=[*map(slot, slots or [])])))
    assert found.charter
    return found


def slot(plan: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Desk", "role": f"Desk {plan['number']}", **plan}


def ways(found: Snapshot) -> list[tuple[str, str]]:
    assert found.charter
    return [(gap.text, gap.way_out) for gap in gaps(found, found.charter)]


def command(number: int, *scopes: str) -> str:
    options = " ".join(f"--scope '{scope}'" for scope in scopes)
    return f"number {number} takes it: registry claim {number} --session-id outreach-{number} {options} --push"


def test_no_gap_while_numbers_are_free_and_where_all_is_taken() -> None:
    assert ways(fleet([span(1, 17)], [])) == []
    assert ways(fleet([span(1, 17)], [span(18, 50)], REPLIES)) == []


@pytest.mark.parametrize(
    ("scopes", "text", "way"),
    [
        # the session whose range ends before it, or begins after it
        ([[span(1, 17), *REPLIES], [span(18, 40)], []], "outreach 41-50", command(2, "outreach 18-50")),
        (
            [[span(5, 17), *REPLIES], [span(18, 50)], []],
            "outreach 1-4",
            command(1, "outreach 1-17", "replies: high, standard, overflow"),
        ),
        # nobody is beside it
        ([REPLIES, [], []], "outreach 1-50", f"{FORM} --scope 'outreach 1-50' --push"),
        # the session with the fewest segments
        (
            [[span(1, 50), named("high", "standard")], [], []],
            "replies: overflow",
            command(1, "outreach 1-50", "Replies: high, standard, overflow"),
        ),
        (
            [[span(1, 50), named("high")], [named("standard")], []],
            "replies: overflow",
            command(1, "outreach 1-50", "Replies: high, overflow"),
        ),
        (
            [[span(1, 50)], [], []],
            "replies: high, standard, overflow",
            f"{FORM} --scope 'replies: high, standard, overflow' --push",
        ),
    ],
)
def test_who_is_nearest_takes_it(scopes: list[list[dict[str, Any]]], text: str, way: str) -> None:
    assert ways(fleet(*scopes)) == [(text, way)]


def test_the_one_that_it_is_planned_for_takes_it() -> None:
    plan = [{"number": 3, "scope": [span(41, 50), {"work": "replies", "segments": ["overflow"]}]}]
    found = fleet([span(1, 17), named("high")], [span(18, 40), named("standard")], [], slots=plan)
    assert ways(found) == [
        ("outreach 41-50", command(3, "outreach 41-50")),
        ("replies: overflow", command(3, "replies: overflow")),
    ]
    for scope, kept in (([span(1, 5)], "outreach 1-5"), ([{"work": "outreach", "segments": ["x"]}], "outreach: x")):
        beside = fleet([span(6, 17), *REPLIES, span(1, 5)], [span(18, 40)], scope, slots=plan)
        assert ways(beside)[-1] == ("outreach 41-50", command(3, kept, "outreach 41-50"))


def test_a_gap_is_not_offered_to_slots_of_other_work() -> None:
    plans = [{"number": 3, "scope": [span(1, 2, "x"), {"work": "outreach", "segments": ["a"]}, span(1, 2)]}]
    found = fleet([span(1, 40), named("high", "standard")], [], [], slots=plans)
    assert ways(found) == [
        ("outreach 41-50", command(1, "outreach 1-50", "Replies: high, standard")),
        ("replies: overflow", command(1, "outreach 1-40", "Replies: high, standard, overflow")),
    ]


def test_a_claim_that_cannot_be_read_takes_nothing() -> None:
    plan = [{"number": 1, "scope": [span(1, 50)]}]
    assert ways(fleet([span(1, 17)], [*REPLIES], [], slots=plan, goal=None))[0][1].startswith("a session adds it")


def test_a_gap_is_a_conflict_and_alignment_is_not_whole() -> None:
    found = fleet([span(1, 17), *REPLIES], [span(18, 40)], [])
    assert found.charter
    (one,) = conflicts(found, found.charter)
    assert (one.kind, one.numbers, one.message) == ("gap", (2,), 'nobody took "outreach 41-50"')
    assert one.help == command(2, "outreach 18-50")
    consensus = assess(found, found.charter)
    assert consensus.metrics.alignment == 66
    assert 'in its way: nobody took "outreach 41-50"' in consensus.criteria[4].evidence
    nobodys = fleet([*REPLIES], [], [])
    assert nobodys.charter
    assert [row.numbers for row in conflicts(nobodys, nobodys.charter)] == [(1,)]


def test_alignment_is_not_whole_while_something_blocks() -> None:
    large = fleet([span(1, 17)], [span(18, 50)], [])
    assert large.charter
    assert assess(large, large.charter).metrics.alignment < 100


# What will be missing


def lines(found: Snapshot, *proposed: ClaimFile) -> tuple[str, ...]:
    assert found.charter
    return missing(found, found.charter, proposed)


def of(number: int, **fields: Any) -> ClaimFile:
    """A claim as an open proposal brings it."""
    return snapshot(registry(claim(number, **fields))).by_number[number]


SCHEDULE = [{"activity": "Send", "days": ["mon"], "end": "11:00"}]
PLAN = [
    {"number": 1, "scope": [span(1, 17)], "schedule": SCHEDULE},
    {"number": 2, "scope": [span(18, 40), *REPLIES]},
    {"number": 3, "scope": [span(41, 50)]},
]


def test_nothing_is_missing_while_plans_and_proposals_hold_it() -> None:
    assert lines(fleet(slots=PLAN)) == ()
    assert lines(fleet([span(1, 17)], slots=PLAN, schedule=SCHEDULE)) == ()
    assert lines(fleet([span(1, 17)], slots=PLAN[:2], schedule=SCHEDULE)) == (), "number 3 is free for anything"


def test_what_differs_from_the_plan_is_said() -> None:
    assert lines(fleet([], slots=PLAN)) == (
        'number 1 has no scope, and the charter plans "outreach 1-17"',
        'number 1 has no schedule, and the charter plans "Send"',
        'nobody has "outreach 1-17", and no number is planned for it',
        NO_SCHEDULE,
    )
    assert lines(fleet([span(1, 10)], slots=PLAN, schedule=SCHEDULE)) == (
        'nobody has "outreach 11-17", and no number is planned for it',
    )


def test_proposals_count_as_claims() -> None:
    assert lines(fleet(slots=PLAN), of(1, scope=[span(1, 10)], schedule=SCHEDULE)) == (
        'nobody has "outreach 11-17", and no number is planned for it',
    )
    full = fleet([span(1, 17)], [span(18, 50), *REPLIES])
    assert lines(full, of(3)) == (NO_SCHEDULE,)
    assert lines(full, of(3, schedule=SCHEDULE)) == ()


def test_a_gap_of_a_full_registry_is_no_longer_only_missing() -> None:
    assert lines(fleet([span(1, 17)], [], [], schedule=SCHEDULE)) == ()


def test_a_mission_in_whose_unit_nobody_counts_is_said_once_all_are_claimed() -> None:
    wanted = {"metric": "MRR", "op": "gte", "value": 120000, "unit": "USD", "per": "month"}
    mission = charter(mission={"statement": "Generate $120k MRR", "targets": [wanted]})
    said = (
        'no goal counts what the mission promises, "MRR >= 120000 USD/month": a session adds a target in that unit, or '
        "an approver changes the mission"
    )
    claims = [claim(number, schedule=SCHEDULE) for number in (1, 2, 3)]
    assert lines(snapshot(registry(*claims, charter=mission))) == (said,)
    assert lines(snapshot(registry(*claims[:2], charter=mission))) == (), "number 3 may still do it"
    for unit in ("USD", "US Dollars", "recurring USD"):  # perhaps the same, less exactly
        counts = wanted | {"metric": "new MRR", "value": 9, "per": "week", "unit": unit}
        last = claim(3, schedule=SCHEDULE, targets=[counts])
        assert lines(snapshot(registry(*claims[:2], last, charter=mission))) == ()
