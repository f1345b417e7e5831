"""`registry roll-call`: the sessions of main beside the runtimes that are bound in a clone."""

from pathlib import Path

import pytest

from tests.cli.stage import Stage, verb


def test_present_absent_unknown_and_bound_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    session = stage.clone("session")
    empty = verb(session, "roll-call")
    assert empty == (0, "nobody is registered, and nobody is bound here\n", "")
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
