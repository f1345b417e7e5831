"""`claim --release`: in an active fleet a number is given back and claimed again with one proposal and one approval."""

from pathlib import Path

import pytest

from tests.cli.agreeing import said
from tests.cli.stage import git, verb
from tests.cli.states import FLEET, activate, complete
from tests.keys import public_key
from tests.repository import Repository, claim_path
from validator.git.repo import Repo
from validator.operations.proposed import judge_proposed
from validator.registry.reader import Reader

ME = ("--session-id", "marketing-outreach-1")
HOURS = ("claim", "4", *ME, "--schedule", "Send, mon-fri 14:00-15:00", "--push")
PATH = claim_path(4)
LATER = FLEET[4].replace("10:00", "14:00").replace("11:00", "15:00")


@pytest.fixture
def server(all_active: Repository, tmp_path: Path) -> Path:
    """A guarded server with an active fleet of twelve, an approver's clone and a session's."""
    git(tmp_path, "clone", "--quiet", "--bare", str(all_active.path), "fleet.git")
    said(verb(tmp_path, "install-hook", "fleet.git", "--unsigned"))
    for name in ("human", "session"):
        git(tmp_path, "clone", "--quiet", "fleet.git", name)
    return tmp_path / "fleet.git"


@pytest.mark.takes_long
def test_one_proposal_and_one_approval_change_the_hours_of_an_active_session(server: Path, tmp_path: Path) -> None:
    human, session, before = tmp_path / "human", tmp_path / "session", git(server, "rev-parse", "main").strip()
    refused = verb(session, *HOURS)
    assert refused.exit_code == 1
    assert "REG404" in refused.out
    assert "or in one proposal, on a plain Git server; add to the same command: --release REASON" in refused.out
    assert verb(session, *HOURS, "--release", "REASON").exit_code == 2
    assert "leave --release out" in verb(session, *HOURS, "--release", "Other hours", "--pr").err
    done = said(verb(session, *HOURS, "--release", "Other hours"))
    assert "proposed number 4 on branch claim/04; a human has to approve it\n" in done.out
    assert "is proposed already, by you; a human has to approve it" in said(verb(session, *HOURS)).out
    assert "✓ claim/04 " in verb(human, "proposals").out
    assert git(server, "rev-parse", "main").strip() == before

    # Another change lands: the proposal was made on an older main, and is made again.
    label = ("claim", "5", "--session-id", "marketing-outreach-2", "--label", "team=two", "--push")
    said(verb(session, *label))
    said(verb(human, "approve", "5", "--yes"))
    assert "✗ claim/04 " in verb(human, "proposals").out
    assert verb(human, "approve", "4", "--yes").exit_code == 1
    said(verb(session, *HOURS, "--release", "Other hours"))

    before = git(server, "rev-parse", "main").strip()
    done = said(verb(human, "approve", "4", "--yes"))
    assert "the fleet stops until then." in " ".join(done.out.split())
    steps = git(server, "log", "--first-parent", "--reverse", "--format=%s", f"{before}..main").splitlines()
    assert [step.partition(":")[0] for step in steps] == ["Release session 4", "Amend session 4"]
    rows = verb(human, "history", "4").out.splitlines()[-2:]
    assert rows[0].endswith("  released         marketing-outreach-1, approved by @OWNER: Other hours")
    assert rows[1].endswith("  registered       marketing-outreach-1, approved by @OWNER")
    assert verb(human, "status", "--format", "json").document["phase"] == "registered"
    assert said(verb(human, "audit")).exit_code == 0


def judged(repository: Repository) -> list[str]:
    """What is wrong with the proposal claim/04."""
    reader, main = Reader(Repo(repository.path)), repository.git("rev-parse", "main")
    verdict = judge_proposed(reader, *reader.change(main, repository.git("rev-parse", "claim/04")))
    return [finding.code for finding in verdict.findings if finding.level == "error"]


def test_only_a_release_and_the_claim_on_it_are_judged_in_two_steps(tmp_path: Path) -> None:
    repository = complete(tmp_path / "registry.git")
    repository.commit("main", {PATH: f"{FLEET[4]}key: {public_key('FOUR')}\n"})
    activate(repository)
    main = "refs/heads/main^0"
    key = f"key: {public_key('FOUR')}\n"

    def proposed(*changes: str | None, signed: str = "FOUR", start: str = main) -> list[str]:
        repository.git("update-ref", "refs/heads/claim/04", start)
        for text in changes:
            repository.commit("claim/04", {PATH: text})
            repository.sign("claim/04", signed)
        return judged(repository)

    assert proposed(None, LATER + key) == []
    assert proposed(LATER + key) == ["REG404"]
    assert proposed(None, LATER + key, LATER.replace("15:00", "16:00") + key) == ["REG404"]
    assert proposed(FLEET[4] + key + "labels: {a: b}\n", LATER + key) == ["REG404"]
    assert proposed(None, LATER + key, start="refs/heads/main~1") == ["REG404"]  # main has moved
    assert "REG308" in proposed(None, LATER + key, signed="MALLORY")
    repository.commit("claim/04", {PATH: None}, main)  # not signed by the session
    repository.commit("claim/04", {PATH: LATER + key})
    repository.sign("claim/04", "FOUR")
    assert judged(repository) == ["REG404", "REG308"]
