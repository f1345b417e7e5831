"""Digest, phases, criteria with their evidence, and the next action."""

import hashlib
import json
import re
from collections.abc import Set
from typing import Any

import pytest

from tests.snapshots import ROOT, charter, claim, registry, snapshot
from validator.model.layout import ACTIVATION, APPROVAL, BROADCAST, CHARTER, CONFIRMATION
from validator.model.shapes import COMMITMENT
from validator.registry.consensus.criteria import acknowledged
from validator.registry.consensus.digest import digest, registry_digest
from validator.registry.consensus.phases import Consensus, Metrics, active_week, assess, phase_of, reached
from validator.registry.records import RecordState
from validator.registry.snapshot import Snapshot
from validator.rules import foreign_record

FULL = registry(claim(1), claim(2), claim(3))
TODAY = registry_digest(snapshot(FULL))
ONE = "--session-id outreach-1 --push"
WHEN = {"timestamp": "2026-11-20T10:00:00Z"}


def record(**fields: Any) -> str:
    return json.dumps({"registry": TODAY, **fields, **WHEN})


def acknowledgement(number: int, /, **fields: Any) -> dict[str, str]:
    text = record(**{"number": number, "session_id": f"outreach-{number}", "ready": True, **fields})
    return {f"registry/consensus/acknowledgements/0{number}.yaml": text}


CONFIRMED = {CONFIRMATION: record(number=1, session_id="outreach-1")}
APPROVED = {APPROVAL: record(approved_by="@OWNER")}
SENT = {BROADCAST: record(number=1, session_id="outreach-1", delivered=[3, 1, 2])}
ANSWERED = acknowledgement(1) | acknowledgement(2) | acknowledgement(3)
STARTED = {ACTIVATION: record(approved_by="@OWNER", week="2026-W48")}


def assessed(files: dict[str, str], proposed: Set[int] | None = frozenset()) -> Consensus:
    whole = snapshot(files)
    assert whole.charter is not None
    return assess(whole, whole.charter, proposed)


def evidence(files: dict[str, str]) -> dict[str, tuple[bool, str]]:
    return {criterion.name: (criterion.met, criterion.evidence) for criterion in assessed(files).criteria}


@pytest.mark.parametrize(
    ("files", "phase", "next_action"),
    [
        (
            {},
            "registered",
            f"number 1 (outreach-1) confirms that nothing conflicts: registry consensus confirm {ONE}",
        ),
        (CONFIRMED, "confirmed", "@OWNER reviews the registry and approves it: registry consensus approve"),
        (
            CONFIRMED | APPROVED,
            "approved",
            (
                "number 1 (outreach-1) broadcasts the registry: "
                "registry consensus broadcast --session-id outreach-1 --branch --push"
            ),
        ),
        (
            CONFIRMED | APPROVED | SENT,
            "broadcast",
            "each of 1-3 acknowledges for itself; fill in: registry consensus acknowledge --session-id ID --push",
        ),
        (
            CONFIRMED | APPROVED | SENT | ANSWERED,
            "acknowledged",
            "@OWNER starts the fleet: registry consensus activate",
        ),
        (
            CONFIRMED | APPROVED | SENT | ANSWERED | STARTED,
            "active",
            "nobody has to do anything before @OWNER activates the next week",
        ),
    ],
)
def test_phases_one_after_the_other(files: dict[str, str], phase: str, next_action: str) -> None:
    found = assessed(FULL | files)
    assert (found.phase, found.next_action) == (phase, next_action)
    assert (found.registered, found.digest) == (3, TODAY)


@pytest.mark.parametrize(
    ("files", "phase"),
    [
        (APPROVED | SENT | ANSWERED | STARTED, "registered"),
        (CONFIRMED | SENT | ANSWERED | STARTED, "confirmed"),
        (CONFIRMED | APPROVED | ANSWERED | STARTED, "approved"),
        (CONFIRMED | APPROVED | SENT | STARTED, "broadcast"),
        (
            CONFIRMED | APPROVED | {BROADCAST: record(number=2, session_id="outreach-2", delivered=[1, 2, 3])},
            "approved",
        ),
        (CONFIRMED | APPROVED | {BROADCAST: record(number=1, session_id="outreach-1", delivered=[1, 3])}, "approved"),
        (CONFIRMED | APPROVED | SENT | ANSWERED | acknowledgement(2, session_id="outreach-3"), "broadcast"),
        (
            CONFIRMED | APPROVED | SENT | ANSWERED | {ACTIVATION: record(approved_by="@me", week="2026-W48")},
            "acknowledged",
        ),
    ],
)
def test_a_phase_is_reached_only_after_all_phases_before_it(files: dict[str, str], phase: str) -> None:
    assert assessed(FULL | files).phase == phase


def test_an_empty_registry() -> None:
    found = assessed(registry())
    assert (found.phase, found.registered) == ("registering", 0)
    assert found.next_action == (
        "whoever has no number claims one of the free numbers 1-3; "
        "fill in: registry claim 1 --session-id ID --role ROLE --goal GOAL --yes --push"
    )
    assert evidence(registry()) == {
        "all-registered": (False, "0 of 3"),
        "numbers-unique": (False, "no claim yet"),
        "roles-distinct": (False, "no claim yet"),
        "goals-measurable": (False, "no claim yet"),
        "orchestrator-confirmed": (False, "no confirmation"),
        "human-approved": (False, "no approval"),
    }


def test_everything_is_registered_confirmed_and_approved() -> None:
    assert evidence(FULL | CONFIRMED | APPROVED) == {
        "all-registered": (True, "3 of 3"),
        "numbers-unique": (True, "3 numbers, each held by a session of its own"),
        "roles-distinct": (True, "3 roles, no two alike"),
        "goals-measurable": (True, "3 goals, each with targets"),
        "orchestrator-confirmed": (True, "by outreach-1"),
        "human-approved": (True, "by @OWNER"),
    }


def test_some_are_registered_one_is_pending_one_is_broken() -> None:
    files = registry(claim(1, status="PENDING"), claim(3, goal=None), charter=charter(capacity=4))
    found = assessed(files)
    assert (found.phase, found.registered) == ("registering", 0)
    assert found.next_action == (
        "whoever has no number claims one of the free numbers 2, 4; "
        "fill in: registry claim 2 --session-id ID --role ROLE --goal GOAL --yes --push; "
        "number 1 amends its claim to status: REGISTERED: "
        "registry claim 1 --session-id outreach-1 --status REGISTERED --push; "
        "everybody concerned mends what is wrong on main: registry audit"
    )
    assert evidence(files)["all-registered"] == (False, "0 of 4; not ready: 1, 3")
    assert evidence(files)["goals-measurable"] == (False, "unreadable claims: 3")
    assert evidence(registry(claim(2)))["roles-distinct"] == (True, "1 role, no two alike, so far (1 of 3)")


def test_proposed_numbers_are_not_offered() -> None:
    files = registry(claim(1), charter=charter(capacity=4))
    some = assessed(files, {2, 4}).next_action
    assert some == (
        "whoever has no number claims the free number 3; "
        "fill in: registry claim 3 --session-id ID --role ROLE --goal GOAL --yes --push; "
        "an approver decides on what is proposed: 2, 4: registry proposals"
    )
    unasked = assessed(files, None).next_action
    assert unasked == (
        "whoever has no number claims one of the free numbers 2-4 that nobody has proposed; "
        "fill in: registry claim --any --session-id ID --role ROLE --goal GOAL --yes --push"
    )
    every = assessed(files, {2, 3, 4}).next_action
    assert every == "an approver decides on what is proposed: 2-4: registry proposals"


def test_pending_sessions_act_next_when_no_number_is_free() -> None:
    found = assessed(registry(claim(1), claim(2, status="PENDING"), claim(3, status="PENDING")))
    assert (found.phase, found.registered) == ("registering", 1)
    form = "registry claim NUMBER --session-id ID --status REGISTERED --push"
    assert found.next_action == f"each of 2-3 amends its claim to status: REGISTERED; fill in: {form}"


@pytest.mark.parametrize("wrong", [{"number": 2}, {"role": None}])
def test_invalid_claim_is_not_registered(wrong: dict[str, Any]) -> None:
    files = FULL | {"registry/sessions/03.yaml": claim(3, **wrong)}
    found = assessed(files)
    assert (found.phase, found.registered) == ("registering", 2)
    assert evidence(files)["all-registered"] == (False, "2 of 3; not ready: 3")
    assert found.next_action == "everybody concerned mends what is wrong on main: registry audit"


def test_number_beyond_the_capacity_is_not_registered() -> None:
    found = assessed(registry(claim(1), claim(2), charter=charter(capacity=1)))
    assert (found.phase, found.registered) == ("registered", 1)


@pytest.mark.parametrize(
    ("fields", "name", "told"),
    [
        ({"session_id": "outreach-1"}, "numbers-unique", '"outreach-1" under 1 and 2'),
        ({"runtime_id": "outreach-1"}, "numbers-unique", '"outreach-1" under 1 and 2'),
        ({"role": "outreach ai (BATCH 1)"}, "roles-distinct", '"Outreach AI (Batch 1)" under 1 and 2'),
    ],
)
def test_evidence_names_what_two_claims_share(fields: dict[str, str], name: str, told: str) -> None:
    files = registry(claim(1), claim(2, **fields), claim(3))
    assert assessed(files).phase == "registering"
    unmet = {name: told for name, (met, told) in evidence(files).items() if not met and "no " not in told}
    assert unmet == {name: told}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (record(number=2, session_id="outreach-2"), "only number 1 can say it, and it names number 2"),
        (record(number=1, session_id="outreach-2"), 'number 1 is held by outreach-1, not by "outreach-2"'),
        (record(number=1), "it cannot be read"),
        (
            json.dumps({"registry": f"sha256:{'0' * 64}", "number": 1, "session_id": "outreach-1", **WHEN}),
            f"it speaks of the registry sha256:000000000000…, and today's is {TODAY[:19]}…",
        ),
    ],
)
def test_confirmation_of_another_registry_or_by_another_is_void(text: str, why: str) -> None:
    told = evidence(FULL | {CONFIRMATION: text})["orchestrator-confirmed"]
    assert told == (False, f"the confirmation no longer counts: {why}")


def test_confirmation_without_a_registered_orchestrator_is_void() -> None:
    files = registry(claim(2), claim(3), charter=charter(capacity=3))
    today = registry_digest(snapshot(files))
    text = json.dumps({"registry": today, "number": 1, "session_id": "outreach-1", **WHEN})
    assert evidence(files | {CONFIRMATION: text})["orchestrator-confirmed"][0] is False
    holderless = registry(claim(1), charter=charter(capacity=1, orchestrator=2))
    assert assessed(holderless).next_action.startswith(
        "number 2 confirms that nothing conflicts: registry consensus confirm --session-id ID"
    )


def test_approval_counts_for_the_approvers_of_the_charter() -> None:
    void = (False, 'the approval no longer counts: "@me" is no approver of the charter (@OWNER)')
    assert evidence(FULL | {APPROVAL: record(approved_by="@me")})["human-approved"] == void
    two = registry(
        claim(1), claim(2), claim(3), charter=charter(approvers=[{"handle": "@OWNER"}, {"handle": "@org/all"}])
    )
    assert evidence(two | {APPROVAL: record(approved_by="@org/all")})["human-approved"] == (True, "by @org/all")
    assert assessed(two | CONFIRMED).next_action.startswith("@OWNER, @org/all reviews")


def test_conflicts_block_the_confirmation() -> None:
    shared = [{"work": "outreach", "first": 1, "last": 9}]
    files = registry(claim(1, scope=shared), claim(2, scope=shared), claim(3))
    today = registry_digest(snapshot(files))
    text = json.dumps({"registry": today, "number": 1, "session_id": "outreach-1", **WHEN})
    found = assessed(files | {CONFIRMATION: text})
    who = "number 2 (outreach-2)"
    assert (found.phase, found.next_action) == ("registered", f"{who} resolves its conflict: registry conflicts")
    whole = snapshot(files)
    assert whole.charter
    decided = {name: assess(whole, whole.charter, waiting={name}).moves for name in ("claim/01", "claim/02")}
    assert [move.who for move in decided["claim/01"]] == ["an approver", who]
    assert [move.who for move in decided["claim/02"]] == ["an approver"]
    met, told = evidence(files | {CONFIRMATION: text})["orchestrator-confirmed"]
    assert not met
    assert told.startswith('by outreach-1, but the work "outreach 1-9" is that of number 1, outreach-1')


def test_problems_on_main_are_a_next_move_while_numbers_are_free() -> None:
    moves = assessed(registry(claim(1), claim(2, session_id="outreach-1"))).moves
    assert [move.command for move in moves] == [
        None,
        "registry audit",
    ]


MENDED = ("mends it, proposes something else or withdraws it: the gate rejects it", None)
MENDED_BY_SEVERAL = ("mend them, propose something else or withdraw them: the gate rejects them", None)


def test_a_proposal_that_the_gate_rejects_waits_for_its_session() -> None:
    whole = snapshot(registry(claim(1)))
    assert whole.charter
    assert assess(whole, whole.charter, {2, 3}, rejected={"claim/03", "charter/more"}).moves == (
        ("an approver", "decides on what is proposed: 2", "registry proposals"),
        ("those who proposed charter/more, claim/03", *MENDED_BY_SEVERAL),
    )
    assert assess(whole, whole.charter, {2, 3}, rejected={"claim/02", "claim/03"}).moves == (
        ("those who proposed claim/02, claim/03", *MENDED_BY_SEVERAL),
    )


def test_a_record_that_the_gate_rejects_is_made_again() -> None:
    whole = snapshot(FULL)
    assert whole.charter
    name = {"record/confirmation"}
    confirms, mends = assess(whole, whole.charter, waiting=name, rejected=name).moves
    assert (confirms.action, mends.who) == ("confirms that nothing conflicts", "who proposed record/confirmation")


def test_a_rejected_change_of_an_active_fleet_is_nobody_elses_move() -> None:
    whole = snapshot(FULL | CONFIRMED | APPROVED | SENT | ANSWERED | STARTED)
    assert whole.charter
    names = {"release/02"}
    assert assess(whole, whole.charter, waiting=names, rejected=names).moves == (("who proposed release/02", *MENDED),)


def test_a_proposed_record_waits_for_a_human() -> None:
    for name, before in (("confirmation", {}), ("broadcast", CONFIRMED | APPROVED)):
        whole = snapshot(FULL | before)
        assert whole.charter
        (move,) = assess(whole, whole.charter, waiting={f"record/{name}"}).moves
        assert move == ("@OWNER", f"decides on record/{name}", f"registry approve record/{name}")


def test_an_amendment_is_decided_on_before_the_next_record_is_made() -> None:
    whole = snapshot(FULL)
    assert whole.charter
    names = {"claim/01", "release/02", "record/confirmation"}
    assert assess(whole, whole.charter, waiting=names).moves == (
        ("an approver", "decides on what is proposed: claim/01, release/02", "registry proposals"),
    )
    for before in (CONFIRMED, CONFIRMED | APPROVED):
        late = snapshot(FULL | before)
        assert late.charter
        assert [move.who for move in assess(late, late.charter, waiting=names).moves] == ["an approver"]
    confirms, _ = assess(whole, whole.charter, waiting={"claim/01"}, rejected={"claim/01"}).moves
    assert confirms.action == "confirms that nothing conflicts"


def test_what_changes_an_active_fleet_waits_for_a_human() -> None:
    whole = snapshot(FULL | CONFIRMED | APPROVED | SENT | ANSWERED | STARTED)
    assert whole.charter
    found = [
        assess(whole, whole.charter, waiting=names).moves for names in ({"release/02"}, {"release/02", "claim/03"})
    ]
    assert found == [
        (("@OWNER", "decides on release/02", "registry approve release/02"),),
        (("@OWNER", "decides on claim/03, release/02", "registry proposals"),),
    ]
    stopping = {"release/02", "claim/03", "claim/04"}
    for names, stops in (({"release/02"}, "it stops"), ({"charter/a", "claim/03"}, "claim/03 stops")):
        (move,) = assess(whole, whole.charter, waiting=names, stopping=stopping).moves
        assert move.action.endswith(f" (approving {stops} the fleet)")


def test_after_the_active_week_a_human_activates_the_next() -> None:
    whole = snapshot(FULL | CONFIRMED | APPROVED | SENT | ANSWERED | STARTED)
    assert whole.charter
    move = (
        "@OWNER",
        "activates this week, as the active one is over (the next one: without --week)",
        "registry consensus activate --week 2026-W49",
    )
    assert assess(whole, whole.charter, this_week="2026-W49").moves == (move,)
    stopped = snapshot(FULL | CONFIRMED | APPROVED | SENT | ANSWERED)
    assert stopped.charter
    (starts,) = assess(stopped, stopped.charter, this_week="2026-W48").moves
    assert starts.action == "starts the fleet (it was activated for week 2026-W48; to go on in that: --week 2026-W48)"
    decides, same = assess(whole, whole.charter, waiting={"release/02"}, this_week="2026-W49").moves
    assert (decides.action, same) == ("decides on release/02", move)


def test_an_acknowledgement_is_of_these_responsibilities() -> None:
    files = FULL | CONFIRMED | APPROVED | SENT | acknowledgement(2)
    other = files | {"registry/sessions/02.yaml": claim(2, responsibilities=["Something else"])}
    assert (assessed(files).metrics.acknowledged, assessed(other).metrics.acknowledged) == (1, 0)


def test_metrics() -> None:
    assert assessed(FULL | CONFIRMED | APPROVED | SENT | acknowledgement(2)).metrics == Metrics(3, 3, 3, 100, 1)
    twins = registry(claim(1), claim(2, role="Outreach AI (Batch 1)"), claim(3, status="PENDING"))
    assert assessed(twins).metrics == Metrics(2, 1, 2, 0, 0)
    same = registry(claim(1), claim(2, session_id="outreach-1"), claim(3))
    assert assessed(same).metrics == Metrics(2, 3, 3, 33, 0)


def test_the_last_to_acknowledge_is_named() -> None:
    files = FULL | CONFIRMED | APPROVED | SENT | acknowledgement(1) | acknowledgement(3)
    assert assessed(files).next_action == (
        "number 2 acknowledges for itself: registry consensus acknowledge --session-id outreach-2 --push"
    )


def test_void_records_come_in_the_order_of_the_steps_with_the_command_that_works_now() -> None:
    files = FULL | CONFIRMED | APPROVED | SENT | ANSWERED | STARTED
    assert assessed(files).void == ()
    late = files | {"registry/sessions/02.yaml": claim(2, goal="Send 17 emails daily, and one letter")}
    assert [(record.kind, record.number, record.again) for record in assessed(late).void] == [
        ("confirmation", 1, "registry consensus confirm --session-id outreach-1 --push"),
        ("approval", None, None),
        ("broadcast", 1, None),
        *(("acknowledgement", number, None) for number in (1, 2, 3)),
        ("activation", None, None),
    ]


def test_each_session_acknowledges_again_after_the_second_broadcast() -> None:
    sent = FULL | CONFIRMED | APPROVED | SENT
    stale = {
        path: text.replace(registry_digest(snapshot(FULL)), f"sha256:{'0' * 64}") for path, text in ANSWERED.items()
    }
    assert [record.again for record in assessed(sent | stale).void] == [
        f"registry consensus acknowledge --session-id outreach-{number} --push" for number in (1, 2, 3)
    ]
    assert {record.again for record in assessed(sent | stale).records if not record.void} == {None}


def test_an_active_fleet_has_a_week() -> None:
    whole = FULL | CONFIRMED | APPROVED | SENT | ANSWERED
    assert active_week(snapshot(whole)) is None
    assert active_week(snapshot(whole | STARTED)) == "2026-W48"
    assert active_week(snapshot({})) is None


def test_record_that_cannot_be_read_is_void() -> None:
    assert assessed(FULL | {APPROVAL: "registry: ["}).void == (
        RecordState(APPROVAL, "approval", None, None, "it cannot be read", "registry audit"),
    )


def test_records_are_listed_with_their_authors() -> None:
    rows = [record[:5] for record in assessed(FULL | CONFIRMED | APPROVED | acknowledgement(3)).records]
    assert rows == [
        (CONFIRMATION, "confirmation", 1, "outreach-1", None),
        (APPROVAL, "approval", None, "@OWNER", None),
        ("registry/consensus/acknowledgements/03.yaml", "acknowledgement", 3, "outreach-3", None),
    ]


@pytest.mark.parametrize("signer", ["@OWNER", "@other", None])
def test_approval_names_the_signer_of_the_step(signer: str | None) -> None:
    """Where main is not guarded, nobody signs, and the charter alone says who may approve."""
    before = snapshot(FULL | CONFIRMED)
    after = snapshot(FULL | CONFIRMED | APPROVED)._replace(signed_by=signer)
    found = [problem.message for problem in foreign_record.check(after, before)]
    told = 'this approval is in a wrong name: it says "@OWNER", and @other has signed the step'
    assert found == ([told] if signer == "@other" else [])


def test_phase_without_a_charter() -> None:
    assert phase_of(snapshot({})) == "registering"
    assert reached("active", "active")
    assert not reached("approved", "broadcast")


def test_a_session_acknowledges_only_for_itself() -> None:
    files = FULL | acknowledgement(1) | acknowledgement(2, number=3) | acknowledgement(3, session_id="outreach-1")
    whole = snapshot(files)
    assert whole.charter is not None
    assert acknowledged(whole, whole.charter, TODAY) == {1}
    assert acknowledged(whole, whole.charter, "sha256:other") == set()


def claims(*texts: str) -> Snapshot:
    return snapshot(registry(*texts))


CLAIM = "registry/sessions/02.yaml"


def test_digest_is_that_of_canonical_json() -> None:
    """For ASCII keys and texts and whole numbers, RFC 8785 is sorted keys without spaces."""
    plan = json.loads(charter())
    agreed = {name: plan[name] for name in plan if name not in ("approvers", "slots")}
    claims = [json.loads(claim(number)) for number in (1, 2, 3)]
    rows = [{name: row[name] for name in row if name in (*COMMITMENT, "key")} for row in claims]
    canonical = json.dumps({"charter": agreed, "claims": rows}, sort_keys=True, separators=(",", ":"))
    assert f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}" == TODAY


def test_digest_of_the_page() -> None:
    """Whoever computes the digest in another language has these files, and what must come of them."""
    page = (ROOT / "docs" / "consensus.md").read_text().partition("## The digest")[2].partition("\n## ")[0]
    plan, said, canonical, told = re.findall(r"```[a-z]+\n(.*?)```", page, re.DOTALL)
    found = snapshot({CHARTER: plan, "registry/sessions/01.yaml": said})
    assert f"sha256:{hashlib.sha256(canonical.replace(chr(10), '').encode()).hexdigest()}" == told.strip()
    assert registry_digest(found) == told.strip()


def test_digest_does_not_depend_on_layout_or_order() -> None:
    whole = snapshot(FULL)
    found = [claim.claim for claim in whole.claims.values() if claim.claim]
    assert digest(whole.charter, reversed(found)) == digest(whole.charter, found) == TODAY
    text = "# a comment\n" + json.dumps(dict(reversed(json.loads(claim(2)).items())), indent=2) + "\n"
    assert registry_digest(snapshot(FULL | {CLAIM: text})) == TODAY
    unsaid = claim(2, scope=[], schedule=[], labels={})
    assert registry_digest(snapshot(FULL | {CLAIM: unsaid})) == TODAY


@pytest.mark.parametrize(
    "fields",
    [
        {"runtime_id": "session-1"},
        {"labels": {"team": "outreach"}},
        {"owner": "github:583231", "owner_login": "OWNER"},
        {"timestamp": "2026-11-21T08:00:00Z"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_digest_leaves_out_what_others_do_not_rely_on(fields: dict[str, Any]) -> None:
    assert registry_digest(snapshot(FULL | {CLAIM: claim(2, **fields)})) == TODAY


@pytest.mark.parametrize(
    "fields",
    [
        {"approvers": [{"handle": "@OWNER"}, {"handle": "@OWNER2"}]},
        {"slots": [{"number": 1, "title": "Sender", "role": "Sender - Send emails"}]},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_digest_leaves_out_approvers_and_slots(fields: dict[str, Any]) -> None:
    assert registry_digest(snapshot(FULL | {CHARTER: charter(**fields)})) == TODAY


@pytest.mark.parametrize(
    "fields",
    [
        {"time_zone": "Europe/Berlin"},
        {"capacity": 4},
        {"orchestrator": 2},
        {"mission": {"statement": "Answer every customer"}},
        {"metrics": [{"name": "emails sent", "unit": "emails", "per": "day"}]},
        {"work": [{"name": "outreach", "first": 1, "last": 500}]},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_digest_depends_on_the_charter(fields: dict[str, Any]) -> None:
    assert registry_digest(snapshot(FULL | {CHARTER: charter(**fields)})) != TODAY


def test_digest_without_a_charter() -> None:
    whole = snapshot({path: text for path, text in FULL.items() if path != CHARTER})
    assert registry_digest(whole) not in (TODAY, registry_digest(snapshot({})))


def test_digest_depends_on_every_claim() -> None:
    assert registry_digest(claims(claim(1), claim(2))) != TODAY
    assert registry_digest(claims(claim(1), claim(2), claim(3, status="PENDING"))) != TODAY
    broken = claims(claim(1), claim(2), claim(3, goal=None))
    assert registry_digest(broken) == registry_digest(claims(claim(1), claim(2)))


@pytest.mark.parametrize(
    ("files", "me", "shown"),
    [
        (registry(), "desk-1", "fill in: registry claim 1 --role ROLE"),
        (registry(claim(2)), "outreach-2", "fill in: registry claim 1 --session-id ID --role ROLE"),
        (registry(claim(2, status="PENDING")), "outreach-2", ": registry claim 2 --status REGISTERED --push"),
        (FULL, "outreach-1", ": registry consensus confirm --push"),
        (FULL, "outreach-2", ": registry consensus confirm --session-id outreach-1 --push"),
        (FULL | CONFIRMED | APPROVED, "outreach-1", ": registry consensus broadcast --branch --push"),
        (FULL | CONFIRMED | APPROVED | SENT, "outreach-2", "for itself: registry consensus acknowledge --push"),
        (FULL | CONFIRMED | APPROVED | SENT, "desk-9", "fill in: registry consensus acknowledge --session-id ID"),
    ],
)
def test_a_session_that_has_said_its_name_reads_its_own_commands_without_it(
    files: dict[str, str], me: str, shown: str
) -> None:
    whole = snapshot(files)
    assert whole.charter
    assert shown in assess(whole, whole.charter, me=me).next_action
