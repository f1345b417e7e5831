"""The text that a request comes to, without a repository: first claims, and amendments that keep what is not named."""

import json
from typing import Any

import pytest

from tests.operations.claim.test_decide import REJECTED, commit_of, drafted, refused, state
from tests.snapshots import charter, claim, registry
from validator.model.errors import FatalError
from validator.model.findings import Finding, Level, Location
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome, decide
from validator.operations.claim.request import ClaimRequest
from validator.registry.yaml.reader import read

NOW = "2026-11-27T08:00:00Z"
PLAN: dict[str, Any] = {
    "role": "Outreach AI - Send emails",
    "scope": [{"work": "outreach", "first": 1, "last": 17}],
    "schedule": [{"activity": "Send", "days": ["mon"], "start": "10:00", "end": "11:00"}],
}
PLANNED = charter(slots=[{"number": 1, "title": "Outreach", **PLAN}])
SCHEDULE = [{"activity": "Send", "days": ["mon"], "end": "11:00"}]
RICH = claim(
    1,
    targets=[
        {"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails", "per": "day", "measured_by": "the server"}
    ],
    runtime_id="run-1",
    schedule=SCHEDULE,
    labels={"team": "outreach", "shift": "1"},
)
UNMERGEABLE = REJECTED._replace(
    findings=(Finding("REG305", "merge-conflict", Level.ERROR, Location(""), "conflict", "again"),)
)


def named(number: int | None = 1, labels: dict[str, str] | None = None, /, **fields: Any) -> ClaimRequest:
    """A request of session 1 that names these fields only."""
    return ClaimRequest(number, {"session_id": "outreach-1", **fields}, labels or {}, NOW)


def amended(main: str = RICH, request: ClaimRequest | None = None, **fields: Any) -> dict[str, Any]:
    """What the claim on main becomes: the fields that differ; None for those that are gone."""
    _, new, _ = drafted(decide(state(registry(main, charter=PLANNED)), request or named(**fields)))
    old = json.loads(main)
    return {name: new.get(name) for name in (old | new) if old.get(name) != new.get(name)}


# The first claim


def test_what_the_charter_plans_is_taken_over() -> None:
    _, fields, _ = drafted(decide(state(registry(charter=PLANNED)), named(goal="Send 17 emails daily")))
    assert fields == {
        "number": 1,
        "goal": "Send 17 emails daily",
        "targets": [{"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails", "per": "day"}],
        "session_id": "outreach-1",
        "responsibilities": ["Send 17 emails daily"],
        "status": "REGISTERED",
        "timestamp": NOW,
        **PLAN,
    }


def test_what_is_named_goes_before_the_plan() -> None:
    asked = named(goal="Send 17 emails daily", scope=[], schedule=SCHEDULE)
    _, fields, _ = drafted(decide(state(registry(charter=PLANNED)), asked))
    assert "scope" not in fields
    assert fields["schedule"] == SCHEDULE


def test_labels_of_a_first_claim() -> None:
    asked = named(1, {"team": "outreach", "shift": ""}, goal="Send 17 emails daily", labels={"shift": "1"})
    assert drafted(decide(state(), asked))[1]["labels"] == {"team": "outreach"}


@pytest.mark.parametrize("goal", [None, " ", 5])
def test_a_first_claim_without_a_goal_is_an_error(goal: object) -> None:
    with pytest.raises(FatalError, match="the claim has no goal; add --goal"):
        decide(state(), named(goal=goal, targets=[{}]))
    with pytest.raises(FatalError, match="the claim has no goal; add --goal"):
        decide(state(), named(goal=goal))


def test_a_goal_that_cannot_be_read_is_asked_about() -> None:
    with pytest.raises(
        FatalError, match=r'^what is measured in "Do my best"\? it has no figure: write into it how much$'
    ):
        decide(state(), named(goal="Do my best"))
    with pytest.raises(FatalError, match=r"\? it has no figure: write into it how much$"):
        decide(state(), named(goal="Report the east as well as we can"))
    with pytest.raises(FatalError, match=r"; every value has to stand in the goal$"):
        decide(state(), named(goal="Report 10 matches each weekend"))


@pytest.mark.parametrize("when", ["by 2026-12-15", "before March 31", "by the end of Q2", "by eod", "until december"])
def test_a_deadline_is_said_to_be_no_target(when: str) -> None:
    with pytest.raises(FatalError, match=r"a date is no target: say how much is there by then$"):
        decide(state(), named(goal=f"Publish 3 guides {when}"))


def test_a_goal_with_a_deadline_and_a_target_of_its_own_is_taken() -> None:
    goal = "Publish 3 guides by 2026-12-15"
    target = {"metric": "guides published", "op": "gte", "value": 3, "unit": "guides"}
    assert isinstance(decide(state(), named(goal=goal, targets=[target])), ClaimDraft)


def test_targets_from_the_goal_are_said() -> None:
    decision = decide(state(), named(goal="Send 17 emails daily"))
    assert isinstance(decision, ClaimDraft)
    assert [target.metric for target in decision.from_goal] == ["emails sent"]
    assert (decision.changes, decision.restores) == ("", False)


# An amendment


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({"schedule": PLAN["schedule"]}, {"schedule": PLAN["schedule"]}),
        ({"schedule": []}, {"schedule": None}),
        ({"status": "PENDING"}, {"status": "PENDING"}),
        ({"runtime_id": None, "labels": {}}, {"runtime_id": None, "labels": None}),
        ({"role": "", "status": "PENDING"}, {"role": PLAN["role"], "status": "PENDING"}),
        ({"responsibilities": ["Write"]}, {"responsibilities": ["Write"]}),
        (
            {"goal": "Send 18 emails daily"},
            {"goal": "Send 18 emails daily", "targets": [json.loads(RICH)["targets"][0] | {"value": 18}]},
        ),
        ({"goal": "Send 17 emails daily", "status": "PENDING"}, {"status": "PENDING"}),
        (
            {"targets": [{"metric": "Emails sent", "op": "gte", "value": 20}, {"metric": "calls"}, 5]},
            {
                "targets": [
                    {"metric": "Emails sent", "op": "gte", "value": 20, "measured_by": "the server"},
                    {"metric": "calls"},
                    5,
                ]
            },
        ),
        (
            {"targets": [{"metric": "emails sent", "measured_by": "me"}]},
            {"targets": [{"metric": "emails sent", "measured_by": "me"}]},
        ),
        ({"targets": "none"}, {"targets": "none"}),
    ],
)
def test_an_amendment_changes_only_what_is_named(fields: dict[str, Any], changes: dict[str, Any]) -> None:
    assert amended(**fields) == changes


def test_labels_are_amended_one_by_one() -> None:
    assert amended(request=named(1, {"team": "mail", "shift": ""})) == {"labels": {"team": "mail"}}
    assert amended(request=named(1, {"team": "", "shift": ""})) == {"labels": None}


@pytest.mark.parametrize("targets", [None, [], "none", [5]])
def test_targets_that_are_none_are_replaced(targets: object) -> None:
    broken = claim(1, targets=targets)
    assert amended(broken, goal="Send 18 emails daily")["targets"][0]["value"] == 18


def test_responsibilities_that_were_the_goal_follow_it() -> None:
    plain = claim(1, responsibilities=["Send 17 emails daily"])
    assert amended(plain, goal="Send 18 emails daily")["responsibilities"] == ["Send 18 emails daily"]
    assert amended(plain, goal="Send 18 emails daily", responsibilities=["Write"])["responsibilities"] == ["Write"]


def test_a_role_that_nobody_plans_stays() -> None:
    _, fields, _ = drafted(decide(state(registry(claim(1))), named(role="", status="PENDING")))
    assert fields["role"] == json.loads(claim(1))["role"]


def test_a_claim_that_cannot_be_read_is_claimed_anew() -> None:
    files = registry(claim(1))
    path = next(path for path in files if "sessions" in path)
    files[path] = claim(1)[:-1] + ', "goal": "two goals"}'
    _, fields, _ = drafted(decide(state(files), named(goal="Send 18 emails daily")))
    assert fields["goal"] == "Send 18 emails daily"
    assert fields["timestamp"] == NOW


def test_the_changes_are_shown() -> None:
    decision = decide(state(registry(RICH)), named(status="PENDING"))
    assert isinstance(decision, ClaimDraft)
    assert [row[:1] for row in decision.changes.splitlines()] == ["@", "-", "+"]
    assert '"PENDING"' in decision.changes


# An open proposal of one's own


def test_an_open_proposal_is_changed_rather_than_main() -> None:
    open_one = claim(1, status="PENDING", schedule=SCHEDULE)
    number, fields, replaces = drafted(decide(state(registry(claim(1)), proposed={1: open_one}), named(runtime_id="r")))
    assert (number, replaces) == (1, commit_of(1))
    assert (fields["status"], fields["schedule"], fields["runtime_id"]) == ("PENDING", SCHEDULE, "r")


@pytest.mark.parametrize("why", ["landed", "unmergeable"])
def test_main_is_changed_where_the_open_amendment_is_out_of_date(why: str) -> None:
    verdict = {"verdict": UNMERGEABLE} if why == "unmergeable" else {"landed": True}
    stale = state(registry(claim(1)), proposed={1: claim(1, status="PENDING")}, **verdict)
    _, fields, replaces = drafted(decide(stale, named(runtime_id="r")))
    assert (fields["status"], fields["runtime_id"], replaces) == ("REGISTERED", "r", commit_of(1))


def test_an_open_first_claim_that_does_not_merge_is_changed_all_the_same() -> None:
    stale = state(proposed={1: claim(1, status="PENDING")}, verdict=UNMERGEABLE)
    assert drafted(decide(stale, named(runtime_id="r")))[1]["status"] == "PENDING"


def test_the_claim_as_main_has_it_replaces_an_open_amendment() -> None:
    decision = decide(state(registry(claim(1)), proposed={1: claim(1, status="PENDING")}), named(status="REGISTERED"))
    assert isinstance(decision, ClaimDraft)
    assert (decision.replaces, decision.restores, decision.from_goal) == (commit_of(1), True, ())
    assert json.loads(decision.text) == json.loads(claim(1)) | {"timestamp": NOW}


def test_the_claim_as_main_has_it_is_proposed_once_and_not_replaced() -> None:
    restored = state(registry(claim(1)), proposed={1: claim(1, timestamp=NOW)})
    decision = decide(restored, named(status="REGISTERED"))
    note = f"number 1 is yours already: outreach-1 since 1970-01-01 (commit {'0' * 12})"
    assert decision == ClaimOutcome(True, 1, "claim/01", note)


def test_a_repeated_claim_that_does_not_merge_is_proposed_anew() -> None:
    assert drafted(decide(state(proposed={1: RICH}, verdict=UNMERGEABLE), named()))[2] == commit_of(1)


def test_naming_nothing_repeats_the_open_proposal() -> None:
    decision = decide(state(proposed={1: RICH}), named())
    assert isinstance(decision, ClaimOutcome)
    assert decision.note == "number 1 is proposed already, by you; a human has to approve it"


def test_a_rivals_proposal_is_not_replaced_by_an_amendment() -> None:
    rival = state(registry(claim(1)), proposed={1: claim(1, session_id="rival")})
    note = "number 1 was proposed first by rival (commit 111111111111); free and not proposed: 2-3"
    assert decide(rival, named(status="PENDING")) == refused(1, note)


def test_a_scope_is_read_by_the_charters_work_and_that_of_a_file_is_not() -> None:
    part, ranges = {"work": "outreach", "segments": ["1-17"]}, {"work": "outreach", "first": 1, "last": 17}
    request = named(scope=[part])
    assert amended(request=request) == {"scope": [ranges]}
    source = read("five.yaml", b"scope: []\n")
    assert amended(request=request._replace(source=source)) == {"scope": [part]}
