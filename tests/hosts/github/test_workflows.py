"""The workflows' own lines, run for every kind of event against a repository with GitHub's refs."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.hosts.github.forge import OURS, SESSION_ID, Forge, claim, group_of, is_started
from tests.repository import ROOT, Changes, claim_path
from validator.cli.runner import payload
from validator.hosts.github.next_step import SEE_THE_COMMENT
from validator.model.errors import FatalError

pytestmark = pytest.mark.blackbox

INSTALL = ".venv/bin/registry --version 2>/dev/null || make runtime"
KEY = (
    "registry-${{ runner.os }}-${{ runner.arch }}-${{ steps.python.outputs.python-version }}-"
    "${{ hashFiles('Makefile', 'requirements/*.txt') }}"
)

SESSION = (SESSION_ID, "session")
# What `make test` is told: one file, and no workers, whose start would take most of the time.
ONE_TEST = {"ARGS": "-p no:cacheprovider -k test_it tests/test_it.py", "JOBS": "0"}
LONG: Changes = {
    "tests/conftest.py": "def pytest_addoption(parser):\n    parser.addoption('--in-turn')\n\n\n"
    "def pytest_report_header(config):\n    return f'in turn: {config.getoption(\"--in-turn\")}'\n"
}
ALSO = (
    "Also proposed, and accepted by the gate: #5 (same number, same role, same work). Only one of them can be merged; "
    "the one that is merged first wins."
)
MARK = "<!-- session-registry: verdict -->"


def test_an_opened_pull_request_is_judged_and_commented(forge: Forge) -> None:
    forge.claim(7, 4)
    jobs = forge.deliver("pull_request_target", forge.pull_request(7))
    assert {name: job.status for name, job in jobs.items()} == {
        "registry gate": 0, "look at the proposal": 0, "say it on the pull request": 0,
    }  # fmt: skip
    assert jobs["registry gate"].last.out.startswith("::notice title=registry::accepted: no findings\n")
    (call,) = forge.sent()
    assert f"\n\n{SEE_THE_COMMENT}\n\n**Next:** " in jobs["registry gate"].summary
    page = jobs["registry gate"].summary.replace(f"{SEE_THE_COMMENT}\n\n", "")
    assert page in call["body"]["body"], "the run's page says the same"
    assert (call["method"], call["path"]) == ("POST", "repos/OWNER/registry/issues/7/comments")
    assert call["body"]["body"].startswith(f"{MARK}\n### accepted: no findings\n")
    assert "\n\n> [!NOTE]\n> Number 4 will have no owner: " in call["body"]["body"]
    assert "\n\n**Merging this** registers number 4 for marketing-outreach-1.\n" in call["body"]["body"]
    assert "\n- Goal: Send 17 perfectly personalized emails daily, 95%+ delivery rate\n" in call["body"]["body"]


@pytest.mark.takes_long
def test_a_push_to_the_pull_request_updates_the_one_comment(forge: Forge) -> None:
    forge.claim(7, 4, goal="Do my best")
    jobs = forge.deliver("pull_request_target", forge.pull_request(7))
    assert jobs["registry gate"].status == 1
    assert jobs["look at the proposal"].status == 0
    forge.claim(7, 4)
    jobs = forge.deliver("pull_request_target", forge.pull_request(7, "synchronize"))
    assert jobs["registry gate"].status == 0
    forge.deliver("pull_request_target", forge.pull_request(7, "synchronize"))
    assert [call["method"] for call in forge.sent()] == ["POST", "PATCH"]
    (comment,) = forge.read_state()["comments"]["7"]
    assert "\n### accepted: no findings\n" in comment["body"]


@pytest.mark.parametrize("association", ["NONE", "COLLABORATOR", "OWNER"])
def test_a_marker_in_another_authors_comment_is_ignored(forge: Forge, association: str) -> None:
    state = forge.read_state()
    stranger = {"id": 1, "user": {"login": "session"}, "author_association": association, "body": f"{MARK}\naccepted"}
    forge.write_state(state | {"comments": {"7": [stranger]}})
    forge.claim(7, 4)
    forge.deliver("pull_request_target", forge.pull_request(7))
    assert forge.read_state()["comments"]["7"][0] == stranger
    assert [call["method"] for call in forge.sent()] == ["POST"]


def test_a_pull_request_from_a_fork_is_judged_alike(forge: Forge) -> None:
    forge.propose(7, {claim_path(4): claim(4)}, author=SESSION)
    assert forge.gate(7, fork=True).status == 0
    assert forge.origin.git("for-each-ref", "refs/heads/claim") == ""


def test_a_closed_pull_request_starts_no_job(forge: Forge) -> None:
    forge.claim(7, 4)
    payload = forge.pull_request(7, "closed")
    assert forge.deliver("pull_request_target", payload) == {}
    job = forge.gate(7, action="closed")
    assert job.status == 2
    assert job.last.error == "registry: pull request 7 is closed; reopen it to have it judged\n"


@pytest.mark.takes_long
def test_the_comment_names_free_numbers_and_competitors(forge: Forge) -> None:
    start = forge.main
    forge.claim(5, 4, session_id="marketing-rival-1", runtime_id="session-rival")
    forge.claim(6, 4)
    forge.merge(6)
    forge.claim(7, 4, start, session_id="marketing-late-1", runtime_id="session-late")
    forge.claim(8, 6, start)
    jobs = forge.deliver("pull_request_target", forge.pull_request(7))
    text = forge.read_state()["comments"]["7"][0]["body"]
    assert jobs["registry gate"].status == 1
    assert "REG103 number-taken" in text
    assert "free numbers: 1-3, 5, 7-12; proposed already: 6" in text
    assert "free numbers on main: 1-3, 5-12; some may be proposed" in jobs["registry gate"].summary
    assert (
        "**Blocked.** This would put marketing-late-1 on number 4, which marketing-outreach-1 has held since " in text
    )
    assert "#5" not in text, "the gate rejects it, so it cannot win"
    assert "**Next:** no commit on this branch can mend this." in text


def test_a_queues_group_is_judged_step_by_step(forge: Forge) -> None:
    forge.claim(7, 4)
    forge.queue(7)
    jobs = forge.deliver("merge_group", forge.merge_group(7))
    assert {name: job.status for name, job in jobs.items()} == {"registry gate": 0}
    said = "registers number 4 for marketing-outreach-1. The merge queue does it now; nobody has to click."
    assert f"**Merging this** {said}\n" in jobs["registry gate"].summary


def test_a_group_behind_another_group_answers_for_itself(forge: Forge) -> None:
    """The queue builds the second on the first; only the first is at fault, and it has a verdict of its own."""
    forge.claim(7, 4)
    forge.claim(8, 5, session_id="marketing-outreach-1")
    first = forge.queue(8)
    forge.queue(7, base=first)
    assert forge.gate_group(8).status == 0, "alone it is fine"
    job = forge.gate_group(7, base=first)
    assert job.status == 1
    assert "REG104" in job.last.out
    assert " The merge queue takes it out; main stays as it is.\n" in job.summary


@pytest.mark.takes_long
def test_a_push_to_main_is_audited(forge: Forge) -> None:
    before = forge.main
    forge.claim(7, 4)
    forge.merge(7)
    jobs = forge.deliver("push", forge.push(before))
    assert {name: job.status for name, job in jobs.items()} == {
        "audit of main": 0, "look which proposals main touches": 0,
    }  # fmt: skip
    assert forge.sent() == []


def test_the_daily_audit_opens_updates_and_closes_one_issue(forge: Forge) -> None:
    for pull, number in (7, 4), (8, 5):
        forge.claim(pull, number, session_id="marketing-outreach-1", runtime_id="session-1")
    forge.merge(7)
    forge.merge(8)
    payload = {"schedule": "17 5 * * *"}
    for _ in range(2):
        assert {name: job.status for name, job in forge.deliver("schedule", payload).items()} == {"audit of main": 1}
    (issue,) = forge.read_state()["issues"]
    assert issue["title"] == "The registry on main needs a human"
    assert "REG501 double-holder" in issue["body"]
    forge.propose(9, {claim_path(5): None})
    forge.merge(9)
    assert forge.deliver("schedule", payload)["audit of main"].status == 0
    assert [call["method"] for call in forge.sent()] == ["POST", "PATCH"]
    assert forge.read_state()["issues"][0]["state"] == "closed"


@pytest.mark.parametrize("action", ["opened", "synchronize", "reopened", "edited"])
def test_every_relevant_pull_request_action_is_judged_and_commented(forge: Forge, action: str) -> None:
    forge.claim(7, 4)
    payload = forge.pull_request(7) | {"action": action}
    started = [name for name in OURS if is_started(forge.workflow(name)["on"], "pull_request_target", payload)]
    assert started == ["comment", "validate"]


def test_a_run_cancels_none_but_an_older_one_about_the_same(forge: Forge) -> None:
    """Two proposals at once: in one concurrency group the first would be cancelled, and its check be red."""
    forge.claim(7, 4)
    forge.claim(8, 5)
    asked = [("pull_request_target", forge.pull_request(pull)) for pull in (7, 8)]
    forge.queue(7)
    groups = [*asked, ("merge_group", forge.merge_group(7))]
    forge.queue(8)
    groups.append(("merge_group", forge.merge_group(8)))
    gate, comment, audit, test = (forge.workflow(name) for name in ("validate", "comment", "audit", "test"))
    assert len({group_of(gate, *event) for event in groups}) == 4
    assert len({group_of(comment, *event) for event in asked}) == 2
    again = ("pull_request_target", forge.pull_request(7, "synchronize"))
    for flow in (gate, comment):
        assert group_of(flow, *again) == group_of(flow, *asked[0])
        assert flow["concurrency"]["cancel-in-progress"] is True
    assert len({group_of(flow, *asked[0]) for flow in (gate, comment, audit)}) == 3
    assert audit["concurrency"] == {"group": "audit", "cancel-in-progress": False}
    # Each push of main touches other proposals; of the pages the last ones are enough, and none is stopped halfway.
    renew, pages = (forge.workflow(name) for name in ("renew", "pages"))
    assert len({group_of(renew, "push", {"after": digit * 40}) for digit in "12"}) == 2
    assert (renew["concurrency"]["cancel-in-progress"], pages["concurrency"]["cancel-in-progress"]) == (False, False)
    refs = ("refs/pull/7/merge", "refs/pull/8/merge", "refs/heads/main")
    assert len({group_of(test, "pull_request", {}, ref) for ref in refs}) == 3


def test_a_jobs_token_can_do_what_the_job_does_and_no_more(forge: Forge) -> None:
    rights = {
        job["name"]: forge.granted(flow, job)
        for flow in map(forge.workflow, ("audit", "comment", "pages", "renew", "test", "validate"))
        for job in flow["jobs"].values()
    }
    assert rights == {
        "audit of main": {"contents": "read", "issues": "write"},
        "look at the proposal": {"contents": "read", "pull-requests": "read"},
        "say it on the pull request": {"contents": "read", "pull-requests": "write"},
        "publish the pages": {"contents": "write", "pull-requests": "read"},
        "Python ${{ matrix.python }}": {"contents": "read"},
        "one proof in full": {"contents": "read"},
        "look which proposals main touches": {"contents": "read", "pull-requests": "read"},
        "judge them again": {"contents": "read", "actions": "write", "pull-requests": "read"},
        "registry gate": {"contents": "read"},
    }


def test_of_a_private_repository_git_gets_what_the_jobs_token_may_read(forge: Forge) -> None:
    """Nothing of the checkout's own login stays: Git asks gh, and gh has the token of this job."""
    forge.claim(7, 4)
    forge.queue(7)
    payload = forge.pull_request(7)
    forge.github.lets_in = forge.may_read
    forge.url = "https://github.com/OWNER/registry"
    jobs = forge.deliver("pull_request_target", payload)
    jobs |= {"of the queue": forge.gate_group(7), "of the action": forge.act(payload)}
    assert {(job.status, job.last.error) for job in jobs.values()} == {(0, "")}
    assert len(jobs) == 5
    forge.github.lets_in = lambda _: False
    job = forge.gate(7)
    assert (job.status, job.last.out) == (2, "")


def test_a_comment_on_a_later_page_is_found(forge: Forge) -> None:
    """Lists come in pages; a mark that stands below the hundredth comment is still ours."""
    forge.claim(7, 4)
    state = forge.read_state()
    chat = [{"id": at, "user": {"login": "session"}, "author_association": "NONE", "body": "x"} for at in range(1, 251)]
    ours = {"id": 800, "user": {"login": "github-actions[bot]"}, "body": f"{MARK}\nof yesterday"}
    forge.write_state(state | {"comments": {"7": [*chat, ours]}})
    forge.deliver("pull_request_target", forge.pull_request(7))
    assert [(call["method"], call["path"]) for call in forge.sent()] == [
        ("PATCH", "repos/OWNER/registry/issues/comments/800")
    ]


def test_pull_requests_are_no_issues_and_what_is_closed_stays_closed(forge: Forge) -> None:
    """GitHub lists pull requests among the issues: one that a bot made, with our mark in its first line, is none."""
    mark = "<!-- session-registry: audit -->"
    commit = forge.origin.commit("pulls/6", {claim_path(4): claim(4)}, forge.main)
    forge.open(6, commit, body=f"{mark}\nPlease look at this")
    state = forge.read_state()
    user = {"login": "github-actions[bot]"}
    for row in state["pulls"]:
        row["user"] = user
    noise = [{"number": 100 + at, "user": user, "state": "open", "body": "x"} for at in range(120)]
    old = {"number": 99, "user": user, "state": "closed", "body": f"{mark}\nof last year"}
    forge.write_state(state | {"issues": [old, *noise]})
    for pull, number in (7, 4), (8, 5):
        forge.claim(pull, number, session_id="marketing-outreach-1", runtime_id="session-1")
        forge.merge(pull)
    for _ in range(2):
        forge.deliver("schedule", {"schedule": "17 5 * * *"})
    assert [(call["method"], call["path"]) for call in forge.sent()] == [("POST", "repos/OWNER/registry/issues")]
    found = forge.read_state()
    assert found["pulls"] == state["pulls"]
    assert found["issues"][0] == old
    assert found["issues"][-1]["body"].startswith(mark)


def test_only_pull_requests_to_main_compete(forge: Forge) -> None:
    rival = {"session_id": "marketing-rival-1", "runtime_id": "session-rival"}
    for pull, base in ((5, "main"), (6, "elsewhere")):
        commit = forge.origin.commit(f"pulls/{pull}", {claim_path(4): claim(4, **rival)}, forge.main)
        forge.open(pull, commit, base=base)
    forge.claim(7, 4)
    forge.deliver("pull_request_target", forge.pull_request(7))
    text = forge.read_state()["comments"]["7"][0]["body"]
    assert ALSO in text


def test_a_huge_commit_of_another_pull_request_is_skipped(forge: Forge) -> None:
    """Nor does one whose commits are gone: both are left out of what else is proposed."""
    rival = {"session_id": "marketing-rival-1", "runtime_id": "session-rival"}
    huge = forge.origin.commit("pulls/4", {claim_path(4): claim(4, **rival)}, forge.main)
    text = forge.origin.git("cat-file", "commit", huge) + "\n" + "x" * 1_200_000
    forge.open(4, forge.origin.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode()))
    forge.claim(5, 4, **rival)
    forge.claim(6, 4, **rival)
    forge.origin.git("update-ref", "-d", "refs/pull/6/head")
    forge.claim(7, 4)
    jobs = forge.deliver("pull_request_target", forge.pull_request(7), ["comment"])
    assert [job.status for job in jobs.values()] == [0, 0]
    text = forge.read_state()["comments"]["7"][0]["body"]
    assert ALSO in text


@pytest.mark.parametrize("name", ["validate", "comment", "audit", "renew"])
def test_a_line_calls_one_verb(forge: Forge, name: str) -> None:
    lines = [s["run"] for job in forge.workflow(name)["jobs"].values() for s in job["steps"] if "run" in s]
    assert all(line == INSTALL or re.fullmatch(r"\.venv/bin/registry [a-z -]+", line) for line in lines)


def test_main_installs_once_for_all_and_no_proposal_can_write_what_is_kept(forge: Forge) -> None:
    """The key is made of main's lock; only the audit of main, which no proposal starts, has the action that saves."""
    kept = dict[str, set[str]]()
    for name in ("validate", "comment", "renew", "pages", "audit"):
        for job in forge.workflow(name)["jobs"].values():
            (at,) = [at for at, step in enumerate(job["steps"]) if "/cache" in step.get("uses", "")]
            step = job["steps"][at]
            kept.setdefault(step["uses"].split("@")[0], set()).add(name)
            assert (step["with"], job["steps"][at + 1]["run"]) == ({"path": ".venv", "key": KEY}, INSTALL)
    assert kept == {"actions/cache": {"audit"}, "actions/cache/restore": {"validate", "comment", "renew", "pages"}}
    assert set(forge.workflow("audit")["on"]) == {"push", "schedule"}


def test_a_remark_goes_from_job_to_job_on_one_line(forge: Forge) -> None:
    forge.claim(7, 4)
    look = forge.deliver("pull_request_target", forge.pull_request(7))["look at the proposal"]
    assert json.loads(look.outputs["remark"])["number"] == 7
    assert look.last.out == look.outputs["remark"] + "\n"


@pytest.mark.parametrize("goal", ["Do my best", None])
def test_the_action_is_the_same_gate_where_the_registry_has_no_program(forge: Forge, goal: str | None) -> None:
    forge.claim(7, 4, **({"goal": goal} if goal else {}))
    gate = forge.gate(7)
    here = forge.main
    files = forge.origin.git("ls-tree", "-r", "--name-only", "main").splitlines()
    forge.origin.commit("main", {name: None for name in files if not name.startswith("registry/")})
    forge.claim(7, 4, **({"goal": goal} if goal else {}))
    action = forge.act(forge.pull_request(7))
    assert forge.main != here
    assert (action.status, action.last.out, action.summary) == (gate.status, gate.last.out, gate.summary)
    assert [step.status for step in action.steps] == [0, 0, 1 if goal else 0]


def test_the_action_installs_once_and_only_a_run_on_main_keeps_it() -> None:
    action: Any = yaml12.parse_yaml((ROOT / "action.yml").read_text("utf-8"))
    steps = action["runs"]["steps"]
    (restore, save) = [step for step in steps if "/cache" in step.get("uses", "")]
    assert [step["uses"].split("@")[0] for step in (restore, save)] == ["actions/cache/restore", "actions/cache/save"]
    assert save["if"].startswith("github.event_name == 'push' && ")
    assert restore["with"] == save["with"]
    judge = next(at for at, step in enumerate(steps) if " validate --event" in step.get("run", ""))
    assert steps.index(restore) < steps.index(save) < judge, "what is kept has judged nothing yet"


@pytest.mark.parametrize("event", ["pull_request", "push"])
@pytest.mark.takes_long
def test_the_programs_own_tests_run_on_the_proposal_and_on_main(forge: Forge, event: str) -> None:
    """The line of `test` runs in full, on one file of tests: all of them would run this one again."""
    passing = (
        "from pathlib import Path\n\nfrom validator.model.targets import __file__\n\n\n"
        "def test_it() -> None:\n    assert Path(__file__).is_relative_to(Path.cwd())\n"
    )
    before = forge.main
    forge.propose(7, {**LONG, "tests/test_it.py": passing})
    if event == "push":
        forge.merge(7)
    payload = forge.push(before) if event == "push" else forge.pull_request(7)
    jobs = forge.deliver(event, payload, ["test"], **ONE_TEST)
    names = [*(f"Python 3.{minor}" for minor in (11, 12, 13, 14)), "one proof in full"]
    assert {name: job.status for name, job in jobs.items()} == dict.fromkeys(names, 0)
    said = {name: re.findall("^in turn: (.*)$", job.last.out, re.MULTILINE) for name, job in jobs.items()}
    assert said == {name: ["only" if name == names[-1] else "None"] for name in names}
    assert all("1 passed" in job.last.out for job in jobs.values())


@pytest.mark.takes_long
def test_the_programs_own_tests_fail_where_the_proposal_breaks_them(forge: Forge) -> None:
    forge.propose(7, {**LONG, "tests/test_it.py": "def test_it() -> None:\n    raise AssertionError\n"})
    jobs = forge.deliver("pull_request", forge.pull_request(7), ["test"], **ONE_TEST)
    assert {job.status for job in jobs.values()} == {2}
    assert all("1 failed" in job.last.out for job in jobs.values())


def test_an_event_of_a_forge_whose_accounts_are_not_githubs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text("{}")
    assert payload(str(tmp_path / "event.json")) == b"{}"
    monkeypatch.setenv("GITEA_ACTIONS", "true")
    with pytest.raises(FatalError, match="only events of GitHub are read"):
        payload(str(tmp_path / "event.json"))


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--event"], 2, "registry: which event? give its file, or run where GITHUB_EVENT_PATH names one\n"),
        (["--event", "nowhere.json"], 2, "registry: the event payload nowhere.json cannot be read: No such file"),
        (["--event", "event.json", "--head", "main"], 2, "--event says what is judged; leave out --head"),
        (["--event", "event.json", "--steps"], 2, "--event says what is judged; leave out --steps"),
        (["--event", "event.json", "--remote", "elsewhere"], 2, "registry: there is no remote 'elsewhere' here"),
        (["--event", "event.json"], 0, ""),
    ],
)
def test_an_event_by_hand(forge: Forge, words: list[str], status: int, said: str) -> None:
    forge.claim(7, 4)
    clone = forge.folder / "clone"
    forge.origin.git("clone", "--quiet", str(forge.origin.path), str(clone))
    (clone / "event.json").write_text(json.dumps(forge.pull_request(7)))
    env = forge.variables(forge.folder) | {"PYTHONPATH": str(clone), "GITHUB_EVENT_PATH": ""}
    command = [sys.executable, "-P", "-m", "validator", "validate", *words]
    done = subprocess.run(command, cwd=clone, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == status
    assert said in done.stderr
