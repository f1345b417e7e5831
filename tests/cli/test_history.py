"""What happened to the numbers, in the order of main."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.states import FLEET
from tests.repository import Repository, claim_path, with_charter
from validator.cli.history import history
from validator.model.errors import FatalError


def test_everything(halfway_there: Repository, expected: Callable[[str, str], None]) -> None:
    expected("history.txt", history(repo=halfway_there.path, ref=None, number=None, format="text").text)
    expected("history.json", history(repo=halfway_there.path, ref=None, number=None, format="json").text)


def test_one_number(halfway_there: Repository, expected: Callable[[str, str], None]) -> None:
    expected("history-4.txt", history(repo=halfway_there.path, ref=None, number=4, format="text").text)


@pytest.mark.parametrize("number", [3, 12])
def test_a_number_that_nobody_holds(halfway_there: Repository, number: int) -> None:
    text = history(repo=halfway_there.path, ref=None, number=number, format="text").text
    assert text.count("\n") == 3 if number == 12 else text == "nothing has been registered yet\n"


@pytest.mark.parametrize("number", [0, 13, -1])
def test_a_number_that_there_is_not(halfway_there: Repository, number: int) -> None:
    with pytest.raises(FatalError, match=f"number {number} is not one of 1 to 12"):
        history(repo=halfway_there.path, ref=None, number=number, format="text")


def test_takeover_return_and_strange_names(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [4])
    repository.commit("main", {claim_path(4): FLEET[4].replace("marketing-outreach-1", "another-session")})
    repository.commit("main", {claim_path(4): None, "registry/sessions/x.yaml": "", "registry/sessions/.gitkeep": ""})
    repository.commit("main", {claim_path(4): FLEET[4].replace("marketing-outreach-1", '"\\u001b[31m"')})
    document = json.loads(history(repo=repository.path, ref="main", number=None, format="json").text)
    assert [(event["number"], event["event"], event["session_id"]) for event in document["events"]] == [
        (4, "registered", "marketing-outreach-1"),
        (4, "taken-over", "another-session"),
        (4, "released", "another-session"),
        (4, "registered", None),
    ]
    assert "\x1b" not in history(repo=repository.path, ref="main", number=None, format="text").text
