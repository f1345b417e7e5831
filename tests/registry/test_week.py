"""Whether the week that a fleet was activated for is over."""

import json

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.model.layout import ACTIVATION, APPROVAL, BROADCAST, CONFIRMATION, acknowledgement_path
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import active_week
from validator.registry.consensus.week import in_week, stopped_week, week_after, with_days
from validator.registry.effect import stops_fleet
from validator.registry.snapshot import Snapshot

SUNDAY, MONDAY = "2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"  # at midnight in Los Angeles


def active(**fields: str) -> Snapshot:
    """A fleet of one session that is active in a week."""
    return snapshot(files(**fields))


def files(**fields: str) -> dict[str, str]:
    whole = registry(claim(1), charter=charter(capacity=1, **fields))
    common = {"registry": registry_digest(snapshot(whole)), "timestamp": "2026-11-20T10:00:00Z"}
    session, human = common | {"number": 1, "session_id": "outreach-1"}, common | {"approved_by": "@OWNER"}
    records = {
        CONFIRMATION: session,
        APPROVAL: human,
        BROADCAST: session | {"delivered": [1]},
        acknowledgement_path(1): session | {"ready": True},
        ACTIVATION: human | {"week": "2026-W48"},
    }
    return whole | {path: json.dumps(fields) for path, fields in records.items()}


@pytest.mark.parametrize(
    ("now", "week"), [(None, None), (SUNDAY, None), (MONDAY, "2026-W49"), ("2027-01-04T09:00:00Z", "2027-W01")]
)
def test_a_week_is_over_after_its_sunday_in_the_zone_of_the_charter(now: str | None, week: str | None) -> None:
    assert week_after(active(), now) == week


def test_no_week_is_over_where_none_is_active_or_the_zone_is_unknown() -> None:
    assert week_after(snapshot(registry(claim(1))), MONDAY) is None
    assert week_after(snapshot({}), MONDAY) is None
    unknown = active(time_zone="Moon/Tycho")
    assert (active_week(unknown), week_after(unknown, MONDAY)) == ("2026-W48", None)


@pytest.mark.parametrize(
    ("now", "when"),
    [
        (None, "in week 2026-W48"),
        ("2026-11-23T07:59:59Z", "from Monday 2026-11-23 (week 2026-W48)"),  # Sunday in Los Angeles
        ("2026-11-23T08:00:00Z", "in week 2026-W48"),
        (MONDAY, "in week 2026-W48"),
    ],
)
def test_a_week_that_has_not_begun_is_said_with_its_monday(now: str | None, when: str) -> None:
    assert in_week(active(), now) == when
    assert in_week(snapshot(registry(claim(1))), now) == ""


def test_a_stopped_fleet_can_go_on_in_its_week_until_that_is_over() -> None:
    changed = {"registry/sessions/01.yaml": claim(1, role="Another role")}
    stopped = snapshot(files() | changed)
    assert active_week(stopped) is None
    assert [stopped_week(stopped, now) for now in (None, SUNDAY, MONDAY)] == [None, "2026-W48", None]
    assert stopped_week(active(), SUNDAY) is None, "it has not been stopped"
    assert stops_fleet(stopped, active())
    assert not stops_fleet(active(), active())
    assert not stops_fleet(snapshot(registry(claim(1, role="Another role"))), snapshot(registry(claim(1))))
    assert stopped_week(snapshot(files() | changed | {ACTIVATION: "[]"}), SUNDAY) is None
    assert stopped_week(snapshot(files(time_zone="Moon/Tycho") | changed), SUNDAY) is None


def test_a_week_is_said_with_its_days() -> None:
    assert with_days("2026-W48") == "2026-W48 (2026-11-23 to 2026-11-29)"
    assert with_days("2026-W54") == "2026-W54"
