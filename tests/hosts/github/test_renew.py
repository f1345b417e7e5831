"""Main moves: what it touches among the open pull requests is judged again, by the run that judged it before."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hosts.github.forge import Forge, claim
from tests.repository import claim_path, with_charter
from validator.git.repo import Repo
from validator.hosts.github.moved import meanings
from validator.hosts.github.pulls import Pull
from validator.registry.reader import Reader

pytestmark = pytest.mark.blackbox

EXPECTED = Path(__file__).parent / "expected"
ONE_SESSION = {"session_id": "marketing-outreach-1", "runtime_id": "session-1"}


def opened(forge: Forge, pull: int, number: int, **fields: str) -> None:
    """Open a pull request that the gate accepts."""
    forge.claim(pull, number, **fields)
    jobs = forge.deliver("pull_request_target", forge.pull_request(pull))
    assert jobs["registry gate"].status == 0


@pytest.mark.takes_long
def test_the_loser_of_a_merge_is_judged_again_and_told_by_whom(forge: Forge, bless: bool) -> None:
    """60 and 61 share a session, 61 and 63 a number: all are green; 62 shares nothing. 60 is merged, so 61 turns red.

    The comment on 63 named 61 as one that could win, and has to be renewed as well.
    """
    opened(forge, 60, 4, **ONE_SESSION)
    opened(forge, 61, 5, **ONE_SESSION)
    opened(forge, 62, 6)
    opened(forge, 63, 5, session_id="marketing-third-1", runtime_id="session-third")
    before, payload = forge.main, forge.pull_request(61)
    forge.merge(60)
    jobs = forge.deliver("push", forge.push(before))
    assert jobs["look which proposals main touches"].outputs["pulls"] == "[61, 63]"
    assert jobs["judge them again"].last.out == (
        "validate.yml: ran again on pull request 61\nvalidate.yml: ran again on pull request 63\n"
        "comment.yml: ran again on pull request 61\ncomment.yml: ran again on pull request 63\n"
    )
    runs = {row["id"]: (row["path"], row["display_title"]) for row in forge.read_state()["runs"]}
    again = [runs[int(call["path"].split("/")[-2])] for call in forge.sent() if call["path"].endswith("/rerun")]
    assert again == [
        (f".github/workflows/{name}.yml", f"pull request {pull}")
        for name in ("validate", "comment")
        for pull in (61, 63)
    ]
    jobs = forge.deliver("pull_request_target", payload)  # what a run that is run again does
    assert jobs["registry gate"].status == 1
    text, file = forge.read_state()["comments"]["61"][0]["body"], EXPECTED / "stale-loser.md"
    text = re.sub(r"commit [0-9a-f]{6}<wbr>[0-9a-f]{6}", "commit ID", text)  # main holds this working copy
    if bless:
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.takes_long
def test_a_push_that_touches_nobody_starts_nothing(forge: Forge) -> None:
    opened(forge, 60, 4)
    before = forge.main
    forge.propose(61, {"README.md": "# A word\n"})
    forge.merge(61)
    jobs = forge.deliver("push", forge.push(before))
    assert jobs["look which proposals main touches"].outputs["pulls"] == "[]"
    assert "judge them again" not in jobs


@pytest.mark.takes_long
def test_what_cannot_be_run_again_stops_no_other(forge: Forge) -> None:
    opened(forge, 60, 4, **ONE_SESSION)
    opened(forge, 61, 5, **ONE_SESSION)
    state = forge.read_state()
    busy = [row["id"] for row in state["runs"] if row["path"].endswith("/validate.yml")]
    forge.write_state(state | {"busy": busy})
    forge.claim(98, 6)
    forge.open(60, forge.main, base="next")
    done = again(forge, "[60, 61, 98, 99]")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "pull request 60 is closed, or goes to another branch",
        "pull request 99 is closed, or goes to another branch",
        "validate.yml: the run on pull request 61 is under way",
        "validate.yml: there is no run on pull request 98 among the last 100",
        "comment.yml: ran again on pull request 61",
        "comment.yml: there is no run on pull request 98 among the last 100",
    ]


def test_the_newest_run_of_what_is_open_is_run_again(forge: Forge) -> None:
    forge.claim(60, 4)
    paths = {name: f".github/workflows/{name}.yml" for name in ("validate", "comment")}
    rows = [(13, "validate", 60), (12, "validate", 61), (11, "validate", 60), (10, "comment", 60)]
    runs = [{"id": id, "path": paths[name], "display_title": f"pull request {pull}"} for id, name, pull in rows]
    forge.write_state(forge.read_state() | {"runs": runs})
    assert again(forge, "[60, 61]").stdout == (
        "pull request 61 is closed, or goes to another branch\n"
        "validate.yml: ran again on pull request 60\ncomment.yml: ran again on pull request 60\n"
    )
    assert [call["path"].split("/")[-2] for call in forge.sent()] == ["13", "10"]


def test_a_pull_request_that_goes_elsewhere_by_now_gets_no_comment(forge: Forge) -> None:
    """A run that is run again has the event of its first time, when the pull request went to main."""
    forge.claim(60, 4)
    payload = forge.pull_request(60)
    forge.open(60, payload["pull_request"]["head"]["sha"], base="next")
    jobs = forge.deliver("pull_request_target", payload, ["comment"])
    assert jobs["say it on the pull request"].last.out == "comment on pull request 60: none, it goes elsewhere by now\n"
    assert forge.read_state()["comments"] == {}


@pytest.mark.parametrize("pulls", ["x", "{}", "[0]", '["7"]', "[7.5]", json.dumps(list(range(1, 60))), "[" * 9_999])
def test_a_malformed_list_is_a_one_line_error(forge: Forge, pulls: str) -> None:
    done = again(forge, pulls)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("registry: the list of pull requests is malformed: ")
    assert done.stderr.count("\n") == 1


def test_what_a_push_touches_is_told_by_main_before_and_after_it(forge: Forge) -> None:
    """60 and 61 share a session, 62 shares nothing; 60 is merged."""
    for pull, number, fields in ((60, 4, ONE_SESSION), (61, 5, ONE_SESSION), (62, 6, {})):
        forge.claim(pull, number, **fields)
    before = forge.main
    forge.merge(60)
    done = run(forge, "touched", "--event", "event.json", event=json.dumps(forge.push(before)))
    assert (done.stdout, done.stderr) == ("[61]\n", "")


def test_an_event_that_is_no_push_is_refused(forge: Forge) -> None:
    forge.claim(7, 4)
    done = run(forge, "touched", "--event", "event.json", event=json.dumps(forge.pull_request(7)))
    assert (done.returncode, done.stderr) == (
        2,
        "registry: this event is no push to main; there is nothing to judge again\n",
    )


def again(forge: Forge, pulls: str) -> subprocess.CompletedProcess[str]:
    return run(forge, "rerun", pulls=pulls)


def run(forge: Forge, *words: str, event: str = "", pulls: str = "") -> subprocess.CompletedProcess[str]:
    """A verb of `registry github` in a clone, with the token of the job that may start runs."""
    clone = forge.folder / "clone"
    if not clone.exists():
        forge.origin.git("clone", "--quiet", str(forge.origin.path), str(clone))
    (clone / "event.json").write_text(event)
    token = forge.token({"actions": "write", "contents": "read", "pull-requests": "read"})
    env = forge.variables(forge.folder) | {"PYTHONPATH": str(clone), "GH_TOKEN": token, "REGISTRY_PULLS": pulls}
    command = [sys.executable, "-P", "-m", "validator", "github", *words]
    return subprocess.run(command, cwd=clone, env=env, capture_output=True, encoding="utf-8", check=False)


def test_a_rival_that_cannot_win_any_more_changes_what_the_other_one_is_told(tmp_path: Path) -> None:
    """Main gives the rival's session another number: then only the other proposal for number 5 can be merged."""
    repository = with_charter(tmp_path / "registry", [4])
    rival = repository.commit("rival", {claim_path(5): claim(5, session_id="desk-1", runtime_id="one")}, "main")
    other = repository.commit("other", {claim_path(5): claim(5, session_id="desk-2", runtime_id="two")}, "main")
    before = repository.git("rev-parse", "main")
    after = repository.commit("main", {claim_path(7): claim(7, session_id="desk-1", runtime_id="seven")}, "main")
    reader = Reader(Repo(repository.path))
    pulls = [Pull(1, rival, None), Pull(2, other, None)]
    then, now = meanings(reader, before, pulls), meanings(reader, after, pulls)
    assert [number for number in then if then[number] != now[number]] == [1, 2]
