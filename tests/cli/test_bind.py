"""`registry bind`: a name that is said once, and the verbs that do without --session-id afterwards."""

from pathlib import Path

import pytest

from tests.cli.agreeing import SESSIONS, all_registered, broadcast_done
from tests.cli.stage import Stage, git, verb

RUNTIME = "3f2a1b00-aaaa-4bbb-8ccc-000000000001"
WAYS = (
    "say it once; fill in: registry bind NAME (lower-case words joined by -); or for one command: --session-id NAME, "
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "clone")
    return tmp_path / "clone"


@pytest.fixture
def claude(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", RUNTIME)


def test_outside_of_a_harness_the_name_is_the_clones(clone: Path) -> None:
    assert verb(clone, "bind") == (1, f"no name; {WAYS}or REGISTRY_SESSION=NAME in its environment\n", "")
    said = "desk-1 (git config registry.session)\nnext: registry whoami --fetch\n"
    assert verb(clone, "bind", "desk-1") == (0, said, "")
    assert git(clone, "config", "registry.session") == "desk-1\n"
    assert verb(clone, "bind") == (0, said, "")
    assert verb(clone, "bind", "--remove").exit_code == 0
    assert verb(clone, "bind").exit_code == 1


@pytest.mark.usefixtures("claude")
def test_in_a_harness_the_name_is_the_runtimes(clone: Path) -> None:
    said = "desk-1 (bound to Claude Code 3f2a1b00)\nnext: registry whoami --fetch\n"
    assert verb(clone, "bind", "desk-1") == (0, said, "")
    assert verb(clone, "bind") == (0, said, "")
    document = verb(clone, "bind", "--format", "json").document
    assert (document["session_id"], document["identity"]) == ("desk-1", "bound to Claude Code 3f2a1b00")
    assert [each.partition(" (since ")[0] for each in document["runtimes"]] == ["Claude Code 3f2a1b00"]
    removed = verb(clone, "bind", "--remove", "--format", "json")
    assert (removed.exit_code, removed.document["session_id"], removed.document["identity"]) == (0, None, None)


def test_two_runtimes_with_one_name_hear_of_each_other(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for runtime in ("11111111-a", "22222222-b"):
        monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", runtime)
        second = verb(clone, "bind", "desk-1")
    assert "shared: by Claude Code 11111111 (since " in second.out
    assert "if the others are gone: registry bind desk-1 --only\n" in second.out
    assert "shared" not in verb(clone, "bind", "desk-1", "--only").out
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", "11111111-a")
    assert verb(clone, "bind").exit_code == 1


def test_a_variable_that_comes_first_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_SESSION", "other-1")
    bound = verb(clone, "bind", "desk-1")
    assert bound.err == "REGISTRY_SESSION is set, and comes first; run: unset REGISTRY_SESSION\n"
    assert bound.out.startswith("other-1 (REGISTRY_SESSION)\n")
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", RUNTIME)
    bound = verb(clone, "bind", "desk-1")
    way = (
        "desk-1 counts from this session's next start; before that, begin each command with: env -u REGISTRY_SESSION\n"
    )
    assert bound.err == f"REGISTRY_SESSION is set, and comes first; {way}"


@pytest.mark.parametrize("words", [["x-1", "--remove"], ["--only"], ["--only", "--remove"]])
def test_arguments_that_contradict_each_other_are_refused(clone: Path, words: list[str]) -> None:
    assert verb(clone, "bind", *words).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["whoami"],
        ["claim", "4", "--goal", "Send 17 emails daily", "--yes"],
        ["consensus", "confirm"],
        ["consensus", "broadcast"],
        ["consensus", "acknowledge"],
    ],
)
def test_a_verb_that_knows_no_name_says_how_to_say_it(stage: Stage, words: list[str]) -> None:
    refused = verb(stage.clone("session"), *words)
    ways = f"registry: which session? {WAYS}or REGISTRY_SESSION=NAME in its environment\n"
    assert refused == (2, "", ways)


@pytest.mark.usefixtures("claude")
def test_a_broken_binding_is_one_line_and_the_option_still_works(stage: Stage) -> None:
    session = stage.clone("session")
    verb(session, "bind", "desk-1")
    (file,) = (session / ".git/registry/bindings").iterdir()
    file.write_bytes(b"[" * 4000)
    refused = verb(session, "whoami")
    assert refused.exit_code == 2
    assert refused.err.count("\n") == 1
    assert "is not a binding" in refused.err
    assert "desk-1 is not registered" in verb(session, "whoami", "--session-id", "desk-1").out
    assert verb(session, "bind", "desk-1").exit_code == 0
    assert "desk-1 (bound to Claude Code 3f2a1b00) is not registered" in verb(session, "whoami").out


@pytest.mark.usefixtures("claude")
def test_a_bound_session_goes_its_way_without_a_name(stage: Stage) -> None:
    session = stage.clone("session")
    verb(session, "bind", "marketing-outreach-1")
    claimed = verb(session, "claim", "4", "--goal", "Send 17 emails daily", "--yes", "--push")
    assert claimed.note.startswith("proposed number 4"), claimed
    assert stage.at("claim/04", "registry/sessions/04.yaml")["session_id"] == "marketing-outreach-1"
    waiting = verb(session, "whoami", "--fetch")
    assert waiting.out.startswith("name:    marketing-outreach-1 (bound to Claude Code 3f2a1b00)\nnumber:  4\n")
    assert "wait: a human (@OWNER) has to approve number 4" in waiting.out


def test_the_name_in_a_message_or_a_file_comes_before_the_bound_one(stage: Stage) -> None:
    """Who proposes for another says whom; a name that was said once is for who says none."""
    session = stage.clone("session")
    verb(session, "bind", "desk-1")
    message = "REGISTRATION: NUMBER=4 GOAL=Send 17 emails daily SESSION_ID=desk-2 STATUS=REGISTERED"
    assert verb(session, "claim", "--yes", "--push", "--message", message).exit_code == 0
    assert stage.at("claim/04", "registry/sessions/04.yaml")["session_id"] == "desk-2"
    unsaid = message.replace(" SESSION_ID=desk-2", "").replace("NUMBER=4", "NUMBER=5")
    assert verb(session, "claim", "--yes", "--push", "--message", unsaid).exit_code == 0
    assert stage.at("claim/05", "registry/sessions/05.yaml")["session_id"] == "desk-1"


def test_the_next_action_of_a_bound_session_needs_no_name(stage: Stage) -> None:
    orchestrator = all_registered(stage)
    verb(orchestrator, "bind", SESSIONS[3])
    broadcast_done(stage, orchestrator)
    bound, named = (verb(orchestrator, "whoami", "--fetch", *words) for words in ([], ["--session-id", SESSIONS[3]]))
    assert "; run: registry consensus acknowledge --push\n" in bound.out
    assert f"; run: registry consensus acknowledge --session-id {SESSIONS[3]} --push\n" in named.out
    assert verb(orchestrator, "consensus", "acknowledge", "--push").note.startswith("acknowledged, on main")


def test_working_trees_that_share_settings_are_not_renamed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second name for the clone would make the first working tree's session speak as the second."""
    for variable in ("CLAUDE_CODE_SESSION_ID", "CODEX_THREAD_ID", "REGISTRY_SESSION"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("one", "two"):
        git(stage.human, "worktree", "add", "--quiet", "--detach", f"../{name}")
    one, two = stage.folder / "one", stage.folder / "two"
    assert verb(one, "bind", "session-one").exit_code == 0
    refused = verb(two, "bind", "session-two")
    assert (refused.exit_code, "are session-one, and would be session-two" in refused.err) == (2, True), refused
    git(two, *refused.err.rpartition("git ")[2].split())
    assert verb(two, "bind", "session-two").exit_code == 0
    assert [verb(folder, "bind").out.split()[0] for folder in (one, two)] == ["session-one", "session-two"]
