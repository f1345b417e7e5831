"""`claim --release`: in an active fleet a number is given back and claimed again with one proposal and one approval."""

import shlex
from pathlib import Path

import pytest

from tests.cli.agreeing import said
from tests.cli.stage import git, verb
from tests.cli.states import FLEET, activate, complete
from tests.keys import public_key
from tests.repository import Repository, claim_path
from validator.git.remote import Proposal
from validator.git.repo import Repo
from validator.hosts.plain.proposals import judge_proposal as judge_push
from validator.hosts.plain.push import Move
from validator.hosts.plain.server import Server
from validator.operations.proposals import Judged, judge_proposal
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
    git(human, "remote", "set-url", "origin", "https://github.com/example/fleet")
    assert "leave --release out" in verb(human, *HOURS, "--release", "Other hours").err
    git(human, "remote", "set-url", "origin", str(server))
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
    advice = said(verb(session, "whoami", *ME, "--fetch")).out
    again = "registry claim 4 --session-id marketing-outreach-1 --release 'Other hours' --push"
    assert f"claim/04 cannot land, main has changed since; propose it again; run: {again}\n" in advice
    assert verb(human, "approve", "4", "--yes").exit_code == 1
    said(verb(session, *shlex.split(again)[1:]))

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


def judged(repository: Repository, name: str = "claim/04") -> Judged:
    reader, main = Reader(Repo(repository.path)), repository.git("rev-parse", "main")
    return judge_proposal(reader, main, Proposal(name, repository.git("rev-parse", "claim/04")))


def errors(repository: Repository, name: str = "claim/04") -> list[str]:
    """What is wrong with the proposal on branch claim/04."""
    return [finding.code for finding in judged(repository, name).verdict.findings if finding.level == "error"]


def test_only_a_release_and_the_claim_on_it_are_judged_in_two_steps(tmp_path: Path) -> None:
    repository = complete(tmp_path / "registry.git")
    repository.commit("main", {PATH: f"{FLEET[4]}key: {public_key('FOUR')}\n"})
    activate(repository)
    main = "refs/heads/main^0"
    key = f"key: {public_key('FOUR')}\n"

    def proposed(*changes: str | None, signed: str = "FOUR", start: str = main, then: str | None = None) -> list[str]:
        """The errors of a branch with a commit for each change; `then` is the claim that a release names."""
        claim = repository.git("hash-object", "-w", "--stdin", stdin=(then or changes[-1] or "").encode())
        repository.git("update-ref", "refs/heads/claim/04", start)
        for text in changes:
            message = "" if text else f"Release number 4: other hours\n\nThen-claims: {claim}\n"
            repository.commit("claim/04", {PATH: text}, message=message)
            repository.sign("claim/04", signed)
        return errors(repository)

    assert proposed(None, LATER + key) == []
    effect = judged(repository).effect(Repo(repository.path))
    assert effect.startswith(
        "first gives number 4 back (Release number 4: other hours), then registers it again; that "
    )
    assert errors(repository, "#7") == ["REG404"]  # a forge merges it in one step
    _refused_alone(repository)
    assert proposed(LATER + key) == ["REG404"]
    assert proposed(None, LATER + key, LATER.replace("15:00", "16:00") + key) == ["REG404"]
    assert proposed(FLEET[4] + key + "labels: {a: b}\n", LATER + key) == ["REG404"]
    assert proposed(None, LATER + key, start="refs/heads/main~1") == ["REG404"]  # main has moved
    assert proposed(None, LATER + key, then=FLEET[4]) == ["REG404"]  # the release was made for another claim
    assert "REG308" in proposed(None, LATER + key, signed="MALLORY")
    # What may change in an active fleet is one step, whatever its branch has on the way.
    assert proposed(None, FLEET[4] + key + "labels: {a: b}\n") == []
    assert judged(repository).release is None
    repository.commit("claim/04", {PATH: None}, main)  # not signed by the session
    repository.commit("claim/04", {PATH: LATER + key})
    repository.sign("claim/04", "FOUR")
    assert errors(repository) == ["REG404", "REG308"]


def _refused_alone(repository: Repository) -> None:
    """A guard takes no release that its session has signed as the first half of a proposal."""
    repo, release = Repo(repository.path), repository.git("rev-parse", "claim/04^")
    move, refs = Move("refs/heads/release/04", None, release), repo.named()
    repository.git("config", "registry.unsigned", "true")
    assert "half of a proposal" in (judge_push(move, Server(Reader(repo), refs)) or "")
