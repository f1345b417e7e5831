"""With `--format json`, what ends in exit code 2 is a document too; and `--fetch` on every verb that reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.stage import ROOT, Stage, git, verb
from tests.cli.test_proposals import claims

SCHEMA: dict[str, Any] = json.loads((ROOT / "schema" / "output-error.schema.json").read_text())
READERS = ("status", "history", "export", "conflicts", "schedule", "consensus status", "whoami --session-id x-1")


@pytest.mark.parametrize(
    ("words", "message", "help"),
    [
        (["status"], "there is neither origin/main nor main here yet", "name a revision, or start a registry"),
        (["history", "four"], "Invalid value for '[NUMBER]': 'four' is not a valid integer.", ""),
        (["claim", "--scope", "x"], '"x" is no scope', "write WORK FIRST-LAST"),
        (["consensus", "activate", "--wek", "x"], "No such option", ""),
        (["statsu"], "No such command 'statsu'. Did you mean 'status'?", ""),
    ],
)
@pytest.mark.parametrize("form", [["--format", "json"], ["--format=json"]])
def test_an_error_is_a_document(tmp_path: Path, words: list[str], message: str, help: str, form: list[str]) -> None:
    git(tmp_path, "init", "--quiet", "--template=")
    done = verb(tmp_path, *words, *form)
    assert done.exit_code == 2
    Draft202012Validator(SCHEMA).validate(done.document)
    assert done.document["error"]["message"].startswith(message)
    assert done.document["error"]["help"].startswith(help)
    assert verb(tmp_path, *words).out == "", "text goes to standard error alone"


def test_an_error_of_a_verb_that_prints_json_by_itself_is_a_document(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--template=")
    assert verb(tmp_path, "export").document["error"]["message"].startswith("there is neither origin/main nor main")
    assert verb(tmp_path, "export", "--format", "markdown").out == ""


def test_a_document_is_printed_once(stage: Stage) -> None:
    """`approve` prints what it has merged before an error; that is the one document."""
    claims(stage, 4)
    done = verb(stage.human, "approve", "4", "--format", "json")
    assert done.exit_code == 2, "stdin is not a terminal"
    assert json.loads(done.out)["approvals"][0]["merged"] is None


@pytest.mark.parametrize("words", READERS)
def test_verbs_that_read_ask_the_remote_first(stage: Stage, words: str) -> None:
    session = stage.clone("session")
    stage.registered(4)
    landed = stage.refs()["refs/heads/main"]
    rest = [] if words == "export" else ["--format", "json"]
    before, after = (verb(session, *words.split(), *more, *rest).document for more in ([], ["--fetch"]))
    assert (before["commit"] == landed, after["commit"] == landed) == (False, True)
