"""The events of a step of main, without a repository; tests/cli/test_watch.py runs the verb."""

from tests.registry.test_consensus import ANSWERED, APPROVED, CONFIRMED, FULL, SENT, STARTED
from tests.snapshots import charter, claim, registry, snapshot
from validator.model.layout import CHARTER
from validator.registry.events import news


def told(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, int | None, str | None]]:
    return [(one.event, one.number, one.session_id) for one in news(snapshot(before), snapshot(after))]


def messages(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [one.message for one in news(snapshot(before), snapshot(after))]


def test_events_of_a_number() -> None:
    one, amended = registry(claim(1)), registry(claim(1, goal="Send 18 emails daily"))
    other = registry(claim(1, session_id="outreach-9"))
    assert told(registry(), one) == [("registered", 1, "outreach-1")]
    assert told(one, amended) == [("amended", 1, "outreach-1")]
    assert told(one, other) == [("taken-over", 1, "outreach-9")]
    assert told(one, registry()) == [("released", 1, "outreach-1")]
    assert told(one, one) == []


def test_takeover_names_the_previous_and_the_new_holder() -> None:
    one, other = registry(claim(1)), registry(claim(1, session_id="outreach-9"))
    assert messages(registry(), one) == ["number 1 is registered by outreach-1"]
    assert messages(one, other) == ["number 1 went from outreach-1 to outreach-9"]
    assert messages(other, registry()) == ["number 1 is given back by outreach-9"]
    amended = registry(claim(1, goal="Send 18 emails daily"))
    assert messages(one, amended) == ["outreach-1 has amended the claim of number 1"]


def test_acknowledgement_and_void_record_events() -> None:
    sent = FULL | CONFIRMED | APPROVED | SENT
    first = {path: text for path, text in ANSWERED.items() if path.endswith("/01.yaml")}
    assert messages(sent, sent | first) == ["outreach-1 has acknowledged number 1"]
    (void,) = messages(sent | first, sent)
    assert void == (
        "the acknowledgement by outreach-1 no longer counts: it was taken out; "
        "what to do now: registry consensus status"
    )
    amended = FULL | CONFIRMED | registry(claim(1, goal="Send 18 emails daily"))
    _, void = messages(FULL | CONFIRMED, amended)
    assert void.startswith("the confirmation by outreach-1 no longer counts: it speaks of the registry sha256:")
    assert void.endswith("; what to do now: registry consensus status")


def test_conflict_is_reported_once() -> None:
    """A step that does not affect it, or an unreadable charter, gives no event."""
    alone = registry(claim(1), claim(2))
    both = registry(claim(1), claim(2, role="Outreach AI (Batch 1)"))
    assert told(alone, both) == [("amended", 2, "outreach-2"), ("conflict", 2, None)]
    later = both | registry(claim(3))
    assert told(both, later) == [("registered", 3, "outreach-3")]
    unreadable = both | {CHARTER: "mission: ["}
    assert told(both, unreadable) == []
    assert told(unreadable, both) == [("conflict", 2, None)]
    assert messages(alone, both)[1] == (
        'the role "Outreach AI (Batch 1)" is that of number 1, outreach-1, and of number 2, outreach-2; '
        "who was first keeps it; number 2 names a role of its own; "
        "fill in: registry claim 2 --session-id outreach-2 --role ROLE --push"
    )


def test_a_changed_charter_reports_its_new_conflicts() -> None:
    limit = {"metric": "bounce rate", "op": "lte", "value": 2, "unit": "percent"}
    files = registry(claim(1, targets=[{**limit, "op": "gte", "value": 5}]))
    mission = charter(mission={"statement": "Send 51 emails a day", "targets": [limit]})
    assert told(files, files | {CHARTER: mission}) == [("charter-changed", None, None), ("conflict", 1, None)]


def test_phases_that_are_reached_in_one_step_are_all_reported() -> None:
    """A step may land several records; each phase passed has its event."""
    assert told(FULL, FULL | CONFIRMED | APPROVED | SENT) == [
        (x, None, None) for x in ("confirmed", "approved", "broadcast")
    ]
    everything = FULL | CONFIRMED | APPROVED | SENT | ANSWERED | STARTED
    assert told(FULL | CONFIRMED | APPROVED | SENT, everything)[-1:] == [("active", None, None)]
    assert told(FULL | CONFIRMED | APPROVED, FULL | CONFIRMED) == [("voided", None, "@OWNER")], (
        "no phase is reached backwards"
    )


def test_a_changed_charter_says_which_fields() -> None:
    before = registry(claim(1))
    after = before | {CHARTER: before[CHARTER].replace("America/Los_Angeles", "Europe/Berlin")}
    assert before != after
    assert messages(before, after)[0] == "the charter has changed: time_zone"
    assert told(before, after)[0] == ("charter-changed", None, None)
    assert told(before, before | {CHARTER: f"# A comment\n{before[CHARTER]}"}) == []
