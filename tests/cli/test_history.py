"""`registry history`: the events of numbers, in the order of main."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import Done, verb
from tests.cli.states import FLEET
from tests.repository import Repository, claim_path, with_charter


def history(repository: Repository, *words: str) -> Done:
    return verb(repository.path, "history", *words)


def test_everything(halfway_there: Repository, expected: Callable[[str, str], None]) -> None:
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
