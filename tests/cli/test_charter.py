"""`registry charter propose`: the charter travels the same road as claims."""

from pathlib import Path

import pytest

from tests.cli.agreeing import all_registered
from tests.cli.stage import CHARTER, Done, Stage, git, try_git, verb, write
from validator.hosts.github.codeowners import owners_text

PATH = "registry/charter.yaml"


@pytest.fixture
def signed(guarded: Stage) -> Stage:
    return guarded


@pytest.fixture
def plain(unsigned: Stage) -> Stage:
    return unsigned


def propose(clone: Path, old: str, new: str, *words: str) -> Done:
    text = (clone / PATH).read_text("utf-8")
    assert old in text
    write(clone, PATH, text.replace(old, new))
    return verb(clone, "charter", "propose", *words)


def test_a_larger_capacity_is_one_proposal_and_renames_nothing(signed: Stage) -> None:
    signed.registered(1)
    before = git(signed.bare, "ls-tree", "-r", "--name-only", "main", "registry/sessions")
    done = propose(signed.human, "capacity: 12", "capacity: 104", "--name", "growth", "--push")
    next_command = "registry approve charter/growth"
    assert done.exit_code == 0, done
    assert done.note == f"proposed the charter on charter/growth; a human has to approve it: {next_command}"
    assert f"to put it back: git checkout HEAD -- {PATH}\n" in done.err
    assert verb(signed.human, "approve", "charter/growth", "--yes").note.startswith(
        "charter/growth is on main (commit "
    )
    assert signed.at("main", PATH)["capacity"] == 104
    assert git(signed.bare, "ls-tree", "-r", "--name-only", "main", "registry/sessions") == before
    assert git(signed.bare, "log", "-1", "--format=%s", "main") == "Change the charter: growth\n"
    assert "refs/heads/charter/growth" not in signed.refs()
    assert verb(signed.human, "audit").exit_code == 0


def test_codeowners_comes_with_new_approvers(signed: Stage) -> None:
    done = propose(signed.human, "approvers:", 'approvers:\n  - {handle: "@DEPUTY"}', "--push")
    assert done.exit_code == 0, done
    wanted = owners_text(["@DEPUTY", "@OWNER"])
    assert git(signed.bare, "show", "charter/change:CODEOWNERS") == wanted
    assert verb(signed.human, "approve", "charter/change", "--yes").exit_code == 0
    assert git(signed.bare, "show", "main:CODEOWNERS") == wanted


def test_it_is_listed_judged_turned_down_and_watched(plain: Stage) -> None:
    assert propose(plain.human, "capacity: 12", "capacity: 13", "--push").exit_code == 0
    listed = verb(plain.human, "proposals", "--format", "json").document["proposals"]
    assert [(one["name"], one["verdict"], one["number"]) for one in listed] == [("charter/change", "accepted", None)]
    assert "waits for an approver: charter/change: registry approve charter/change\n" in (
        verb(plain.human, "consensus", "status").out
    )
    watched = verb(plain.human, "status", "--watch", "--once")
    assert "charter/change is proposed; the gate says accepted" in watched.out
    assert verb(plain.human, "reject", "charter/change", "--reason", "Too many").exit_code == 0
    assert "charter/change turned down: Too many" in verb(plain.human, "proposals", "--all").out


def test_a_charter_on_main_is_an_event(plain: Stage) -> None:
    plain.registered(1)
    assert "registered" in verb(plain.human, "status", "--watch", "--once").out
    assert propose(plain.human, "capacity: 12", "capacity: 13", "--push").exit_code == 0
    assert verb(plain.human, "approve", "charter/change", "--yes").exit_code == 0
    assert "the charter has changed: capacity\n" in verb(plain.human, "status", "--watch", "--once").out
    history = verb(plain.human, "history", "--format", "json").document["events"]
    rows = [(one["number"], one["event"], one["path"]) for one in history]
    assert rows == [(1, "registered", "registry/sessions/01.yaml"), (None, "charter-changed", PATH)]
    assert verb(plain.human, "history").out.splitlines()[-1].endswith("  registry/charter.yaml, approved by @OWNER")
    assert "charter" not in verb(plain.human, "history", "1").out


def test_a_new_time_zone_voids_consensus_and_a_new_approver_does_not(stage: Stage) -> None:
    orchestrator = all_registered(stage)
    assert verb(orchestrator, "consensus", "confirm", "--session-id", "marketing-orchestrator", "--push").exit_code == 0
    assert verb(stage.human, "approve", "record/confirmation", "--yes").exit_code == 0
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    git(stage.human, "config", "registry.approver", "@OWNER")
    approver = ("approvers:", 'approvers:\n  - {handle: "@DEPUTY"}')
    for (old, new), phase in ((approver, "confirmed"), (("America/Los_Angeles", "Europe/Berlin"), "registered")):
        assert propose(stage.human, old, new, "--push").exit_code == 0
        assert verb(stage.human, "approve", "charter/change", "--yes").exit_code == 0
        assert verb(stage.human, "status", "--format", "json").document["phase"] == phase
        git(stage.human, "checkout", "--quiet", "--force", "-B", "main", "origin/main")


def test_a_repeat_says_that_it_is_proposed(plain: Stage) -> None:
    first = propose(plain.human, "capacity: 12", "capacity: 13", "--push", "--format", "json").document
    again = verb(plain.human, "charter", "propose", "--push", "--format", "json").document
    assert (again["commit"], again["pushed"], again["findings"]) == (first["commit"], True, [])
    assert again["note"].startswith("charter/change is proposed already; a human has to approve it: ")


def test_the_same_charter_under_another_name_is_proposed_once(plain: Stage) -> None:
    first = propose(plain.human, "capacity: 12", "capacity: 13", "--push", "--format", "json").document
    again = verb(plain.human, "charter", "propose", "--name", "growth", "--push", "--format", "json").document
    assert (again["branch"], again["commit"], again["pushed"]) == ("charter/change", first["commit"], True)
    assert again["note"].startswith("charter/change is proposed already; a human has to approve it: ")
    assert "refs/heads/charter/growth" not in plain.refs()
    other = propose(plain.human, "capacity: 13", "capacity: 14", "--name", "growth", "--push")
    assert other.note.startswith("proposed the charter on charter/growth; ")


def test_ones_own_draft_is_replaced_and_anothers_is_not(plain: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    propose(plain.human, "capacity: 12", "capacity: 13", "--push")
    assert propose(plain.human, "capacity: 13", "capacity: 14", "--push").exit_code == 0
    assert plain.at("charter/change", PATH)["capacity"] == 14
    deputy = plain.clone("deputy")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "deputy@example.invalid")
    refused = propose(deputy, "capacity: 12", "capacity: 24", "--push")
    assert (refused.exit_code, refused.out) == (2, "")
    assert "charter/change is a draft of session <session@example.invalid>; name yours otherwise: --name" in refused.err
    assert verb(deputy, "charter", "propose", "--name", "twice", "--push").exit_code == 0


@pytest.mark.takes_long
def test_what_main_has_changed_since_is_not_undone(plain: Stage) -> None:
    deputy = plain.clone("deputy")
    propose(plain.human, "time_zone: America/Los_Angeles", "time_zone: UTC", "--push")
    assert verb(plain.human, "approve", "charter/change", "--yes").exit_code == 0
    late = propose(deputy, "capacity: 12", "capacity: 13", "--push")
    assert (late.exit_code, "then propose it again; registry charter propose says how" in late.out) == (1, True)
    way_out = "git pull --rebase --autostash origin main"
    assert late.note == f"not proposed: main has changed it since; run: {way_out}, and then this again"
    git(deputy, *way_out.split()[1:], "--quiet")
    assert verb(deputy, "charter", "propose", "--push").exit_code == 0
    assert verb(plain.human, "approve", "charter/change", "--yes").exit_code == 0
    charter = plain.at("main", PATH)
    assert (charter["time_zone"], charter["capacity"]) == ("UTC", 13)


def test_the_same_charter_is_not_proposed(plain: Stage) -> None:
    """Its CODEOWNERS, which main lacks here, is none of a charter's change."""
    git(plain.human, "pull", "--quiet", "origin", "main")
    done = verb(plain.human, "charter", "propose", "--push")
    assert done == (0, f"nothing is proposed: main has this charter already; change {PATH} and run this again\n", "")
    assert "refs/heads/charter/change" not in plain.refs()


def test_what_main_has_changed_is_taken_over_where_there_is_no_remote(plain: Stage) -> None:
    git(plain.human, "pull", "--quiet", "origin", "main")
    git(plain.human, "checkout", "--quiet", "-b", "work")
    git(plain.human, "remote", "remove", "origin")
    propose(plain.human, "time_zone: America/Los_Angeles", "time_zone: UTC")
    git(plain.human, "update-ref", "refs/heads/main", "charter/change")
    git(plain.human, "checkout", "--quiet", "HEAD", "--", PATH)
    older = verb(plain.human, "charter", "propose").note
    assert older.startswith("nothing is proposed: you have changed nothing, and main has another charter since; take ")
    late = propose(plain.human, "capacity: 12", "capacity: 13")
    way_out = "git rebase --autostash main"
    assert late.note == f"not proposed: main has changed it since; run: {way_out}, and then this again"
    git(plain.human, *way_out.split()[1:], "--quiet")
    assert verb(plain.human, "charter", "propose").exit_code == 0


def test_without_push_it_is_here_only(plain: Stage) -> None:
    done = propose(plain.human, "capacity: 12", "capacity: 13")
    assert done.note == (
        "proposed the charter on charter/change, here only; publish it: git push origin charter/change"
    )
    assert "refs/heads/charter/change" not in plain.refs()
    git(plain.human, "push", "--quiet", "origin", "charter/change")
    assert "refs/heads/charter/change" in plain.refs()


@pytest.mark.parametrize("name", ["", "-x", "a/b", "a b", "a.lock", "a" * 65])
def test_a_name_that_makes_no_branch_is_refused(plain: Stage, name: str) -> None:
    done = propose(plain.human, "capacity: 12", "capacity: 13", f"--name={name}")
    assert (done.exit_code, "is no name for a proposal" in done.err) == (2, True)


def test_what_the_gate_rejects_is_not_proposed(plain: Stage) -> None:
    done = propose(plain.human, "orchestrator: 1", "orchestrator: 13", "--push")
    assert (done.exit_code, done.note) == (1, "not proposed: the gate would reject it")
    assert "REG008" in done.out
    assert "refs/heads/charter/change" not in plain.refs()


def test_a_broken_charter_is_one_line(plain: Stage) -> None:
    write(plain.human, PATH, CHARTER.replace("capacity: 12", "capacity: many"))
    done = verb(plain.human, "charter", "propose", "--push")
    assert (done.exit_code, done.err.count("\n")) == (2, 1)


def test_an_approvers_own_signed_draft_is_not_onto_main(signed: Stage) -> None:
    git(signed.human, "checkout", "--quiet", "-b", "charter/growth")
    write(signed.human, PATH, (signed.human / PATH).read_text("utf-8").replace("capacity: 12", "capacity: 13"))
    git(signed.human, "add", "--all")
    git(signed.human, "-c", "gpg.format=ssh", "commit", "--quiet", "--gpg-sign", "--message", "Grow")
    git(signed.human, "push", "--quiet", "origin", "charter/growth")
    refused = verb(signed.human, "proposals", "--format", "json").document["proposals"]
    assert [one["verdict"] for one in refused] == ["accepted"]
    pushed = try_git(signed.human, "push", "--quiet", "origin", "charter/growth:main")
    assert (pushed.exit_code, "REG304" in pushed.err) == (1, True)
    git(signed.human, "checkout", "--quiet", "main")
    assert verb(signed.human, "approve", "charter/growth", "--yes").exit_code == 0
    assert signed.at("main", PATH)["capacity"] == 13
