"""The seed's twelve sessions as pull requests, judged by the workflow's lines in the order in which they are merged.

Two more are green on their own and exclude each other: Git sees nothing wrong with them, as their files differ.
"""

import json
import subprocess
from typing import Any

import pytest

from tests.hosts.github.forge import Forge, Job
from tests.repository import fleet

pytestmark = pytest.mark.blackbox

FIRST = 100  # the pull request of number 1
# The pull requests whose claim the seed itself got wrong: 17 e-mails to 16 prospects, and 16 to 17.
WARNED = {FIRST + 4: "1 warning", FIRST + 5: "1 warning"}
TWIN = {"session_id": "marketing-outreach-2", "runtime_id": "session-twin"}


def judged(forge: Forge, pull: int, action: str = "opened") -> Job:
    job = forge.gate(pull, action=action)
    assert job.status == 0, job.last.out
    return job


@pytest.fixture
def opened(forge: Forge) -> Forge:
    """Twelve pull requests from one main, and number 6 in the name of the session that has number 5."""
    start = forge.main
    for number in fleet():
        fields = TWIN if number == 6 else {}
        forge.claim(FIRST + number - 1, number, start, **fields)
    return forge


@pytest.mark.takes_long
def test_the_queue_lets_twelve_land_and_stops_the_thirteenth(opened: Forge) -> None:
    forge, landed = opened, list[int]()
    verdicts = {pull: judged(forge, pull).last.out.splitlines()[0] for pull in sorted(forge.authors)}
    assert {pull: words.rpartition(": ")[2] for pull, words in verdicts.items() if "no findings" not in words} == WARNED
    for pull in verdicts:
        forge.queue(pull)
        group = forge.gate_group(pull)
        if group.status == 0:
            forge.merge(pull)
            landed.append(pull)
            continue
        assert 'session_id "marketing-outreach-2" is registered under number 5' in group.last.out
        forge.close(pull)
    assert [pull - FIRST + 1 for pull in landed] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
    forge.claim(FIRST + 20, 6)
    judged(forge, FIRST + 20)
    forge.queue(FIRST + 20)
    assert forge.gate_group(FIRST + 20).status == 0
    forge.merge(FIRST + 20)
    status = verb(forge, "status", "--format", "json")
    assert (status["registered"], status["phase"]) == (12, "registered")
    assert forge.deliver("schedule", {"schedule": "17 5 * * *"})["audit of main"].status == 0


@pytest.mark.takes_long
def test_without_a_queue_the_audit_after_the_push_names_winner_and_loser(opened: Forge) -> None:
    """Both passed before either was merged, and were not judged again."""
    forge = opened
    for pull in (FIRST + 4, FIRST + 5):
        judged(forge, pull)
    audits = list[Job]()
    for pull in (FIRST + 4, FIRST + 5):
        before = forge.main
        forge.merge(pull)
        audits.append(forge.deliver("push", forge.push(before), ["audit"])["audit of main"])
    assert [audit.status for audit in audits] == [0, 1]
    (issue,) = forge.read_state()["issues"]
    found = [row for row in verb(forge, "audit", "--format", "json")["findings"] if row["code"] == "REG501"]
    assert {row["path"] for row in found} == {"registry/sessions/06.yaml"}, "number 5 was first, and keeps the session"
    assert "REG501" in issue["body"]
    forge.propose(FIRST + 30, {"registry/sessions/06.yaml": None})
    judged(forge, FIRST + 30)
    before = forge.main
    forge.merge(FIRST + 30)
    assert forge.deliver("push", forge.push(before), ["audit"])["audit of main"].status == 0
    assert forge.read_state()["issues"][0]["state"] == "closed"


@pytest.mark.takes_long
def test_strict_checks_make_the_second_of_two_green_ones_red(opened: Forge) -> None:
    """A branch that has to be up to date before it is merged is judged again, against the main that has the first."""
    forge = opened
    judged(forge, FIRST + 5)
    judged(forge, FIRST + 4)
    forge.merge(FIRST + 4)
    job = forge.gate(FIRST + 5, action="synchronize")
    assert job.status == 1
    assert "REG104" in job.last.out


@pytest.mark.takes_long
def test_update_branch_changes_nothing_of_what_merging_does(forge: Forge) -> None:
    """A proposal from before main moved is judged as it would land, so the button adds nothing to that."""
    forge.claim(FIRST + 5, 6)
    forge.claim(FIRST + 3, 4)
    forge.merge(FIRST + 3)
    before = judged(forge, FIRST + 5)
    commit = forge.update_branch(FIRST + 5)
    assert forge.pull_request(FIRST + 5)["pull_request"]["head"]["sha"] == commit
    assert judged(forge, FIRST + 5, "synchronize").summary == before.summary
    forge.merge(FIRST + 5)
    assert forge.origin.git("ls-tree", "--name-only", "main", "registry/sessions/").split()[-1].endswith("/06.yaml")


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_however_it_is_merged_the_audit_finds_the_same(forge: Forge, how: str) -> None:
    """The ruleset lets merge commits alone in; a registry whose settings let the others in loses no claim by them."""
    forge.claim(FIRST + 3, 4)
    before = forge.main
    expected = forge.origin.git("merge-tree", "--write-tree", before, f"refs/pull/{FIRST + 3}/head")
    forge.merge(FIRST + 3, how)
    parents = forge.origin.git("log", "-1", "--format=%P", "main").split()
    assert (len(parents), parents[0]) == (2 if how == "merge" else 1, before)
    assert forge.origin.git("rev-parse", "main^{tree}") == expected
    audit = forge.deliver("push", forge.push(before), ["audit"])["audit of main"]
    assert (audit.status, audit.summary.splitlines()[0]) == (0, "### audit: no findings"), audit.last.out


def verb(forge: Forge, *words: str) -> dict[str, Any]:
    """What a verb prints as JSON in the checkout of the last run."""
    folder = forge.folder / f"run-{forge.runs}"
    env = forge.variables(folder)
    subprocess.run(["git", "fetch", "--quiet", "origin"], cwd=folder / "work", env=env, check=True)
    command = [".venv/bin/registry", *words]
    done = subprocess.run(command, cwd=folder / "work", env=env, capture_output=True, encoding="utf-8", check=False)
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed
