"""`registry whoami`: one session's claim, state and next action."""

from pathlib import Path

import pytest

from tests.cli.stage import Done, Stage, git, verb
from tests.repository import Repository, claim_path, fleet, with_charter

OUTREACH = """\
name:    marketing-outreach-1
number:  4
state:   registered
role:    Outreach AI - Personalize and send emails (Morning Batch 1)
goal:    Send 17 perfectly personalized emails daily, 95%+ delivery rate
since:   2026-11-20T09:05:00Z
next:    wait for the broadcast: registry status
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
    assert "next:    commit to the claim: amend it to status: REGISTERED" in answer.out


def test_an_acknowledged_session(all_active: Repository) -> None:
    answer = whoami(all_active, "marketing-outreach-1")
    assert answer.exit_code == 0
    assert "state:   acknowledged\n" in answer.out


@pytest.mark.parametrize("session_id", ["nobody", "marketing-sales-closer-2", "Marketing-Outreach-1", "", "\x1b[31m"])
def test_an_unknown_session(halfway_there: Repository, session_id: str) -> None:
    answer = whoami(halfway_there, session_id)
    assert answer.exit_code == 1
    assert "is not registered\nnext: claim" in answer.out
    assert "2-3, 5-6, 8, 10-12" in answer.out
    assert "\x1b" not in answer.out


def test_json(halfway_there: Repository) -> None:
    found = whoami(halfway_there, "marketing-outreach-1", "--format", "json")
    missing = whoami(halfway_there, "nobody", "--format", "json")
    assert (found.exit_code, missing.exit_code) == (0, 1)
    assert found.document["number"] == 4
    assert missing.document["state"] == "unregistered"


def test_an_unreadable_claim_on_main_is_reported(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git")
    claim = fleet()[4].replace("status: REGISTERED", "status: NO")
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
    assert "next:    wait for the broadcast" in asked.out
