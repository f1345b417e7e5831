"""`registry history`: the events of numbers, in the order of main."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import Done, verb
from tests.cli.states import FLEET
from tests.repository import Repository, claim_path, with_charter
from validator.git.objects import MAX_COMMIT

LONG = "x" * MAX_COMMIT


def history(repository: Repository, *words: str) -> Done:
    return verb(repository.path, "history", *words)


def test_history_prints_every_event(halfway_there: Repository, expected: Callable[[str, str], None]) -> None:
    expected("history.txt", history(halfway_there).out)
    expected("history.json", history(halfway_there, "--format", "json").out)


def test_one_number(halfway_there: Repository, expected: Callable[[str, str], None]) -> None:
    expected("history-4.txt", history(halfway_there, "4").out)


@pytest.mark.parametrize("number", [3, 12])
def test_a_free_number_has_no_history(halfway_there: Repository, number: int) -> None:
    text = history(halfway_there, str(number)).out
    assert text.count("\n") == 3 if number == 12 else text == "nothing has been registered yet\n"


@pytest.mark.parametrize("number", [0, 13, -1])
def test_an_invalid_number_is_refused(halfway_there: Repository, number: int) -> None:
    done = history(halfway_there, "--", str(number))
    assert done == (2, "", f"registry: number {number} is not one of 1 to 12\n")


def test_takeover_return_and_strange_names(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [4])
    repository.commit("main", {claim_path(4): FLEET[4].replace("marketing-outreach-1", "another-session")})
    repository.commit("main", {claim_path(4): None, "registry/sessions/x.yaml": "", "registry/sessions/.gitkeep": ""})
    repository.commit("main", {claim_path(4): FLEET[4].replace("marketing-outreach-1", '"\\u001b[31m"')})
    document = history(repository, "--ref", "main", "--format", "json").document
    assert [(event["number"], event["event"], event["session_id"]) for event in document["events"]] == [
        (4, "registered", "marketing-outreach-1"),
        (4, "taken-over", "another-session"),
        (4, "released", "another-session"),
        (4, "registered", None),
    ]
    assert "\x1b" not in history(repository, "--ref", "main").out


def test_the_reason_of_a_release_is_in_the_commit_that_removes_the_claim(tmp_path: Path) -> None:
    """Not in what somebody, or a forge, puts on top of it: a merge of main, an empty commit."""
    repository = with_charter(tmp_path / "registry.git", [4, 5])
    repository.commit("release/04", {claim_path(4): None}, "refs/heads/main^0", message="Release number 4: done\n")
    repository.commit("main", {"README.md": "More"})
    repository.merge("main", into="release/04", message="Release number 4: it has cheated\n")
    repository.commit("release/04", {}, message="Release number 4: it has cheated again\n")
    (row,) = verb(repository.path, "proposals", "--format", "json").document["proposals"]
    assert row["subject"] == "Release number 4: done"
    repository.merge("release/04")
    repository.commit("main", {claim_path(5): None}, message="Release number 5: by an approver\n")
    events = history(repository, "--ref", "main", "--format", "json").document["events"]
    assert [row["reason"] for row in events] == [None, None, "done", "by an approver"]


def test_the_message_of_an_immense_commit_is_no_reason(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [4])
    repository.commit("release/04", {claim_path(4): None}, "refs/heads/main^0", message=f"Release number 4: {LONG}\n")
    (row,) = verb(repository.path, "proposals", "--format", "json").document["proposals"]
    assert row["subject"] == ""
    repository.merge("release/04")
    assert history(repository, "--ref", "main", "--format", "json").document["events"][-1]["reason"] is None
