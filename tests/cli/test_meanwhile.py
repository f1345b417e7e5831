"""Pushes by others between a verb's fetch and its push are never overwritten nor acted on unread."""

from pathlib import Path

import pytest

from tests.cli.agreeing import ORCHESTRATOR, SESSIONS, main_of, said
from tests.cli.meanwhile import (
    ALL_BUT_ONE_ACKNOWLEDGED,
    APPROVED,
    CONFIRMED,
    REGISTERED,
    Advanced,
    before_the_push,
    once,
)
from tests.cli.stage import ENVIRONMENT, Stage, commit, git, plain, typed, verb, write
from tests.cli.test_claim import MINE
from tests.cli.test_proposals import claims, propose
from tests.repository import Repository
from tests.server import Cut, serving

ACKNOWLEDGE = ("consensus", "acknowledge", "--session-id", SESSIONS[11], "--push")
CONFIRM = ("consensus", "confirm", "--session-id", ORCHESTRATOR, "--push")
BROADCAST = ("consensus", "broadcast", "--session-id", ORCHESTRATOR, "--push", "--branch")


def amendment(stage: Stage) -> str:
    """Claim number 4, and a commit that amends the claim and is not on its branch yet."""
    claims(stage, 4)
    return claims(stage, 4, branch="aside", goal="Send 17 emails daily, 95%+ delivery rate, in verse")


def a_page(stage: Stage) -> str:
    """A commit on top of main that changes nothing of the registry, and is not on main yet."""
    other = stage.clone("other")
    write(other, "README.md", "A page")
    ahead = commit(other, "A page")
    git(other, "push", "--quiet", "origin", "HEAD:refs/heads/aside")
    return ahead


def test_an_amended_proposal_is_not_rejected(stage: Stage) -> None:
    other = amendment(stage)
    before_the_push(stage.human, f"git update-ref refs/heads/claim/04 {other}")
    done = verb(stage.human, "reject", "4", "--reason", "no")
    assert (done.exit_code, done.err.startswith("registry: claim/04 is still there: ")) == (2, True), done
    assert stage.refs("refs/heads/claim/") == {"refs/heads/claim/04": other}
    assert stage.refs("refs/rejected/") == {}


def test_an_amended_proposal_is_neither_merged_nor_deleted(stage: Stage) -> None:
    other = amendment(stage)
    before_the_push(stage.human, f"git update-ref refs/heads/claim/04 {other}")
    done = typed(stage.human, ["y", "n"], "approve", "4")
    assert (done.exit_code, done.out.rstrip().splitlines()[-1]) == (1, "claim/04 stays open")
    assert done.out.count("claim/04, proposed") == 2
    assert stage.refs("refs/heads/claim/") == {"refs/heads/claim/04": other}
    assert main_of(stage) == stage.beginning


def test_an_amended_proposal_is_not_withdrawn(stage: Stage) -> None:
    other = amendment(stage)
    before_the_push(stage.human, f"git update-ref refs/heads/claim/04 {other}")
    done = verb(stage.human, "withdraw", "4", "--session-id", "marketing-outreach-1")
    assert (done.exit_code, done.err.startswith("registry: claim/04 is still there: ")) == (2, True), done
    assert stage.refs("refs/heads/claim/") == {"refs/heads/claim/04": other}
    assert stage.refs("refs/withdrawn/") == {}


def test_a_rejection_is_pushed_although_main_moves(stage: Stage) -> None:
    claims(stage, 4)
    before_the_push(stage.human, f"git update-ref refs/heads/main {a_page(stage)}")
    assert verb(stage.human, "reject", "4", "--reason", "no").exit_code == 0


def test_a_branch_pushed_in_between_is_not_overwritten(stage: Stage) -> None:
    """Even one that the claim could be pushed over without force."""
    session = stage.clone("session")
    before_the_push(session, "git update-ref refs/heads/claim/04 refs/heads/main")
    done = verb(session, "claim", "4", *MINE, "--push")
    assert "number 4: somebody was faster" in done.err
    assert (done.exit_code, "proposed first by a session that cannot be read" in done.note) == (1, True)
    assert stage.refs()["refs/heads/claim/04"] == stage.beginning


def test_a_release_pushed_in_between_is_kept(stage: Stage) -> None:
    stage.registered(4)
    rival = propose(stage, "aside", ("registry/sessions/04.yaml", None), message="Release number 4: first")
    before_the_push(stage.human, f"git update-ref refs/heads/release/04 {rival}")
    done = verb(stage.human, "release", "4", "--reason", "second")
    assert (done.exit_code, done.out) == (0, "the release of number 4 is proposed already: release/04\n")
    assert stage.refs("refs/heads/release/") == {"refs/heads/release/04": rival}


def test_a_release_blocked_by_a_lock_is_not_reported_as_proposed(stage: Stage) -> None:
    stage.registered(4)
    before_the_push(stage.human, "mkdir -p refs/heads/release; : > refs/heads/release/04.lock")
    done = verb(stage.human, "release", "4", "--reason", "done")
    assert (done.exit_code, done.out) == (2, "")
    assert done.err.startswith("registry: release/04 is not pushed: ")


def test_a_merged_release_branch_is_not_a_proposal(stage: Stage) -> None:
    """A forge keeps the branch of what it has merged. The number has been taken again since."""
    stage.registered(4)
    assert verb(stage.human, "release", "4", "--reason", "first").exit_code == 0
    spent = stage.refs()["refs/heads/release/04"]
    git(stage.bare, "update-ref", "refs/heads/main", spent)
    stage.registered(4, session_id="marketing-successor")
    done = verb(stage.human, "release", "4", "--reason", "second")
    assert (
        done.exit_code,
        done.out.startswith("proposed on release/04: give back number 4, held by marketing-successor "),
    ) == (0, True)
    assert stage.refs()["refs/heads/release/04"] != spent
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 0
    assert "registry/sessions/04.yaml" not in git(stage.bare, "ls-tree", "-r", "--name-only", "main")


def test_a_release_that_the_gate_rejects_now_is_proposed_anew(stage: Stage) -> None:
    stage.registered(4)
    assert verb(stage.human, "release", "4", "--reason", "first").exit_code == 0
    stage.registered(4, goal="Send 17 emails daily, 95%+ delivery rate, in verse")
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 1
    done = verb(stage.human, "release", "4", "--reason", "second")
    assert (done.exit_code, done.out.startswith("proposed on release/04: ")) == (0, True)
    assert verb(stage.human, "approve", "release/04", "--yes").exit_code == 0


# On the way to consensus


@pytest.mark.parametrize(
    ("state", "words"),
    [(CONFIRMED, ("consensus", "approve", "--yes")), (ALL_BUT_ONE_ACKNOWLEDGED, ACKNOWLEDGE)],
    ids=["approve", "acknowledge"],
)
def test_an_acknowledgement_is_retried_on_a_moved_main(
    tmp_path: Path, all_active: Repository, state: str, words: tuple[str, ...]
) -> None:
    stage = Advanced(tmp_path, all_active, state)
    ahead = a_page(stage)
    before_the_push(stage.human, once(f"git update-ref refs/heads/main {ahead}"))
    done = said(verb(stage.human, *words))
    assert plain(done.note).endswith(" on main (commit <id>)")
    assert git(stage.bare, "rev-list", "--first-parent", "-n", "2", "main").split()[1] == ahead
    assert not stage.refs("refs/heads/record/")


def test_an_acknowledgement_survives_many_lost_races(tmp_path: Path, all_active: Repository) -> None:
    """More losses than allowed silent attempts: a refusal counts as an answer."""
    stage = Advanced(tmp_path, all_active, ALL_BUT_ONE_ACKNOWLEDGED)
    moves = 'git update-ref refs/heads/main "$(git commit-tree -p main -m "A page" main^{tree})"'
    before_the_push(stage.human, f"echo >> pushed; if [ $(wc -l < pushed) -lt 7 ]; then {moves}; fi")
    done = said(verb(stage.human, *ACKNOWLEDGE))
    assert done.err.count("somebody was faster; trying again") == 6
    assert git(stage.bare, "rev-list", "--first-parent", "--count", f"{stage.beginning}..main").strip() == "7"


def test_a_record_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, all_active: Repository) -> None:
    stage = Advanced(tmp_path, all_active, REGISTERED)
    ahead = a_page(stage)
    before_the_push(stage.human, once(f"git update-ref refs/heads/record/confirmation {ahead}"))
    done = verb(stage.human, *CONFIRM)
    assert (done.exit_code, done.note) == (
        1,
        "record/confirmation was changed by another push; run the same command again",
    )
    assert stage.refs()["refs/heads/record/confirmation"] == ahead
    assert said(verb(stage.human, *CONFIRM)).note.startswith("the confirmation is proposed on record/confirmation")


def test_a_broadcast_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, all_active: Repository) -> None:
    stage = Advanced(tmp_path, all_active, APPROVED)
    ahead = a_page(stage)
    before_the_push(stage.human, once(f"git update-ref refs/heads/broadcast {ahead}"))
    done = said(verb(stage.human, *BROADCAST))
    assert "the branch has moved" in done.err
    assert git(stage.bare, "rev-list", "broadcast").split()[1] == ahead


# The push is done, and its answer is lost


def cut_off(stage: Stage, *words: str) -> tuple[int, str]:
    """Run a verb over HTTP whose push is done while its client never hears of it."""
    with serving("http", stage.folder, ENVIRONMENT) as server:
        git(stage.human, "remote", "set-url", "origin", f"{server.url}/{stage.bare.name}")
        git(stage.bare, "config", "http.receivepack", "true")
        server.cuts.extend([Cut.BEFORE_THE_ANSWER, Cut.BEFORE_THE_ANSWER])
        done = verb(stage.human, *words)
        assert len(server.cuts) < 2
    return done.exit_code, done.out + done.err


def test_consensus_that_is_approved_without_an_answer(tmp_path: Path, all_active: Repository) -> None:
    stage = Advanced(tmp_path, all_active, CONFIRMED)
    exit_code, text = cut_off(stage, "consensus", "approve", "--yes")
    assert (exit_code, f"the approval is on main (commit {main_of(stage)[:12]})" in text) == (0, True), text
    assert not stage.refs("refs/heads/record/")


def test_a_rejection_without_an_answer(stage: Stage) -> None:
    claims(stage, 4)
    exit_code, text = cut_off(stage, "reject", "4", "--reason", "no")
    assert (exit_code, text.startswith("turned down claim/04: no\n")) == (0, True), text
    assert len(stage.refs("refs/rejected/")) == 1


def test_a_release_without_an_answer(stage: Stage) -> None:
    stage.registered(4)
    exit_code, text = cut_off(stage, "release", "4", "--reason", "no")
    assert (exit_code, text.splitlines()[0]) == (0, "the release of number 4 is proposed already: release/04")


# A server that says nothing


@pytest.mark.parametrize("what", ["claim", "acknowledge"])
def test_a_silent_server_is_asked_four_times(tmp_path: Path, all_active: Repository, what: str) -> None:
    """The server would accept the seventh push, so more attempts than four are noticed quickly."""
    stage = Stage(tmp_path) if what == "claim" else Advanced(tmp_path, all_active, ALL_BUT_ONE_ACKNOWLEDGED)
    before_the_push(stage.human, "echo >> asked; [ $(wc -l < asked) -gt 6 ]")
    done = verb(stage.human, *(("claim", "4", *MINE, "--push") if what == "claim" else ACKNOWLEDGE))
    assert done.exit_code == 2, done
    assert done.err.count("trying again") == 3
    assert len((stage.bare / "asked").read_text()) == 4
    assert "does not take the " in done.err.splitlines()[-1]


def test_an_approval_that_does_not_reach_the_server_is_not_proposed(tmp_path: Path, all_active: Repository) -> None:
    stage = Advanced(tmp_path, all_active, CONFIRMED)
    before_the_push(stage.human, "mkdir once || exit 0; exit 1")
    done = verb(stage.human, "consensus", "approve", "--yes")
    assert done.exit_code == 2
    assert done.err.startswith("registry: the approval is not on main: fatal: Could not read from remote repository")
    assert list(stage.refs("refs/heads/record/")) == []
