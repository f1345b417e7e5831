"""The decision on a claim request, without a repository; tests/cli/test_claim.py runs the verb."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.keys import public_key
from tests.snapshots import CAPACITY, COMMIT, TREE, charter, claim, registry, snapshot
from validator.model.errors import FatalError
from validator.model.findings import Finding, Level, Location, Verdict
from validator.model.layout import claim_path
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome, decide
from validator.operations.claim.request import ClaimRequest
from validator.operations.claim.state import ClaimProposal, OwnProposal, RegistryState, proposals_of
from validator.registry.parsing import claim_file
from validator.registry.yaml.reader import read

ME = "outreach-1"
ACCEPTED = Verdict(COMMIT, COMMIT, TREE, ())
REJECTED = ACCEPTED._replace(
    findings=(Finding("REG103", "number-taken", Level.ERROR, Location(""), "taken", "take another"),)
)
TOO_MUCH = FatalError("too much to be judged")
UNREADABLE = claim(1, session_id=None)
SLOTS = charter(
    slots=[
        {"number": 1, "title": "Research", "role": "Research AI - Find prospects"},
        {"number": 2, "title": "Outreach", "role": "Outreach AI - Send emails"},
    ]
)


def commit_of(number: int) -> str:
    return f"{number}" * 40


def request(number: int | None, **fields: Any) -> ClaimRequest:
    """What session 1 of the fleet asks for, some fields of it changed; None leaves a field out."""
    asked = json.loads(claim(1, **fields))
    return ClaimRequest(number, {name: value for name, value in asked.items() if name != "number"})


def state(
    files: Mapping[str, str] | None = None,
    *,
    proposed: Mapping[int, str | None] | None = None,
    verdict: Verdict | FatalError = ACCEPTED,
    landed: bool = False,
    from_server: bool = True,
) -> RegistryState:
    """Main with these files, and open proposals: by number the text of the claim, None where there is none to read."""
    files = registry() if files is None else files
    main = snapshot(files, *(path for path in files if "sessions" in path))
    assert main.charter
    found = {
        number: ClaimProposal(
            commit_of(number),
            claim_file(read(claim_path(number), text.encode()), number) if text else None,
            landed,
        )
        for number, text in (proposed or {}).items()
    }
    own = {
        number: OwnProposal(commit, file, landed, verdict)
        for number, (commit, file) in proposals_of(ME, found, main).items()
    }
    return RegistryState(COMMIT, main, main.charter, found, own, from_server)


def refused(number: int, note: str) -> ClaimOutcome:
    return ClaimOutcome(False, number, f"claim/{number:02}", note)


def drafted(decision: ClaimOutcome | ClaimDraft) -> tuple[int, dict[str, Any], str | None]:
    """A draft, its text as the fields that a reader finds in it."""
    assert isinstance(decision, ClaimDraft), decision
    fields = read("", decision.text.encode()).value
    assert isinstance(fields, dict)
    return decision.number, fields, decision.replaces


# A number that is named


def test_free_number_is_drafted() -> None:
    number, fields, replaces = drafted(decide(state(), request(2)))
    assert (number, replaces) == (2, None)
    assert fields == json.loads(claim(1)) | {"number": 2}


@pytest.mark.parametrize("number", [-1, 0, CAPACITY + 1])
def test_number_that_the_charter_does_not_have(number: int) -> None:
    outcome = decide(state(registry(claim(2))), request(number))
    assert outcome == refused(number, f"number {number} is not one of 1 to 3; free and not proposed: 1, 3")
    keyed = decide(state(registry(claim(2))), request(number, key=public_key("ANN")))
    assert isinstance(keyed, ClaimOutcome)
    assert keyed.note == f"{outcome.note}; claim one with --key new"


def test_number_that_another_session_holds() -> None:
    held = state(registry(claim(2)), proposed={3: claim(3)})
    note = f"number 2 is held by outreach-2 since 1970-01-01 (commit {'0' * 12}); free and not proposed: 1"
    assert decide(held, request(2)) == refused(2, note)


def test_number_whose_claim_cannot_be_read_is_held() -> None:
    note = f"number 1 is held by an unreadable claim since 1970-01-01 (commit {'0' * 12}); free and not proposed: 2-3"
    assert decide(state(registry(UNREADABLE)), request(1)) == refused(1, note)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (claim(2), "outreach-2"),
        (claim(2, session_id=None), "a session that cannot be read"),
        (None, "a session that cannot be read"),
    ],
)
def test_number_that_another_session_has_proposed(text: str | None, who: str) -> None:
    outcome = decide(state(registry(claim(3)), proposed={2: text}), request(2))
    note = f"number 2 was proposed first by {who} (commit 222222222222); free and not proposed: 1"
    assert outcome == refused(2, note)


def test_a_full_registry_is_reported() -> None:
    full = state(registry(claim(2), claim(3)), proposed={1: claim(2)})
    note = "number 1 was proposed first by outreach-2 (commit 111111111111); no number is left"
    assert decide(full, request(1)) == refused(1, note)


@pytest.mark.parametrize("text", [claim(2), None])
@pytest.mark.parametrize("number", [None, 2])
def test_a_branch_that_main_has_is_no_proposal_and_is_replaced(text: str | None, number: int | None) -> None:
    """It may stay after it is merged; main has released the number since."""
    left = state(registry(claim(1, session_id="outreach-4"), claim(3)), proposed={2: text}, landed=True)
    assert left.free_numbers() == [2]
    drafted_number, _, replaces = drafted(decide(left, request(number)))
    assert (drafted_number, replaces) == (2, commit_of(2))


# Any number


def test_any_takes_the_one_that_is_left() -> None:
    left = state(registry(claim(2)), proposed={3: claim(3)})
    assert drafted(decide(left, request(None)))[0] == 1


def test_any_without_a_role_takes_a_planned_number_too() -> None:
    planned = state(registry(claim(3), charter=SLOTS), proposed={2: claim(2)})
    assert drafted(decide(planned, request(None, role=None)))[0] == 1


def test_any_spreads_sessions_deterministically() -> None:
    def choices() -> list[int]:
        return [drafted(decide(state(), request(None, session_id=f"session-{at}")))[0] for at in range(20)]

    assert set(choices()) == {1, 2, 3}
    assert choices() == choices()


@pytest.mark.parametrize("role", ["Outreach AI - Send emails", "Send emails, outreach"])
def test_any_with_a_role_takes_a_number_planned_for_it(role: str) -> None:
    planned = state(registry(charter=SLOTS))
    taken = {drafted(decide(planned, request(None, role=role, session_id=f"session-{at}")))[0] for at in range(20)}
    assert taken == {2}


def test_any_with_a_role_takes_an_unplanned_number_where_its_own_is_taken() -> None:
    planned = state(registry(claim(2), charter=SLOTS))
    assert drafted(decide(planned, request(None, role="Outreach AI - Send emails")))[0] == 3


def test_any_where_other_roles_are_planned() -> None:
    planned = state(registry(claim(3), charter=SLOTS), proposed={2: claim(2)})
    note = "the charter plans other roles for the free numbers (1); claim without a role of your own"
    assert decide(planned, request(None, role="Outreach AI - Send emails")) == ClaimOutcome(False, 0, "", note)


def test_any_without_a_free_number() -> None:
    full = state(registry(claim(2), claim(3)), proposed={1: None})
    note = "every free number is proposed already; ask again when one is turned down or withdrawn: registry proposals"
    assert decide(full, request(None)) == ClaimOutcome(False, 0, "", note)


def test_any_where_every_number_is_held() -> None:
    note = "every number is held; no number is free until one is released"
    held = state(registry(*(claim(number, session_id=f"other-{number}") for number in range(1, CAPACITY + 1))))
    assert decide(held, request(None)) == ClaimOutcome(False, 0, "", note)


# The role


@pytest.mark.parametrize("role", [None, ""])
def test_without_a_role_the_planned_one_is_written(role: str | None) -> None:
    _, fields, _ = drafted(decide(state(registry(charter=SLOTS)), request(1, role=role)))
    assert fields["role"] == "Research AI - Find prospects"


def test_role_of_the_sessions_own_is_kept() -> None:
    _, fields, _ = drafted(decide(state(registry(charter=SLOTS)), request(1, role="Finder")))
    assert fields["role"] == "Finder"


def test_no_role_is_written_without_a_plan() -> None:
    _, fields, _ = drafted(decide(state(registry(charter=SLOTS)), request(3, role=None)))
    assert "role" not in fields


# A session that holds a number


@pytest.mark.parametrize("number", [1, None])
def test_the_number_already_held_is_reported(number: int | None) -> None:
    outcome = decide(state(registry(claim(1))), request(number, timestamp="2026-11-21T08:00:00Z"))
    note = f"number 1 is yours already: outreach-1 since 1970-01-01 (commit {'0' * 12})"
    assert outcome == ClaimOutcome(True, 1, "claim/01", note)


@pytest.mark.parametrize("goal", ["Send 17 emails daily", "Send 18 emails daily"])
def test_a_holder_gets_no_second_number(goal: str) -> None:
    note = f"you hold number 1: outreach-1 since 1970-01-01 (commit {'0' * 12})"
    assert decide(state(registry(claim(1))), request(2, goal=goal)) == refused(1, note)


def test_holder_amends() -> None:
    number, fields, replaces = drafted(decide(state(registry(claim(1))), request(1, goal="Send 18 emails daily")))
    assert (number, fields["goal"], replaces) == (1, "Send 18 emails daily", None)


def test_holder_whose_claim_is_broken_amends() -> None:
    assert drafted(decide(state(registry(claim(1, goal=None))), request(1)))[0] == 1


def test_holder_amends_its_amendment() -> None:
    amended = state(registry(claim(1)), proposed={1: claim(1, goal="Send 18 emails daily")})
    number, fields, replaces = drafted(decide(amended, request(1, goal="Send 19 emails daily")))
    assert (number, fields["goal"], replaces) == (1, "Send 19 emails daily", commit_of(1))


def test_holder_does_not_replace_what_another_session_has_proposed() -> None:
    rival = state(registry(claim(1)), proposed={1: claim(1, session_id="rival")})
    note = "number 1 was proposed first by rival (commit 111111111111); free and not proposed: 2-3"
    assert decide(rival, request(1, goal="Send 18 emails daily")) == refused(1, note)


# A session that has proposed something


@pytest.mark.parametrize("number", [1, None])
@pytest.mark.parametrize("from_server", [True, False])
@pytest.mark.parametrize(
    ("verdict", "then"), [(ACCEPTED, "a human has to approve it"), (REJECTED, "the gate rejects it now")]
)
def test_repeating_a_claim(number: int | None, from_server: bool, verdict: Verdict, then: str) -> None:
    known = state(proposed={1: claim(1)}, verdict=verdict, from_server=from_server)
    note = f"number 1 is proposed already, by you; {then}"
    assert decide(known, request(number, timestamp="2026-11-21T08:00:00Z")) == ClaimOutcome(
        verdict.accepted, 1, "claim/01", note, commit_of(1), from_server, verdict
    )


def test_another_claim_for_the_same_number_replaces_the_proposal() -> None:
    number, fields, replaces = drafted(decide(state(proposed={1: claim(1)}), request(1, goal="Send 18 emails daily")))
    assert (number, fields["goal"], replaces) == (1, "Send 18 emails daily", commit_of(1))


def test_proposal_without_the_form_of_a_claim_is_replaced() -> None:
    assert drafted(decide(state(proposed={1: claim(1, goal=None)}), request(1)))[2] == commit_of(1)


def test_request_without_the_form_of_a_claim_is_left_to_the_gate() -> None:
    assert drafted(decide(state(proposed={1: claim(1)}), request(1, status="READY")))[2] == commit_of(1)


def test_spent_proposal_is_proposed_anew() -> None:
    assert drafted(decide(state(proposed={1: claim(1)}, landed=True), request(1)))[2] == commit_of(1)


def test_a_session_with_a_proposal_gets_no_second_number() -> None:
    note = "you have proposed number 1; claim that one, or "
    back = f"{note}take it back: registry withdraw claim/01 --session-id {ME}"
    assert decide(state(proposed={1: claim(1)}), request(2)) == refused(2, back)
    signed = registry(charter=charter(approvers=[{"handle": "@OWNER", "key": public_key("OWNER")}]))
    down = f"{note}an approver turns it down; fill in: registry reject 1 --reason TEXT"
    assert decide(state(signed, proposed={1: claim(1)}), request(2)) == refused(2, down)
    assert decide(state(signed, proposed={1: claim(1, key=public_key("ANN"))}), request(2)) == refused(2, back)


def test_rejected_proposal_blocks_no_other_claim() -> None:
    assert drafted(decide(state(proposed={1: claim(1)}, verdict=REJECTED), request(2)))[::2] == (2, None)


def test_proposal_for_a_number_that_another_session_got_is_given_up() -> None:
    lost = state(registry(claim(2)), proposed={2: claim(2, session_id=ME)})
    assert drafted(decide(lost, request(None)))[0] in (1, 3)


@pytest.mark.parametrize("number", [1, 2])
def test_proposal_that_cannot_be_judged_is_an_error_where_the_verdict_counts(number: int) -> None:
    with pytest.raises(FatalError, match="too much to be judged"):
        decide(state(proposed={1: claim(1)}, verdict=TOO_MUCH), request(number))


def test_proposal_that_cannot_be_judged_can_be_replaced() -> None:
    known = state(proposed={1: claim(1)}, verdict=TOO_MUCH)
    assert drafted(decide(known, request(1, goal="Send 18 emails daily")))[2] == commit_of(1)
