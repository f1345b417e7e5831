"""Who registered first: the order of steps decides, dates do not."""

import time
from collections.abc import Iterator

import pytest

from validator.git.history import Step
from validator.git.trees import Entry
from validator.model.layout import CHARTER
from validator.model.phrases import rfc3339
from validator.registry.history import Event, EventKind, Registration, events, first_of, registrations, steps_of

ONE, OTHER = Entry("100644", "a" * 40), Entry("100644", "b" * 40)


def step(commit: str, path: str, old: Entry | None, new: Entry | None, time: int = 1_795_165_200) -> Step:
    return Step(commit, time, path, old, new)


def test_first_registration_stands_through_amendments() -> None:
    steps = [step("1", "04", None, ONE, 500), step("2", "05", None, ONE, 3), step("3", "04", ONE, OTHER, 1)]
    amended = Registration("04", "1", 500, 0, before=ONE.oid)
    assert registrations(steps) == {"04": amended, "05": Registration("05", "2", 3, 1)}


def test_released_number_belongs_to_its_later_arrival() -> None:
    steps = [
        step("1", "04", None, ONE),
        step("2", "05", None, ONE),
        step("3", "04", ONE, None),
        step("4", "04", None, ONE),
    ]
    standing = registrations(steps)
    assert (standing["04"].commit, standing["04"].before) == ("4", None)
    assert first_of(["04", "05"], standing) == ["05", "04"]


def test_a_release_removes_the_arrival_and_may_repeat() -> None:
    steps = [step("1", "04", None, ONE), step("2", "04", ONE, None), step("3", "04", ONE, None)]
    assert registrations(steps) == {}


def test_file_whose_first_known_step_is_an_amendment_counts_from_there() -> None:
    assert registrations([step("7", "04", ONE, OTHER)])["04"].commit == "7"


def test_what_a_file_was_since_its_current_registration() -> None:
    steps = [
        step("1", "04", None, ONE),
        step("2", "04", ONE, None),
        step("3", "04", None, OTHER),
        step("4", "05", None, ONE),
        step("5", "04", OTHER, ONE),
    ]
    assert [(since.commit, since.order, entry) for since, entry in steps_of("04", steps)] == [
        ("3", 2, OTHER),
        ("5", 4, ONE),
    ]


def test_paths_that_are_not_on_main_come_last() -> None:
    standing = {"05": Registration("05", "1", 9, 70), "04": Registration("04", "2", 1, 80)}
    assert first_of(["02", "01", "04", "05"], standing) == ["05", "04", "01", "02"]


def test_paths_of_the_same_step_are_sorted_by_name() -> None:
    standing = {path: Registration(path, "1", 9, 3) for path in ("05", "04")}
    assert first_of(["05", "04"], standing) == ["04", "05"]


def test_events_of_a_claim_in_order() -> None:
    sessions = {ONE.oid: "outreach-1", OTHER.oid: "outreach-2", "c" * 40: "outreach-1"}
    amended = Entry("100644", "c" * 40)
    steps = [
        step("1", "04", None, ONE, 10),
        step("2", "04", ONE, amended, 20),
        step("3", "04", amended, OTHER, 30),
        step("4", "04", OTHER, None, 40),
        step("5", "05", None, Entry("120000", "d" * 40), 50),
    ]
    assert list(events(steps, sessions)) == [
        Event(EventKind.REGISTERED, "04", "outreach-1", "1", 10),
        Event(EventKind.AMENDED, "04", "outreach-1", "2", 20),
        Event(EventKind.TAKEN_OVER, "04", "outreach-2", "3", 30),
        Event(EventKind.RELEASED, "04", "outreach-2", "4", 40),
        Event(EventKind.REGISTERED, "05", None, "5", 50),
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_165_200, "2026-11-20T09:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "@253402300800"),
        (10**12, "@1000000000000"),
        (2**63, "@9223372036854775808"),
        (10**30, "@1000000000000000000000000000000"),
    ],
)
def test_rfc3339(seconds: int, text: str) -> None:
    assert rfc3339(seconds) == text


@pytest.mark.usefixtures("far_from_greenwich")
def test_rfc3339_ignores_the_local_time_zone() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00Z"


@pytest.fixture
def far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as context:
        context.setenv("TZ", "XXX+11:30")
        time.tzset()
        yield
    time.tzset()


def test_day_is_the_date_in_utc() -> None:
    assert Registration("04", "1", 1_795_165_200, 0).day == "2026-11-20"


def test_a_change_of_the_charter_is_an_event_and_its_arrival_is_none() -> None:
    steps = [step("1", CHARTER, None, ONE), step("2", CHARTER, ONE, OTHER), step("3", CHARTER, OTHER, None)]
    assert [(one.kind, one.session_id, one.commit) for one in events(steps, {})] == [
        (EventKind.CHARTER_CHANGED, None, "2")
    ]
