"""`--pr` of every verb that proposes: which pull request is opened, where, and what its text says."""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.stage import Stage, commit, fleet, git, verb, write
from tests.cli.states import broadcast
from tests.hosts.github.forge import SCOPES
from tests.hosts.github.github import GitHub as Server
from tests.repository import ROOT, Repository
from tests.shell import program, quoted
from validator.git.repo import Repo
from validator.hosts.github.place import is_on_github
from validator.hosts.github.pull_request import _differs, open_pull_request

MINE = ("--from", str(ROOT / "validator/cli/demo/fleet/04.yaml"))
TOKEN = "gho_made_up"
NEXT = "next: registry whoami --session-id {} --fetch\n"
FOOT = "The gate judges this pull request again whenever main moves, and says in a comment how it stands then.\n"


class GitHub:
    """A stand-in for GitHub, to which `gh` is logged in, and a clone whose origin is there."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state, self.log, self.bin = stage.folder / "github.json", stage.folder / "calls", stage.folder / "bin"
        tokens = {TOKEN: dict.fromkeys((*SCOPES, "administration"), "write")}
        self.write(pulls=[], comments={}, issues=[], owner_type="User", tokens=tokens)
        self.server = Server(stage.folder, stage.bare, self.state, self.log)
        for name, value in self.server.variables().items():
            monkeypatch.setenv(name, value)
        self.log_in("github.com")
        # What Git takes for a connection to GitHub ends in this folder.
        to_github = program(self.bin / "to-github", f'exec "${{2%% *}}" {quoted(stage.bare)}')
        monkeypatch.setenv("GIT_SSH_COMMAND", quoted(to_github))
        self.clone = stage.clone("session")
        self.move_to("git@github.com:example/fleet.git")

    def log_in(self, *hosts: str) -> None:
        """What `gh auth login` leaves behind; without a host, what `gh auth logout` does."""
        file = Path(os.environ["GH_CONFIG_DIR"]) / "hosts.yml"
        file.parent.mkdir(exist_ok=True)
        rows = (f"{host}:\n    user: session\n    oauth_token: {TOKEN}\n    git_protocol: https\n" for host in hosts)
        file.write_text("".join(rows))

    def move_to(self, url: str) -> None:
        git(self.clone, "remote", "set-url", "origin", url)

    def write(self, **state: Any) -> None:
        self.state.write_text(json.dumps(state))

    def change(self, **state: Any) -> None:
        self.write(**(json.loads(self.state.read_text()) | state))

    @property
    def calls(self) -> list[dict[str, Any]]:
        rows = self.log.read_text().splitlines() if self.log.exists() else []
        return [row for row in map(json.loads, rows) if row["method"] != "GET"]


@pytest.fixture
def github(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    made = GitHub(stage, monkeypatch)
    yield made
    made.server.stop()


def test_claim_writes_its_owner_and_opens_a_pull_request_that_says_what_merging_does(
    github: GitHub, stage: Stage
) -> None:
    done = verb(github.clone, "claim", "4", *MINE, "--pr")
    assert (done.exit_code, done.err) == (
        0,
        "https://github.com/example/fleet/pull/1\n" + NEXT.format("marketing-outreach-1"),
    )
    claim = stage.at("claim/04", "registry/sessions/04.yaml")
    assert (claim["owner"], claim["owner_login"]) == ("github:583231", "session")
    (call,) = github.calls
    assert (call["method"], call["path"]) == ("POST", "repos/example/fleet/pulls")
    body = call["body"].pop("body")
    assert call["body"] == {"title": "Claim number 4", "head": "example:claim/04", "base": "main"}
    assert body.startswith("**Merging this** registers number 4 for marketing-outreach-1.\n\n- Number: 4\n- Session: ")
    who = "the claim gives the login as @<wbr>session, which is not checked; "
    who += "to see who that is: gh api user/583231 --jq .login"
    assert body.endswith(f"\n- Owner: github:583231 ({who})\n\n{FOOT}")


@pytest.mark.takes_long
def test_a_repeat_renews_the_text_and_leaves_a_humans_own(github: GitHub) -> None:
    verb(github.clone, "claim", "4", *MINE, "--pr")
    same = verb(github.clone, "claim", "4", *MINE, "--pr")
    assert same.err.splitlines()[0] == "https://github.com/example/fleet/pull/1 is open already"
    changed = verb(github.clone, "claim", "4", *MINE, "--role", "Outreach AI", "--pr")
    assert changed.err.splitlines()[0] == "https://github.com/example/fleet/pull/1 is open already, its text is renewed"
    pulls = json.loads(github.state.read_text())["pulls"]
    assert pulls[0]["body"].startswith("**Merging this** registers number 4 for ")
    assert "\n- Role: Outreach AI\n" in pulls[0]["body"]
    github.change(pulls=[{**pulls[0], "body": "My own words"}])
    again = verb(github.clone, "claim", "4", *MINE, "--pr")
    assert again.err.splitlines()[0] == "https://github.com/example/fleet/pull/1 is open already"
    assert [call["method"] for call in github.calls] == ["POST", "PATCH"]


@pytest.mark.parametrize(
    ("there", "renewed"),
    [
        (None, True),
        ("", True),
        (f"Older words\r\n\r\n{FOOT}", True),
        ("My own words", False),
        (f"New\r\n\r\n{FOOT}", False),
    ],
)
def test_only_a_text_of_ours_is_renewed(there: str | None, renewed: bool) -> None:
    assert _differs({"body": there}, {"body": f"New\n\n{FOOT}"}) is renewed


def test_a_lost_claim_opens_nothing(github: GitHub, stage: Stage) -> None:
    stage.registered(4)
    assert verb(github.clone, "claim", "4", *MINE, "--session-id", "late-1", "--pr").exit_code == 1
    assert github.calls == []


def test_from_a_fork_it_goes_to_the_parent(github: GitHub) -> None:
    github.change(fork={"fork": True, "parent": {"full_name": "upstream/fleet"}})
    verb(github.clone, "claim", "4", *MINE, "--pr")
    (call,) = github.calls
    assert (call["path"], call["body"]["head"]) == ("repos/upstream/fleet/pulls", "example:claim/04")


def test_release(github: GitHub, stage: Stage) -> None:
    stage.registered(4)
    done = verb(github.clone, "release", "4", "--reason", "The campaign is over", "--pr")
    next_step = NEXT.format("marketing-outreach-1")
    assert (done.exit_code, done.err) == (0, f"https://github.com/example/fleet/pull/1\n{next_step}")
    (call,) = github.calls
    assert call["body"]["title"] == "Release number 4: The campaign is over"
    assert call["body"]["body"].startswith("**Merging this** gives number 4 back, which marketing-outreach-1 has held ")


def test_record(github: GitHub, stage: Stage) -> None:
    for number in range(1, 13):
        stage.registered(number)
    words = ("consensus", "confirm", "--session-id", "marketing-orchestrator", "--pr")
    done = verb(github.clone, *words)
    assert (done.exit_code, done.err) == (
        0,
        "https://github.com/example/fleet/pull/1\n" + NEXT.format("marketing-orchestrator"),
    )
    (call,) = github.calls
    assert (call["body"]["title"], call["body"]["head"]) == (
        "Record: confirmation of number 1",
        "example:record/confirmation",
    )
    said = "confirms: no two sessions conflict. It approves and starts nothing."
    sentence = f"records that marketing-orchestrator (number 1) {said}"
    assert call["body"]["body"] == f"**Merging this** {sentence}\n\n{FOOT}"


def test_charter(github: GitHub) -> None:
    file = github.clone / "registry/charter.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("capacity: 12", "capacity: 13"), "utf-8")
    done = verb(github.clone, "charter", "propose", "--name", "growth", "--pr")
    assert done.exit_code == 0, done.out
    assert done.err == (
        "https://github.com/example/fleet/pull/1\n"
        "your folder still has the change; to put it back: git checkout HEAD -- registry/charter.yaml\n"
    )
    (call,) = github.calls
    assert call["body"]["head"] == "example:charter/growth"
    assert call["body"]["body"].startswith("**Merging this** changes the charter: capacity 12 → 13.")


def test_gh_that_is_not_logged_in_is_a_one_line_error(github: GitHub) -> None:
    github.log_in()
    done = verb(github.clone, "claim", "4", *MINE, "--pr")
    assert done.exit_code == 2
    assert done.err.startswith("registry: gh api GET user: To get started with GitHub CLI, please run: gh auth login ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://github.com/example/fleet.git", "example/fleet"),
        ("https://token@github.com/example/fleet/", "example/fleet"),
        ("git@github.com:example/a.b_c-d.git", "example/a.b_c-d"),
        ("ssh://git@ssh.github.com:443/example/fleet.git", "example/fleet"),
        ("https://git.example.org/example/fleet", "example/fleet"),
        ("git@git.example.org:example/fleet.git", "example/fleet"),
        ("https://git.example.org:8443/example/fleet.git", "example/fleet"),
        ("git@gitlab.com:example/fleet.git", None),
        ("https://github.com.example.org/example/fleet", None),
        ("https://example.org/github.com-mirror/fleet", None),
        ("git@github.com:--web/fleet.git", None),
        ("/srv/git/fleet.git", None),
    ],
)
def test_any_host_that_gh_knows_is_a_github(github: GitHub, stage: Stage, url: str, path: str | None) -> None:
    github.log_in("github.com", "git.example.org", "git.example.org:8443")
    verb(github.clone, "claim", "4", *MINE, "--push")
    github.move_to(url)
    said = open_pull_request(repo=github.clone, remote="origin", branch="claim/04")
    assert is_on_github(Repo(github.clone)) == bool(path)
    if path:
        assert [call["path"] for call in github.calls] == [f"repos/{path}/pulls"]
    else:
        assert said == "origin is no GitHub repository; ask an approver to run: registry approve claim/04\n"
        assert github.calls == []


def test_without_gh_the_web_page_is_given(github: GitHub, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("git", "sh", "git-upload-pack", "git-receive-pack"):
        found = shutil.which(name)
        assert found
        (stage.folder / "few" / name).parent.mkdir(exist_ok=True)
        (stage.folder / "few" / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(stage.folder / "few"))
    done = verb(github.clone, "claim", "4", *MINE, "--pr")
    page = "https://github.com/example/fleet/compare/main...claim/04?expand=1"
    said = f"the gh program is not on the PATH; open the pull request by hand: {page}\n"
    assert (done.exit_code, done.err) == (0, said + NEXT.format("marketing-outreach-1"))
    assert "owner" not in stage.at("claim/04", "registry/sessions/04.yaml")
    listed = verb(github.clone, "proposals")
    said = "pull requests from forks are not listed: the gh program is not on the PATH\n"
    assert (listed.exit_code, listed.err.startswith(said), "claim/04" in listed.out) == (0, True, True)


def test_on_a_plain_server_the_approver_is_named(stage: Stage) -> None:
    done = verb(stage.human, "claim", "4", *MINE, "--pr")
    assert (done.exit_code, done.err) == (
        0,
        "origin is no GitHub repository; ask an approver to run: registry approve claim/04\n"
        + NEXT.format("marketing-outreach-1"),
    )
    assert list(stage.refs("refs/heads/claim/")) == ["refs/heads/claim/04"]


@pytest.mark.parametrize(
    ("page", "verb_"),
    [
        (".github/ISSUE_TEMPLATE/reserve-a-number.yml", "claim"),
        (".github/pull_request_template.md", "claim"),
        ("registry/README.md", "claim"),
        ("registry/README.md", "release"),
    ],
)
def test_a_command_that_a_page_tells_works_as_written(github: GitHub, stage: Stage, page: str, verb_: str) -> None:
    """With a number, a session and words in the places of NN, ID and the dots; a human says yes where one is asked."""
    (told,) = re.findall(rf"`registry ({verb_} NN [^`]*)`", (ROOT / page).read_text("utf-8").replace("\n", " "))
    if verb_ == "release":
        stage.registered(4)
    for place, words in (
        ("NN", "4"), ("ID", "mine-1"), ('--goal "…"', '--goal "Send 17 emails daily"'),
        ('--target "…"', '--target "emails sent >= 17 emails/day"'), ("…", "Send them"),
    ):  # fmt: skip
        told = told.replace(place, words)
    asked = ["--yes"] if "--target" not in told and verb_ == "claim" else []
    done = verb(github.clone, *shlex.split(told), *asked)
    assert (done.exit_code, [call["method"] for call in github.calls]) == (0, ["POST"] * ("--pr" in told)), (
        done.out + done.err
    )


def from_a_fork(github: GitHub, stage: Stage, pull: int, number: int) -> str:
    """A pull request that is no branch of the repository: `refs/pull/N/head`, and what GitHub lists. Its commit."""
    git(github.clone, "checkout", "--quiet", "--detach", "origin/main")
    write(github.clone, f"registry/sessions/{number:02}.yaml", fleet(number))
    made = commit(github.clone, f"Claim number {number}")
    git(github.clone, "push", "--quiet", str(stage.bare), f"{made}:refs/pull/{pull}/head")
    user = {"id": 583231, "login": "session"}
    row = {"number": pull, "state": "open", "head": {"sha": made}, "base": {"ref": "main"}, "user": user}
    github.change(pulls=[*json.loads(github.state.read_text())["pulls"], row])
    return made


def test_proposals_lists_pull_requests_of_forks(github: GitHub, stage: Stage) -> None:
    made = from_a_fork(github, stage, 7, 5)
    verb(github.clone, "claim", "4", *MINE, "--pr")
    state = json.loads(github.state.read_text())
    state["pulls"][-1]["head"]["sha"] = git(stage.bare, "rev-parse", "claim/04").strip()
    github.write(**state)
    rows = verb(github.clone, "proposals", "--format", "json").document["proposals"]
    assert [(row["name"], row["number"], row["verdict"]) for row in rows] == [
        ("claim/04", 4, "accepted"),
        ("#7", 5, "accepted"),
    ]
    assert rows[1]["commit"] == made
    approve, reject = "gh pr review 7 --approve && gh pr merge 7 --merge", "gh pr close 7 --comment TEXT"
    assert (rows[1]["approve"], rows[1]["reject"]) == (approve, reject)


def test_proposals_without_a_login_says_what_is_missing(github: GitHub, stage: Stage) -> None:
    from_a_fork(github, stage, 7, 5)
    github.log_in()
    done = verb(github.clone, "proposals")
    assert (done.exit_code, done.out) == (0, "nothing is proposed\n")
    assert done.err.startswith("pull requests from forks are not listed: gh api GET repos/example/fleet/pulls?")


@pytest.mark.takes_long
def test_acknowledgements_share_one_branch_and_one_pull_request(github: GitHub, stage: Stage) -> None:
    """A commit of each session, on top of the one before; the pull request's text names them all."""
    broadcast_on_main(stage)
    sessions = {1: "marketing-orchestrator", 4: "marketing-outreach-1", 7: "marketing-conversation-1"}
    for session in sessions.values():
        done = verb(github.clone, "consensus", "acknowledge", "--session-id", session, "--pr")
        assert (done.exit_code, done.note) == (
            0, "the acknowledgement is proposed on record/ready, together with those of other sessions",
        )  # fmt: skip
    again = verb(github.clone, "consensus", "acknowledge", "--session-id", "marketing-outreach-1", "--pr")
    assert again.note == "the acknowledgement is proposed already on record/ready"
    assert [call["method"] for call in github.calls] == ["POST", "PATCH", "PATCH"]
    (pull,) = json.loads(github.state.read_text())["pulls"]
    assert pull["title"] == "Record: acknowledgements"
    named = ", ".join(f"{session} (number {number})" for number, session in sessions.items())
    sentence = f"records that 3 sessions accept their number, role and goal: {named}."
    assert pull["body"] == f"**Merging this** {sentence}\n\n{FOOT}"
    rows = git(stage.bare, "log", "--format=", "--name-only", "main..record/ready").split()
    assert rows == [f"registry/consensus/acknowledgements/{number:02}.yaml" for number in (7, 4, 1)]
    git(stage.human, "fetch", "--quiet", "origin")
    judged = verb(stage.human, "validate", "--base", "origin/main", "--head", "origin/record/ready")
    assert (judged.exit_code, judged.out.splitlines()[-1].partition(":")[0]) == (0, "accepted")


@pytest.mark.timeout(60)
def test_the_shared_branch_begins_anew_after_it_was_merged(github: GitHub, stage: Stage) -> None:
    broadcast_on_main(stage)
    git(stage.bare, "update-ref", "refs/heads/record/ready", "main")
    done = verb(github.clone, "consensus", "acknowledge", "--session-id", "marketing-outreach-1", "--pr")
    assert (done.exit_code, done.note.startswith("the acknowledgement is proposed on record/ready")) == (0, True), done
    assert git(stage.bare, "rev-parse", "record/ready^") == git(stage.bare, "rev-parse", "main")


@pytest.mark.takes_long
def test_acknowledgements_of_different_accounts_stay_apart(github: GitHub, stage: Stage) -> None:
    """A forge knows the account that opens a pull request, and no other: each session opens its own."""
    broadcast_on_main(stage, status='REGISTERED\nowner: "github:583231"')
    for session in ("marketing-orchestrator", "marketing-outreach-1"):
        assert verb(github.clone, "consensus", "acknowledge", "--session-id", session, "--pr").exit_code == 0
    assert [call["body"]["head"] for call in github.calls] == [
        "example:record/ready", "example:record/acknowledgements/04",
    ]  # fmt: skip


def broadcast_on_main(stage: Stage, **fields: str) -> None:
    """Register, confirm, approve and broadcast the fleet on main; number 4 has more fields."""
    for number in range(1, 13):
        stage.registered(number, **(fields if number == 4 else {}))
    broadcast(Repository(stage.bare))
