"""`registry roll-call`: the sessions of main beside the runtimes that are bound in a clone."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.stage import Stage, git, verb
from tests.shell import program, quoted


def test_present_absent_unknown_and_bound_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    session = stage.clone("session")
    empty = verb(session, "roll-call")
    assert empty == (0, "nobody is registered, and nobody is bound here\n", "")
    git(session, "config", "registry.session", "desk-2")
    named = verb(session, "roll-call").err
    said = "desk-2 by git config registry.session, and no runtime is bound to it: whether it runs is not known"
    assert named == f"this clone speaks for {said}\n"
    for number, name in ((1, "desk-1"), (2, "desk-2"), (3, "desk-3")):
        stage.registered(number, session_id=name)
    for runtime, name in (("1111-a", "desk-1"), ("2222-b", "desk-3"), ("3333-c", "desk-3")):
        monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", runtime)
        assert verb(session, "bind", name).exit_code == 0
    done = verb(session, "roll-call", "--fetch", "--format", "json")
    found = [(one["session_id"], one["number"], one["presence"]) for one in done.document["sessions"]]
    assert found == [("desk-1", 1, "present"), ("desk-2", 2, "absent"), ("desk-3", 3, "shared")]
    assert done.exit_code == 1
    assert [each.partition(" (")[0] for each in done.document["sessions"][2]["runtimes"]] == [
        "Claude Code 2222-b",
        "Claude Code 3333-c",
    ]
    assert verb(session, "bind", "desk-3", "--only").exit_code == 0
    assert verb(session, "roll-call").exit_code == 0
    assert verb(session, "bind", "desk-9").exit_code == 0
    done = verb(session, "roll-call")
    assert done.exit_code == 1
    assert "\n       unknown  desk-9  Claude Code 3333-c (since 20" in done.out
    assert done.out.startswith("    1  present  desk-1  Claude Code 1111-a (since 20")
    assert "\n    2  absent   desk-2\n" in done.out


def test_what_the_client_lists_is_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that runs without a name is shown; one that has crashed without a word is not counted."""
    stage = Stage(tmp_path)
    session = stage.clone("session")
    for number in (1, 2):
        stage.registered(number, session_id=f"desk-{number}")
    for runtime, name in (("1111-a", "desk-1"), ("2222-b", "desk-2"), ("3333-c", "desk-2")):
        monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", runtime)
        assert verb(session, "bind", name).exit_code == 0
    listed: list[object] = [
        {"sessionId": name, "cwd": str(folder), "pid": 1}
        for name, folder in (("1111-a", session), ("3333-c", session), ("4444-d", session), ("5555-e", stage.human))
    ]
    odd: list[object] = [
        {"sessionId": "../x", "cwd": "/"},
        {"sessionId": "6666-f"},
        7,
        {"sessionId": "7-g", "cwd": "/x"},
    ]
    (tmp_path / "list.json").write_text(json.dumps(listed + odd))
    claude = f'[ "$*" = "agents --json" ] && cat {quoted(str(tmp_path / "list.json"))}'
    program(tmp_path / "tools/claude", claude)
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:{os.environ['PATH']}")
    done = verb(session, "roll-call", "--fetch", "--format", "json")
    assert done.exit_code == 0
    assert [one["presence"] for one in done.document["sessions"]] == ["present", "present"]
    assert done.document["sessions"][1]["runtimes"][0].endswith(", not listed by claude agents any more")
    assert done.document["unnamed"] == ["Claude Code 4444-d"]
    assert verb(session, "roll-call").out.endswith("       unnamed  Claude Code 4444-d, in this clone\n")
    (tmp_path / "list.json").write_text("not JSON")
    done = verb(session, "roll-call", "--fetch", "--format", "json")
    assert (done.exit_code, done.document["unnamed"]) == (1, None)
