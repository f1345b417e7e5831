"""`registry guide`: whoami's answer, then the handbook for that state; every command in it works."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.agreeing import all_registered, broadcast_done
from tests.cli.stage import Done, Stage, verb

FILLED = {"NUMBER": "2", "NAME": "desk-2", "GOAL": "Find 50 prospects daily", "REASON": "a trial"}


def commands(text: str) -> list[list[str]]:
    """The commands of a handbook, with the words in capitals filled in."""
    found = [shlex.split(line) for line in re.findall(r"^    registry (.*)$", text, re.MULTILINE)]
    return [[FILLED.get(word, word) for word in words] for words in found]


def played(folder: Path, text: str) -> dict[str, Done]:
    """Every command of a handbook, run in its order."""
    return {" ".join(words): verb(folder, *words) for words in commands(text)}


@pytest.fixture
def small(kept_small: Stage, tmp_path: Path) -> Stage:
    return kept_small.copy(tmp_path)


@pytest.mark.takes_long
def test_a_session_without_a_name_registers_by_the_handbook_alone(small: Stage) -> None:
    session = small.clone("session")
    done = verb(session, "guide")
    assert (done.exit_code, done.err) == (0, "")
    assert done.out.startswith("nobody has said which session you are; say it once; fill in: registry bind NAME")
    answers = played(session, done.out)
    assert {name: each.exit_code for name, each in answers.items() if each.exit_code} == {"whoami --fetch": 2}
    assert "refs/heads/claim/02" in small.refs()
    proposed = verb(session, "guide", "--fetch")
    assert proposed.out.startswith("name:    desk-2 (git config registry.session)\nnumber:  2\nstate:   proposed\n")
    answers = played(session, proposed.out)
    assert [name for name, each in answers.items() if each.exit_code == 2] == []
    assert "refs/heads/claim/02" not in small.refs(), "the last command takes the proposal back"
    again = verb(session, "guide", "--fetch").out
    assert "desk-2 (git config registry.session) is not registered\n" in again
    assert "registry bind NAME" not in again


@pytest.mark.takes_long
def test_a_holder_acknowledges_by_the_handbook_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    orchestrator = all_registered(stage)
    broadcast_done(stage, orchestrator)
    session = stage.clone("session")
    name = verb(session, "export").document["slots"][1]["session_id"]
    done = verb(session, "guide", "--session-id", name)
    assert done.exit_code == 0, done.err
    assert done.out.startswith(f"name:    {name}\nnumber:  2\nstate:   registered\n")
    answers = played(session, done.out)
    assert [name for name, each in answers.items() if each.exit_code == 2] == []
    assert "\nacknowledged, on main (commit " in answers[f"consensus acknowledge --session-id {name} --push"].out


def test_a_hostile_name_stays_on_one_line(small: Stage) -> None:
    done = verb(small.human, "guide", "--session-id", "x\x1b[31m\n{number} $(id)")
    assert done.exit_code == 0
    assert "\x1b" not in done.out
    assert "registry whoami --session-id 'x" in done.out
