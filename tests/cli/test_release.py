"""`registry release`: free a number; history keeps its holder, and another session may claim it."""

import pytest

from tests.cli.stage import Stage, commit, fleet, git, plain, verb
from tests.cli.test_claim import MINE
from tests.cli.test_proposals import propose
from tests.shell import program
from tests.test_schema import published

REASON = ("--reason", "The session has ended")


def events(stage: Stage, *words: str) -> list[tuple[str, str]]:
    verb(stage.human, "proposals")  # hears of main
    done = verb(stage.human, "history", "--format", "json", *words)
    return [(row["event"], row["session_id"]) for row in done.document["events"]]


def test_release_takes_the_claim_out_and_history_keeps_it(guarded: Stage) -> None:
    session = guarded.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0
    before = verb(guarded.human, "history", "4", "--format", "json").document["events"]
    done = verb(session, "release", "4", *REASON)
    holder = "marketing-outreach-1 since <time> (commit <id>)"
    assert (done.exit_code, plain(done.out)) == (
        0,
        f"proposed on release/04: give back number 4, held by {holder}; a human has to approve it\n",
    )
    assert done.err == "next: registry whoami --session-id marketing-outreach-1 --fetch\n"
    assert git(guarded.bare, "log", "-1", "--format=%B", "release/04") == (
        "Release number 4: The session has ended\n\n"
    )
    assert git(guarded.bare, "diff", "--name-status", "main", "release/04") == "D\tregistry/sessions/04.yaml\n"
    assert "Release number 4: The session has ended" in verb(guarded.human, "proposals").out
    there = guarded.human.name  # seen from a folder that is in no repository
    approved = verb(guarded.folder, "approve", "release/04", "--yes", "--repo", there)
    assert "Release number 4: The session has ended" in approved.out
    assert approved.err == f"next: registry consensus status --repo {there} --fetch\n"
    assert verb(guarded.folder, *approved.err.split()[2:]).exit_code == 1, "no consensus yet"
    assert events(guarded, "4") == [("registered", "marketing-outreach-1"), ("released", "marketing-outreach-1")]
    assert verb(guarded.human, "history", "4", "--format", "json").document["events"][:1] == before

    row = verb(guarded.human, "history", "4", "--format", "json").document["events"][-1]
    assert row["reason"] == "The session has ended"
    assert verb(guarded.human, "history", "4").out.endswith(
        "  released         marketing-outreach-1, approved by @OWNER: The session has ended\n"
    )

    # Another session's life of the number.
    other = guarded.clone("other")
    again = verb(other, "claim", "4", *MINE, "--session-id", "marketing-successor", "--push")
    assert again.exit_code == 0, again
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0
    assert events(guarded, "4") == [
        ("registered", "marketing-outreach-1"),
        ("released", "marketing-outreach-1"),
        ("registered", "marketing-successor"),
    ]
    lost = verb(session, "claim", "4", *MINE, "--push")
    assert lost.exit_code == 1
    assert "number 4 is held by marketing-successor since" in lost.note
    assert verb(guarded.human, "audit").exit_code == 0
    assert verb(session, "claim", "5", *MINE, "--push").exit_code == 0  # who has given back may take another


def test_repeating_a_release_is_reported(stage: Stage) -> None:
    stage.registered(4)
    assert verb(stage.human, "release", "4", *REASON).exit_code == 0
    proposed = stage.refs("refs/heads/release/")
    done = verb(stage.human, "release", "4", "--reason", "another")
    assert (done.exit_code, done.out) == (0, "the release of number 4 is proposed already: release/04\n")
    assert stage.refs("refs/heads/release/") == proposed


def test_a_session_gives_back_its_own_number_and_no_other(stage: Stage) -> None:
    stage.registered(4)
    stage.registered(5)
    mine = ("--session-id", "marketing-outreach-1")
    done = verb(stage.human, "release", "5", *mine, *REASON)
    assert (done.exit_code, plain(done.out)) == (
        1,
        "number 5 is held by marketing-outreach-2 since <time> (commit <id>), not by marketing-outreach-1\n",
    )
    nobody = verb(stage.human, "release", "--session-id", "late-1", *REASON)
    assert (nobody.exit_code, nobody.out) == (1, "late-1 holds no number on main\n")
    assert stage.refs("refs/heads/release/") == {}
    unnamed = verb(stage.human, "release", *REASON)
    assert (unnamed.exit_code, unnamed.err.startswith("registry: which session?")) == (2, True)

    done = verb(stage.human, "release", *mine, *REASON, "--format", "json")
    assert list(published("output-release").iter_errors(done.document)) == []
    assert stage.refs("refs/heads/release/") == {"refs/heads/release/04": done.document["commit"]}
    fields = {name: done.document[name] for name in ("number", "session_id", "branch", "pushed", "findings")}
    assert fields == {
        "number": 4, "session_id": "marketing-outreach-1", "branch": "release/04", "pushed": True, "findings": [],
    }  # fmt: skip


@pytest.mark.parametrize("number", ["3", "0", "13"])
def test_release_of_a_free_number(stage: Stage, number: str) -> None:
    done = verb(stage.human, "release", number, *REASON)
    assert (done.exit_code, done.out) == (1, f"number {number} is held by nobody\n")


def test_release_requires_a_reason(stage: Stage) -> None:
    stage.registered(4)
    done = verb(stage.human, "release", "4", "--reason", " ")
    assert (done.exit_code, done.err) == (2, "registry: say why: it is what history shows\n")


def test_release_does_not_touch_the_working_tree(stage: Stage) -> None:
    stage.registered(4)
    before = (git(stage.human, "status", "--porcelain=v2", "--branch"), git(stage.human, "ls-files", "--stage"))
    assert verb(stage.human, "release", "4", *REASON).exit_code == 0
    assert (git(stage.human, "status", "--porcelain=v2", "--branch"), git(stage.human, "ls-files", "--stage")) == before


def test_release_of_a_claim_that_cannot_be_read(stage: Stage) -> None:
    """What is broken on main can be given back like anything else."""
    stage.registered(4, number="four")
    done = verb(stage.human, "release", "4", *REASON)
    assert done.exit_code == 0, done
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 0
    assert verb(stage.human, "audit").exit_code == 0


def test_server_that_refuses(stage: Stage) -> None:
    stage.registered(4)
    program(stage.bare / "hooks" / "pre-receive", "echo 'not today'; exit 1")
    done = verb(stage.human, "release", "4", *REASON)
    assert (done.exit_code, done.err) == (2, "registry: release/04 is not pushed: not today\n")


def test_a_release_of_an_amended_claim_is_void(stage: Stage) -> None:
    """Somebody amends the claim while its release waits: Git cannot merge the two, and the gate says so."""
    stage.registered(4)
    assert verb(stage.human, "release", "4", *REASON).exit_code == 0
    propose(stage, "claim/04", ("registry/sessions/04.yaml", fleet(4).replace("Track", "Follow")))
    assert verb(stage.human, "approve", "claim/04", "--yes").exit_code == 0
    done = verb(stage.human, "approve", "release/04", "--yes")
    assert done.exit_code == 1
    assert done.out.endswith(
        "release/04 is not merged: the gate rejects it: REG305 this file does not merge into main\n\n"
    )


def test_a_reason_that_is_no_text_is_kept_as_it_can_be_shown(stage: Stage) -> None:
    stage.registered(4)
    assert verb(stage.human, "release", "4", "--reason", "caf\udce9").exit_code == 0
    assert git(stage.bare, "log", "-1", "--format=%s", "release/04") == "Release number 4: caf\\udce9\n"


def test_a_claim_of_an_earlier_life_of_the_number_is_proposed_again(guarded: Stage) -> None:
    """Another session has had the number meanwhile and given it back: the same command makes the proposal anew."""
    session = guarded.clone("session")
    assert verb(session, "claim", "4", *MINE, "--push").exit_code == 0
    before = guarded.registered(4, session_id="marketing-other", runtime_id="session-other")
    (guarded.human / "registry/sessions/04.yaml").unlink()
    released = commit(guarded.human, "Release", key=git(guarded.human, "config", "user.signingkey").strip())
    git(guarded.human, "push", "--quiet", "origin", "main")
    assert "REG305 main has changed this file since" in verb(guarded.human, "approve", "4", "--yes").out
    again = verb(session, "claim", "4", *MINE, "--push")
    assert (again.exit_code, again.note) == (0, "proposed number 4 on branch claim/04; a human has to approve it")
    assert git(guarded.bare, "rev-parse", "claim/04~1", "claim/04~2").split() == [released, before]
    assert verb(guarded.human, "approve", "4", "--yes").exit_code == 0


def test_what_the_gate_rejects_is_not_proposed(stage: Stage) -> None:
    """Nobody can have signed with a key that cannot be read."""
    stage.registered(4, status="REGISTERED\nkey: nonsense")
    done = verb(stage.human, "release", "4", *REASON)
    assert (done.exit_code, "error[REG308]" in done.out) == (1, True), done
    assert done.out.endswith("not proposed: the gate would reject it\n")
    assert stage.refs("refs/heads/release/") == {}
