"""`registry whoami`: one session's claim, state and next action."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.stage import Done, Stage, commit, fleet, git, new_key, typed, verb, write
from tests.corpus.whoami_table import rows
from tests.repository import Repository, claim_path, with_charter
from tests.repository import fleet as claims

NO_KEY = {"fingerprint": None, "key_state": "not-signed"}
EACH = "each needs its session's claim, and a human (@OWNER) who approves it"
OUTREACH = f"""\
name:    marketing-outreach-1
number:  4
state:   registered
role:    Outreach AI - Personalize and send emails (Morning Batch 1)
goal:    Send 17 perfectly personalized emails daily, 95%+ delivery rate
since:   2026-11-20T09:05:00Z
next:    number 4 is yours; wait: not registered yet: 2-3, 5-12; {EACH}; ask again with --fetch
"""


def whoami(repository: Repository, session_id: str, *words: str) -> Done:
    return verb(repository.path, "whoami", "--session-id", session_id, *words)


def test_a_registered_session(halfway_there: Repository) -> None:
    answer = whoami(halfway_there, "marketing-outreach-1")
    assert answer == (0, OUTREACH, "")


def test_a_pending_session(halfway_there: Repository) -> None:
    answer = whoami(halfway_there, "marketing-conversation-1")
    assert answer.exit_code == 0
    assert "state:   pending\n" in answer.out
    assert "run: registry claim 7 --session-id marketing-conversation-1 --status REGISTERED --push\n" in answer.out


def test_an_acknowledged_session(all_active: Repository) -> None:
    answer = whoami(all_active, "marketing-outreach-1")
    assert answer.exit_code == 0
    assert "state:   active\n" in answer.out
    assert 'next:    number 4 is active from Monday 2099-11-23 (week 2099-W48): "Send 17' in answer.out


@pytest.mark.parametrize("session_id", ["nobody", "Marketing-Outreach-1", "", "\x1b[31m"])
def test_an_unknown_session(halfway_there: Repository, session_id: str) -> None:
    answer = whoami(halfway_there, session_id)
    assert answer.exit_code == 1
    assert "is not registered\nnext: claim" in answer.out
    assert "2-3, 6, 8, 10-12; for instance 2" in answer.out  # 5 is proposed
    assert "\x1b" not in answer.out


def test_the_number_that_fits_a_sessions_role_is_offered_first(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [4])
    late = fleet(4).replace("marketing-outreach-1", "marketing-late").replace("session-outreach-1", "session-late")
    role = "Conversation AI - Handle replies and qualify (High Priority)"
    late = late.replace("Outreach AI - Personalize and send emails (Morning Batch 1)", role)
    repository.commit("claim/04", {claim_path(4): late}, "main^")
    answer = whoami(repository, "marketing-late")
    assert "claim a free number: 1-3, 5-12; for instance 7 " in answer.out


def test_a_branch_that_stays_after_it_is_merged_waits_for_nobody(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git")
    repository.commit("claim/04", {claim_path(4): fleet(4)}, "main")
    repository.commit("main", {"README.md": "words"})
    repository.merge("claim/04")
    document = whoami(repository, "marketing-outreach-1", "--format", "json").document
    assert (document["state"], document["proposals"]) == ("registered", [])


def test_json(halfway_there: Repository) -> None:
    found = whoami(halfway_there, "marketing-outreach-1", "--format", "json")
    missing = whoami(halfway_there, "nobody", "--format", "json")
    assert (found.exit_code, missing.exit_code) == (0, 1)
    assert found.document["number"] == 4
    assert missing.document["state"] == "unregistered"


def test_an_unreadable_claim_on_main_is_reported(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git")
    claim = claims()[4].replace("status: REGISTERED", "status: NO")
    repository.commit("main", {claim_path(4): claim})
    answer = whoami(repository, "marketing-outreach-1", "--format", "json")
    assert (answer.exit_code, answer.document["state"]) == (0, "unreadable")
    assert answer.document["next_action"].startswith("fix the claim of number 4")


def test_before_the_release(halfway_there: Repository) -> None:
    answer = whoami(halfway_there, "marketing-sales-closer-2", "--ref", "main~2")
    assert answer.exit_code == 0


def test_fetch_asks_the_server_before_it_answers(stage: Stage) -> None:
    session = stage.clone("session")
    stage.registered(4)
    me = ("whoami", "--session-id", "marketing-outreach-1")
    heard = verb(session, *me)
    assert (heard.exit_code, "is not registered" in heard.out) == (1, True)
    assert git(session, "rev-parse", "origin/main").strip() == stage.beginning, "nothing is fetched without being asked"
    asked = verb(session, *me, "--fetch")
    assert (asked.exit_code, "state:   registered\n" in asked.out) == (0, True)
    assert f"; wait: not registered yet: 1-3, 5-12; {EACH}; ask again with --fetch\n" in asked.out


def test_a_session_whose_work_was_taken_is_given_the_command_that_mends_it(stage: Stage) -> None:
    session = stage.clone("session")
    git(session, "config", "registry.session", "marketing-outreach-2")
    words = ("claim", "5", "--goal", "Send 17 emails daily", "--scope", "outreach: 10-30", "--yes", "--push")
    assert verb(session, *words).exit_code == 0
    stage.registered(4)  # has 1-17
    said = verb(session, "whoami", "--fetch").out
    command = "registry claim 5 --scope 'outreach 18-30' --push"
    assert f"help: take a part that nobody has: outreach 18-50; for instance: {command}\n" in said
    assert verb(session, *shlex.split(command)[1:]).exit_code == 0
    assert "next:    wait: a human (@OWNER) has to approve number 5" in verb(session, "whoami").out


def test_a_nameless_session_is_told_how_to_say_its_name(halfway_there: Repository) -> None:
    (row,) = (row for row in rows() if row.id == "N01")
    answer = verb(halfway_there.path, "whoami")
    assert (answer.exit_code, answer.out) == (2, "")
    assert row.form
    assert row.form in answer.err


def test_an_active_session_hears_its_week_and_has_no_command(all_active: Repository) -> None:
    answer = whoami(all_active, "marketing-outreach-1", "--format", "json").document
    assert (answer["state"], answer["phase"], answer["week"]) == ("active", "active", "2099-W48")
    assert answer["command"] is None
    assert "wait" not in answer["next_action"]


def test_everybody_hears_that_the_active_week_is_over(all_active: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    fleet = Repository(tmp_path / "fleet.git")
    path = "registry/consensus/activation.yaml"
    fleet.commit("main", {path: fleet.git("show", f"main:{path}").replace("2099-W48", "2025-W52")})
    said = whoami(fleet, "marketing-outreach-1").out
    assert (
        "next:    number 4 is yours and active in week 2025-W52, which is over; wait: a human (@OWNER) has to activate "
        "this week, or the next; ask again with --fetch\n"
    ) in said
    for words in (("status",), ("consensus", "status")):
        assert re.search(
            r"\nnext: @OWNER activates this week, as the active one is over "
            r"\(the next one: without --week\): registry consensus activate --week 20\d\d-W\d\d\n",
            verb(fleet.path, *words).out,
        )
    git(tmp_path, "clone", "--quiet", "fleet.git", "human")
    left_out = re.search(
        r"\nthis leaves out week (20\d\d-W\d\d) \(20.{8} to 20.{8}\), which has begun; "
        r"to activate that one instead: registry consensus activate --week \1\n",
        typed(tmp_path / "human", ["n"], "consensus", "activate").out,
    )
    assert left_out
    page = typed(tmp_path / "human", ["n"], "consensus", "activate", "--week", left_out[1])
    assert f"Activate week {left_out[1]} as @OWNER?" in page.err
    assert "leaves out" not in page.out


def test_a_session_hears_what_stopped_its_fleet(all_active: Repository, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    fleet = Repository(tmp_path / "fleet.git")
    fleet.commit("main", {"registry/sessions/04.yaml": None})
    said = whoami(fleet, "marketing-orchestrator").out
    assert (
        "next:    stop work: the fleet was activated for week 2099-W48 until its records no longer counted: "
        "number 4 is given back by marketing-outreach-1; number 1 is yours; wait: not registered yet: 4; "
    ) in said
    assert "stop work" not in whoami(fleet, "marketing-orchestrator", "--ref", "main~2").out
    told = whoami(fleet, "nobody").out
    assert "is only changing its claim: the fleet was activated for week 2099-W48 until its records no longer " in told
    released = whoami(fleet, "marketing-outreach-1").out
    assert "you held number 4, which is released; claim it again as it was" in released
    assert "run: registry claim 4 --session-id marketing-outreach-1 --role " in released
    assert "--schedule 'Send " in released


def test_a_session_hears_who_else_has_released_its_number(tmp_path: Path) -> None:
    """Its key has not signed the release: to claim the number again is no step that just follows."""
    fleet_of_one = with_charter(tmp_path / "registry.git", [])
    key = new_key(tmp_path / "session")
    fleet_of_one.commit("main", {"registry/sessions/04.yaml": f'{fleet(4)}key: "{key}"\n'})
    fleet_of_one.commit("main", {"registry/sessions/04.yaml": None})
    said = " ".join(whoami(fleet_of_one, "marketing-outreach-1").out.split())
    assert "next: you held number 4; " in said
    assert " released it on 20" in said
    assert "; claim it again only if that is settled; fill in: registry claim 4 " in said


def test_a_holder_hears_of_its_amendment_until_main_has_another_file_or_record(stage: Stage) -> None:
    session = stage.clone("session")
    stage.registered(4)
    me = ("--session-id", "marketing-outreach-1")
    amended = fleet(4).replace("Send 17", "Send 18").replace("value: 17", "value: 18").encode()
    assert verb(session, "claim", "4", *me, "--from", "-", "--push", stdin=amended).exit_code == 0
    waiting = verb(session, "whoami", *me, "--fetch", "--format", "json").document
    assert waiting["next_action"].endswith("wait: a human (@OWNER) has to approve claim/04; ask again with --fetch")
    assert verb(stage.human, "reject", "4", "--reason", "Not yet").exit_code == 0
    down = verb(session, "whoami", *me, "--fetch", "--format", "json").document
    assert down["next_action"].startswith(
        'claim/04 was turned down: "Not yet"; number 4 is yours; wait: not registered yet: '
    )
    assert down["proposals"] == [{"branch": "claim/04", "verdict": "turned-down", "reason": "Not yet", **NO_KEY}]
    git(session, "checkout", "--quiet", "--detach", "origin/main")
    write(session, "registry/consensus/confirmation.yaml", "{}")
    commit(session, "A later step of the whole fleet")
    later = verb(session, "whoami", *me, "--ref", "HEAD", "--format", "json").document
    assert (later["proposals"], later["next_action"][:20]) == ([], "number 4 is yours; w")
    changed = stage.at("main", "registry/sessions/04.yaml") | {"labels": {"team": "letters"}}
    write(stage.human, "registry/sessions/04.yaml", json.dumps(changed))
    commit(stage.human, "Another team")
    git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    after = verb(session, "whoami", *me, "--fetch", "--format", "json").document
    assert (after["proposals"], after["next_action"][:20]) == ([], "number 4 is yours; w")
    git(stage.human, "rm", "--quiet", "registry/sessions/04.yaml")
    git(stage.human, "commit", "--quiet", "--message", "Give it back")
    git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    released = verb(session, "whoami", *me, "--fetch", "--format", "json").document
    assert released["state"] == "unregistered", "the amendment that was turned down is of a claim that is gone"
    assert released["next_action"].startswith("you held number 4")


def test_a_session_that_was_late_is_told_who_was_first_and_what_is_free(stage: Stage) -> None:
    session = stage.clone("session")
    mine = fleet(4, session_id="late-1", runtime_id="session-0")
    write(session, "registry/sessions/04.yaml", mine)
    git(session, "checkout", "--quiet", "-B", "claim/04")
    commit(session, "Claim number 4")
    git(session, "push", "--quiet", "origin", "claim/04")
    stage.registered(4)
    answer = verb(session, "whoami", "--session-id", "late-1", "--fetch", "--format", "json").document
    assert (answer["state"], answer["number"], answer["command"]) == ("rejected", 4, None)
    assert answer["next_action"].startswith("number 4 is held by marketing-outreach-1 since ")
    assert answer["next_action"].endswith("fill in: registry claim 1 --session-id late-1 --goal GOAL --yes --push")
    assert [(row["branch"], row["verdict"]) for row in answer["proposals"]] == [("claim/04", "rejected")]


def test_an_orchestrator_hears_that_it_is_its_move(all_registered: Repository) -> None:
    answer = whoami(all_registered, "marketing-orchestrator", "--format", "json").document
    assert answer["command"] == "registry consensus confirm --session-id marketing-orchestrator --push".split()
    others = whoami(all_registered, "marketing-outreach-1", "--format", "json").document
    assert others["next_action"].endswith(
        "wait: the orchestrator, number 1 (marketing-orchestrator), has to confirm that nothing conflicts; "
        "ask again with --fetch"
    )
