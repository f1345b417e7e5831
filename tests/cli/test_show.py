"""`registry show`: one open proposal in full, and nothing of another session's file."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.stage import ROOT, Stage, commit, fleet, git, new_key, plain, verb, write
from tests.cli.test_proposals import claims, propose

SCHEMA: dict[str, Any] = json.loads((ROOT / "schema" / "output-show.schema.json").read_text())


def shown(stage: Stage, *words: str) -> dict[str, Any]:
    done = verb(stage.human, "show", *words, "--format", "json")
    assert (done.exit_code, done.err) == (0, "")
    Draft202012Validator(SCHEMA).validate(done.document)
    proposal: dict[str, Any] = done.document["proposal"]
    return proposal


def test_a_first_claim(stage: Stage) -> None:
    commit = claims(stage, 4)
    claims(stage, 5, session_id="marketing-outreach-1", runtime_id="session-x")
    stage.registered(1)  # main moves on: that is no part of the proposal
    done = verb(stage.human, "show", "4")
    assert done.exit_code == 0
    rows = [f"  {row}" for row in fleet(4).splitlines()]
    assert plain(done.out).splitlines() == [
        "claim/04, proposed <time>: A proposal",
        "commit: <id>",
        "author: session <session@example.invalid>",
        "signed: no",
        "",
        "registry/sessions/04.yaml",
        *map(plain, rows),
        "",
        "accepted: no findings",
        "whoever is merged first wins against: claim/05 (same session_id)",
        "next: registry approve claim/04",
    ]
    row = shown(stage, "claim/04")
    assert (row["commit"], row["file"], row["competitors"]) == (commit, fleet(4), ["claim/05 (same session_id)"])
    assert "orchestrator" not in json.dumps(row).casefold().replace("report to orchestrator", "")


def test_an_amendment_shows_what_changes(stage: Stage) -> None:
    stage.registered(4)
    propose(stage, "claim/04", ("registry/sessions/04.yaml", fleet(4, status="PENDING")))
    stage.registered(1)
    out = verb(stage.human, "show", "4").out
    change = out.partition("\nchange\n")[2]
    assert "  -status: REGISTERED\n  +status: PENDING\n" in change
    assert "sessions/01.yaml" not in out
    assert shown(stage, "4")["difference"].count("diff --git") == 1


def test_a_release_and_a_proposal_that_the_gate_rejects(stage: Stage) -> None:
    stage.registered(4)
    propose(stage, "release/04", ("registry/sessions/04.yaml", None), message="Release number 4: gone")
    out = verb(stage.human, "show", "release/04").out
    assert "\nregistry/sessions/04.yaml\n" not in out
    assert "\n  -number: 4\n" in out
    assert shown(stage, "release/04")["file"] is None
    claims(stage, 4, session_id="marketing-late")
    out = verb(stage.human, "show", "4").out
    assert "error[REG301]" in out
    assert out.endswith("next: marketing-late proposes it again\n")


def test_untrusted_text_is_escaped(stage: Stage) -> None:
    text = fleet(4).replace("Track delivery", "Track \\x1b[2J##[error]delivery\u202e\x1b")
    propose(stage, "claim/04", ("registry/sessions/04.yaml", text), message="\x1b[2J nothing to see")
    assert not {"\x1b", "\u202e"} & set(verb(stage.human, "show", "4").out)


@pytest.mark.parametrize(
    ("word", "name"), [("7", "claim/07"), ("feature", "feature"), ("٧", "٧"), ("123456", "123456")]
)
def test_what_is_not_open(stage: Stage, word: str, name: str) -> None:
    done = verb(stage.human, "show", word)
    assert done == (2, "", f"registry: there is no open proposal {name!r}; see: registry proposals\n")


def test_show_says_what_became_of_a_proposal(stage: Stage) -> None:
    claims(stage, 4)
    assert verb(stage.human, "reject", "4", "--reason", "Take 5").exit_code == 0
    assert verb(stage.human, "show", "4").err.endswith("'claim/04'; it was turned down: Take 5\n")
    stage.registered(4)
    propose(stage, "release/04", ("registry/sessions/04.yaml", None))
    assert verb(stage.human, "show", "4").err.endswith("'claim/04'; its release is open: registry show release/04\n")


def test_on_the_server_itself(stage: Stage) -> None:
    claims(stage, 4)
    assert verb(stage.bare, "show", "4").out == verb(stage.human, "show", "4").out


def test_show_says_who_signed_a_proposal(guarded: Stage) -> None:
    git(guarded.human, "config", "gpg.format", "ssh")
    git(guarded.human, "config", "commit.gpgsign", "true")
    claims(guarded, 4)
    assert "\nsigned: by @OWNER\n" in verb(guarded.human, "show", "4").out
    assert shown(guarded, "4")["signed_by"] == "@OWNER"


def test_a_record_is_signed_by_its_session(stage: Stage, tmp_path: Path) -> None:
    """Not by a stranger: the confirmation is the orchestrator's, whose key is in its claim."""
    key = new_key(tmp_path / "orchestrator")
    write(stage.human, "registry/sessions/01.yaml", f'{fleet(1)}key: "{key}"\n')
    commit(stage.human, "Register session 1")
    git(stage.human, "push", "--quiet", "origin", "HEAD:main")
    write(stage.human, "registry/consensus/confirmation.yaml", "number: 1\n")
    commit(stage.human, "Record: confirmation", key=str(tmp_path / "orchestrator"))
    git(stage.human, "push", "--quiet", "origin", "HEAD:refs/heads/record/confirmation")
    assert shown(stage, "record/confirmation")["signed_by"] == "marketing-orchestrator"
