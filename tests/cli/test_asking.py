"""Approval pages and questions on a terminal, while other users push."""

import json
from pathlib import Path

import pytest

from tests.cli.agreeing import ORCHESTRATOR, main_of, said
from tests.cli.meanwhile import ACKNOWLEDGED, CONFIRMED, REGISTERED, Advanced
from tests.cli.stage import Stage, commit, fleet, git, typed, verb, write
from tests.cli.terminal import Terminal
from tests.cli.test_proposals import claims
from tests.repository import Repository
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.operations import approve
from validator.operations.approver import who_approves
from validator.operations.proposals import judge_proposal
from validator.registry.reader import Reader

APPROVAL = "Approve this registry as @OWNER? [y/N]: "
ACTIVATION = "Activate week 2099-W48 as @OWNER? [y/N]: "
WEEK = ("consensus", "activate", "--week", "2099-W48")


@pytest.fixture
def confirmed(tmp_path: Path, all_active: Repository) -> Advanced:
    return Advanced(tmp_path, all_active, CONFIRMED)


@pytest.fixture
def acknowledged(tmp_path: Path, all_active: Repository) -> Advanced:
    return Advanced(tmp_path, all_active, ACKNOWLEDGED)


def digest(stage: Stage) -> str:
    return str(verb(stage.human, "consensus", "status", "--ref", main_of(stage), "--format", "json").document["digest"])


def amended_and_confirmed(stage: Stage) -> str:
    """A commit on top of main in which number 5 promises something else and the orchestrator has confirmed that."""
    other = stage.clone("other")
    write(other, "registry/sessions/05.yaml", fleet(5).replace("Track", "Follow"))
    git(other, "update-ref", "refs/remotes/origin/main", commit(other, "Number 5 follows instead"))
    said(verb(other, "consensus", "confirm", "--session-id", ORCHESTRATOR))
    git(other, "push", "--quiet", "origin", "record/confirmation:refs/heads/aside")
    return git(stage.bare, "rev-parse", "aside").strip()


# The registry as a whole


def test_the_page_that_consensus_is_approved_on(confirmed: Advanced) -> None:
    with Terminal(confirmed.human, "consensus", "approve") as terminal:
        page = terminal.until(APPROVAL)
        assert f"registry {digest(confirmed)}\n" in page
        for number in range(1, 13):
            session, role, goal = (
                fleet(number).partition(f"\n{name}: ")[2].partition("\n")[0] for name in ("session_id", "role", "goal")
            )
            assert f"{number:>5}  {session}: {role}\n       {goal}\n" in page
        assert "\naudit: " in page
        assert "· human-approved          no approval\n" in page
        terminal.answer("n")
        exit_code, rest = terminal.end()
    assert (exit_code, rest.splitlines()[-1]) == (1, "no approval is made: you answered no")
    assert main_of(confirmed) == confirmed.beginning


def test_the_page_shows_audit_findings(confirmed: Advanced) -> None:
    write(confirmed.human, "registry/sessions/notes.txt", "not a claim")
    commit(confirmed.human, "A file that has no business there")
    git(confirmed.human, "push", "--quiet", "origin", "HEAD:main")
    done = typed(confirmed.human, ["n"], "consensus", "approve")
    assert "error[REG" in done.out, done
    assert "notes.txt" in done.out


def test_a_changed_registry_is_shown_and_asked_about_again(confirmed: Advanced) -> None:
    ahead, before = amended_and_confirmed(confirmed), digest(confirmed)
    with Terminal(confirmed.human, "consensus", "approve") as terminal:
        assert f"registry {before}\n" in terminal.until(APPROVAL)
        git(confirmed.bare, "update-ref", "refs/heads/main", ahead)
        terminal.answer("y")
        page = terminal.until(APPROVAL)
        assert digest(confirmed) != before
        assert f"registry {digest(confirmed)}\n" in page
        terminal.answer("n")
        assert terminal.end()[0] == 1
    assert main_of(confirmed) == ahead


def test_the_same_registry_is_asked_about_once(confirmed: Advanced) -> None:
    write(confirmed.human, "README.md", "Nothing that the digest covers")
    ahead = commit(confirmed.human, "A page")
    git(confirmed.human, "push", "--quiet", "origin", "HEAD:refs/heads/aside")
    with Terminal(confirmed.human, "consensus", "approve") as terminal:
        terminal.until(APPROVAL)
        git(confirmed.bare, "update-ref", "refs/heads/main", ahead)
        terminal.answer("y")
        exit_code, rest = terminal.end()
    assert (exit_code, APPROVAL in rest) == (0, False)
    assert "the approval is on main (commit " in rest
    assert git(confirmed.bare, "rev-parse", "main^1").strip() == ahead


def test_as_json_the_page_goes_to_standard_error(confirmed: Advanced) -> None:
    done = typed(confirmed.human, ["n"], "consensus", "approve", "--format", "json")
    assert (done.exit_code, json.loads(done.out)["note"]) == (1, "no approval is made: you answered no")
    assert f"registry {digest(confirmed)}\n" in done.err


def test_as_json_the_page_of_the_confirmation_goes_to_standard_error(tmp_path: Path, all_active: Repository) -> None:
    stage = Advanced(tmp_path, all_active, REGISTERED)
    confirmation = git(all_active.path, "rev-parse", CONFIRMED).strip()
    git(stage.bare, "update-ref", "refs/heads/record/confirmation", confirmation)
    done = typed(stage.human, ["n"], "consensus", "approve", "--format", "json")
    assert (done.exit_code, json.loads(done.out)["note"]) == (1, "no approval: the gate rejects it")
    assert "record/confirmation stays open" in done.err


def test_the_page_that_a_week_is_activated_on(acknowledged: Advanced) -> None:
    with Terminal(acknowledged.human, *WEEK) as terminal:
        page = terminal.until(ACTIVATION)
        assert "mon 2099-11-23" in page
        assert f"registry {digest(acknowledged)}\n" in page
        terminal.answer("n")
        assert terminal.end()[0] == 1
    assert main_of(acknowledged) == acknowledged.beginning
    assert typed(acknowledged.human, ["y"], *WEEK).exit_code == 0
    assert acknowledged.at("main", "registry/consensus/activation.yaml")["week"] == "2099-W48"


# A proposal


def test_the_page_shows_the_change_as_it_lands(stage: Stage) -> None:
    claims(stage, 4)
    stage.registered(6)
    done = typed(stage.human, ["n"], "approve", "4")
    assert "+session_id: marketing-outreach-1" in done.out
    assert "diff --git a/registry/sessions/06.yaml" not in done.out, "number 6 is not touched by it"


def test_the_page_of_a_conflict_shows_what_the_proposal_changes(stage: Stage) -> None:
    claims(stage, 4, session_id="marketing-late")
    stage.registered(4)
    stage.registered(6)
    done = typed(stage.human, [], "approve", "4")
    assert "+session_id: marketing-late" in done.out
    assert "diff --git a/registry/sessions/06.yaml" not in done.out
    assert "marketing-outreach-1" not in done.out.partition("error[")[0], "nor is what main has meanwhile"


def test_as_json_the_page_of_a_proposal_goes_to_standard_error(stage: Stage) -> None:
    claims(stage, 4)
    done = typed(stage.human, ["n"], "approve", "4", "--format", "json")
    assert (done.exit_code, json.loads(done.out)["approvals"][0]["note"]) == (1, "claim/04 stays open")
    assert "+session_id: marketing-outreach-1" in done.err.partition("Approve claim/04")[0]


def test_a_proposal_rejected_while_the_page_is_shown_is_not_merged(stage: Stage) -> None:
    claims(stage, 4)
    other = stage.clone("other")
    with Terminal(stage.human, "approve", "4") as terminal:
        terminal.until("Approve claim/04 as @OWNER? [y/N]: ")
        said(verb(other, "reject", "4", "--reason", "Not this week\x1b[2J"))
        terminal.answer("y")
        exit_code, rest = terminal.end()
    assert (exit_code, rest.strip().splitlines()[-1]) == (1, "claim/04 was turned down: Not this week\\x1b[2J")
    assert main_of(stage) == stage.beginning


def test_a_proposal_merged_by_another_approver_is_reported_as_merged(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims(stage, 4)
    other = stage.clone("other")
    with Terminal(stage.human, "approve", "4") as terminal:
        terminal.until("Approve claim/04 as @OWNER? [y/N]: ")
        monkeypatch.setenv("GIT_COMMITTER_NAME", "another human")
        said(verb(other, "approve", "4", "--yes"))
        terminal.answer("y")
        exit_code, rest = terminal.end()
    assert exit_code == 0
    assert "claim/04 is merged already: number 4 is held by marketing-outreach-1 since " in rest
    assert main_of(stage)[:12] in rest


def test_a_claim_that_main_has_changed_is_not_merged_by_a_driver(stage: Stage) -> None:
    """An attribute of the approver's clone names a merge driver that keeps main's side of every claim."""
    stage.registered(4)
    claims(stage, 4, goal="Send 17 perfectly personalized emails daily, 95%+ delivery rate, always")
    late = fleet(4).replace("Track delivery", "Watch delivery")
    assert late != fleet(4)
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    write(stage.human, "registry/sessions/04.yaml", late)
    ahead = commit(stage.human, "Number 4 watches instead")
    git(stage.human, "push", "--quiet", "origin", "main")
    git(stage.human, "config", "merge.mine.driver", "true")
    (stage.human / ".git/info").mkdir(exist_ok=True)
    (stage.human / ".git/info/attributes").write_text("*.yaml merge=mine\n")
    done = verb(stage.human, "approve", "4", "--yes")
    assert done.exit_code == 1
    assert "REG305 main has changed this file since this change began from it; propose it again" in done.note
    assert main_of(stage) == ahead


def test_a_merge_with_another_result_here_is_not_signed(stage: Stage) -> None:
    """Whatever makes Git merge otherwise here than judged: nothing of it is pushed."""
    claims(stage, 4)
    server = Remote(Repo(stage.human), "origin")
    main, (proposal,) = server.main_and_proposals()
    one, approver = judge_proposal(Reader(server.repo), main, proposal), who_approves(server)
    assert approve._merge(server, approver, one._replace(verdict=one.verdict._replace(tree="0" * 40))) == ("", None)
    assert main_of(stage) == main
    merge, _ = approve._merge(server, approver, one)
    assert main_of(stage) == merge
