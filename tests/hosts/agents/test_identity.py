"""Who a program speaks for: where a name is said, in which order, and what counts for nothing."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.stage import git, try_git
from validator.git.clone import Clone, around
from validator.hosts.agents import bindings
from validator.hosts.agents.bindings import Binding
from validator.hosts.agents.identity import Identity, bind, identity, unbind, unbind_others, users
from validator.hosts.agents.runtimes import Runtime, running
from validator.model.errors import FatalError

NOW = "2026-11-26T08:00:00Z"
LATER = "2026-11-26T09:00:00Z"
ONE = {"CLAUDE_CODE_SESSION_ID": "3f2a1b00-aaaa-4bbb-8ccc-000000000001"}
TWO = {"CODEX_THREAD_ID": "0199-2"}


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    git(tmp_path, "init", "--quiet", "clone")
    return around(tmp_path / "clone")


def folder(clone: Clone) -> Path:
    assert clone.top is not None
    return clone.top


def runtime(environment: dict[str, str]) -> Runtime:
    found = running(environment)
    assert found
    return found


def file(clone: Clone, environment: dict[str, str]) -> Path:
    return bindings.folder(clone) / f"{runtime(environment).key}.json"


def test_the_ways_to_say_a_name_in_their_order(clone: Clone) -> None:
    here = folder(clone)
    assert identity(None, ONE, here) is None
    git(here, "config", "registry.session", "configured-1")
    assert identity(None, ONE, here) == Identity("configured-1", "git config registry.session")
    bind(clone, runtime(ONE), "bound-1", NOW)
    assert identity(None, ONE, here) == Identity("bound-1", "bound to Claude Code 3f2a1b00")
    said = ONE | {"REGISTRY_SESSION": "said-1"}
    assert identity(None, said, here) == Identity("said-1", "REGISTRY_SESSION")
    assert identity("option-1", said, here) == Identity("option-1", "--session-id")
    assert identity(None, ONE | {"REGISTRY_SESSION": ""}, here) == Identity("bound-1", "bound to Claude Code 3f2a1b00")


def test_the_name_of_the_folder_is_no_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "marketing-outreach-1")
    assert identity(None, {}, tmp_path / "marketing-outreach-1") is None


def test_an_option_is_taken_as_it_is_and_outside_of_a_repository(tmp_path: Path) -> None:
    assert identity("Not A Name", {}, tmp_path) == Identity("Not A Name", "--session-id")
    with pytest.raises(FatalError, match="not inside a Git repository"):
        identity(None, {}, tmp_path)


def test_a_binding_is_for_one_runtime(clone: Clone) -> None:
    bind(clone, runtime(ONE), "one-1", NOW)
    assert identity(None, TWO, folder(clone)) is None
    bind(clone, runtime(TWO), "two-1", NOW)
    assert identity(None, ONE, folder(clone)) == Identity("one-1", "bound to Claude Code 3f2a1b00")
    assert identity(None, TWO, folder(clone)) == Identity("two-1", "bound to Codex 0199-2")
    bind(clone, runtime(ONE), "other-1", NOW)
    assert identity(None, ONE, folder(clone)) == Identity("other-1", "bound to Claude Code 3f2a1b00")
    unbind(clone, runtime(ONE))
    unbind(clone, runtime(ONE))
    assert identity(None, ONE, folder(clone)) is None
    assert identity(None, TWO, folder(clone)) == Identity("two-1", "bound to Codex 0199-2")


def test_one_harness_in_another_has_its_own_name(clone: Clone) -> None:
    """A Codex that Claude Code starts inherits its variable, and not its name."""
    bind(clone, runtime(ONE), "outer-1", NOW)
    assert identity(None, ONE | TWO, folder(clone)) is None
    bind(clone, runtime(ONE | TWO), "inner-1", NOW)
    assert identity(None, ONE | TWO, folder(clone)) == Identity(
        "inner-1", "bound to Claude Code 3f2a1b00 and Codex 0199-2"
    )
    assert identity(None, ONE, folder(clone)) == Identity("outer-1", "bound to Claude Code 3f2a1b00")


def test_linked_working_trees_share_bindings(clone: Clone) -> None:
    git(folder(clone), "commit", "--quiet", "--allow-empty", "--message", "x")
    git(folder(clone), "worktree", "add", "--quiet", "../tree")
    tree = folder(clone).parent / "tree"
    bind(around(tree), runtime(ONE), "bound-1", NOW)
    assert identity(None, ONE, folder(clone)) == Identity("bound-1", "bound to Claude Code 3f2a1b00")


def test_without_a_harness_the_clone_gets_the_name(clone: Clone) -> None:
    git(folder(clone), "commit", "--quiet", "--allow-empty", "--message", "x")
    git(folder(clone), "worktree", "add", "--quiet", "../tree")
    bind(clone, None, "clone-1", NOW)
    assert git(folder(clone), "config", "--local", "registry.session") == "clone-1\n"
    assert identity(None, {}, folder(clone).parent / "tree") == Identity("clone-1", "git config registry.session")
    unbind(clone, None)
    unbind(clone, None)
    assert identity(None, {}, folder(clone)) is None


def test_working_trees_with_settings_of_their_own_have_names_of_their_own(clone: Clone) -> None:
    git(folder(clone), "commit", "--quiet", "--allow-empty", "--message", "x")
    git(folder(clone), "worktree", "add", "--quiet", "../tree")
    git(folder(clone), "config", "extensions.worktreeConfig", "true")
    tree = folder(clone).parent / "tree"
    bind(around(tree), None, "tree-1", NOW)
    assert identity(None, {}, folder(clone)) is None
    git(folder(clone), "config", "registry.session", "clone-1")
    assert identity(None, {}, folder(clone)) == Identity("clone-1", "git config registry.session")
    assert identity(None, {}, tree) == Identity("tree-1", "git config registry.session")
    unbind(around(tree), None)
    assert identity(None, {}, tree) == Identity("clone-1", "git config registry.session")


def test_settings_of_the_user_name_no_session(clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One name for all clones of a user would be one name for several sessions."""
    (tmp_path / "config").write_text("[registry]\n\tsession = everybody\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    heard = try_git(folder(clone), "config", "registry.session", GIT_CONFIG_GLOBAL=str(tmp_path / "config"))
    assert heard.out == "everybody\n"
    assert identity(None, {}, folder(clone)) is None


@pytest.mark.parametrize(
    "name", ["", "Not A Name", "a--b", "-a", "a\n", "ａ", "x" * 65, "\x1b[31m", "../../x", "a-\udcff"]
)
def test_no_name_is_bound_that_is_none(clone: Clone, name: str) -> None:
    with pytest.raises(FatalError, match="is no name of a session"):
        bind(clone, runtime(ONE), name, NOW)
    assert not bindings.folder(clone).exists()


def test_a_name_that_is_none_says_where_it_stands(clone: Clone) -> None:
    with pytest.raises(FatalError, match=r'^REGISTRY_SESSION is "No Name", which is no name of a session'):
        identity(None, {"REGISTRY_SESSION": "No Name"}, folder(clone))
    git(folder(clone), "config", "registry.session", "x\ny")
    with pytest.raises(FatalError, match=r'^git config registry.session is "x\\ny", which is no name'):
        identity(None, {}, folder(clone))


@pytest.mark.parametrize("runtime_id", ["../../evil", "a b", "x" * 129, "\x1b[31m", "a\n", "é", "\udcff"])
def test_an_id_that_is_none_is_an_error_unless_the_name_is_said(clone: Clone, runtime_id: str) -> None:
    environment = {"CLAUDE_CODE_SESSION_ID": runtime_id}
    with pytest.raises(FatalError, match=r"^CLAUDE_CODE_SESSION_ID is .* no id of a running session"):
        identity(None, environment, folder(clone))
    assert identity(None, environment | {"REGISTRY_SESSION": "said-1"}, folder(clone))


def test_a_binding_is_private_and_names_its_runtime(clone: Clone) -> None:
    bind(clone, runtime(ONE), "bound-1", NOW)
    (only,) = bindings.folder(clone).iterdir()
    assert only == file(clone, ONE)
    assert only.stat().st_mode & 0o777 == 0o600
    assert json.loads(only.read_text()) == {"session_id": "bound-1", "since": NOW, "runtime": ONE}


GOOD = {"session_id": "bound-1", "since": NOW, "runtime": ONE}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b"[" * 4000,
        b"1" * 4000,
        b" " * 5000,
        json.dumps(GOOD | {"session_id": "Bound 1"}).encode(),
        json.dumps(GOOD | {"session_id": 5}).encode(),
        json.dumps(GOOD | {"since": "\x1b[31m"}).encode(),
        json.dumps(GOOD | {"since": 5}).encode(),
        json.dumps(GOOD | {"runtime": TWO}).encode(),
        json.dumps(GOOD | {"runtime": {}}).encode(),
        json.dumps(GOOD | {"runtime": []}).encode(),
        json.dumps(GOOD | {"runtime": {"CLAUDE_CODE_SESSION_ID": 5}}).encode(),
        json.dumps(GOOD | {"runtime": ONE | TWO}).encode(),
    ],
)
def test_a_file_that_is_no_binding_is_an_error_that_names_the_way_out(clone: Clone, content: bytes) -> None:
    bindings.folder(clone).mkdir(parents=True)
    file(clone, ONE).write_bytes(content)
    with pytest.raises(FatalError, match=r"is not a binding: .*; remove it: registry bind --remove$"):
        identity(None, ONE, folder(clone))
    assert users(Identity("bound-1", "REGISTRY_SESSION"), {}, folder(clone)) == ()
    unbind(clone, runtime(ONE))
    assert identity(None, ONE, folder(clone)) is None


def test_a_link_a_pipe_and_a_folder_are_no_bindings(clone: Clone) -> None:
    bind(clone, runtime(ONE), "bound-1", NOW)
    moved = file(clone, ONE).replace(folder(clone) / "elsewhere.json")
    file(clone, ONE).symlink_to(moved)
    with pytest.raises(FatalError, match="is not a binding"):
        identity(None, ONE, folder(clone))
    file(clone, ONE).unlink()
    os.mkfifo(file(clone, ONE))
    with pytest.raises(FatalError, match="is not a binding: it is no regular file of yours"):
        identity(None, ONE, folder(clone))
    file(clone, ONE).unlink()
    file(clone, ONE).mkdir()
    with pytest.raises(FatalError, match="is not a binding"):
        identity(None, ONE, folder(clone))


def test_a_broken_configuration_is_one_line(clone: Clone) -> None:
    (clone.common / "config").write_text("[registry\n")
    with pytest.raises(FatalError):
        identity(None, {}, folder(clone))


def test_who_speaks_for_a_session(clone: Clone) -> None:
    here = folder(clone)
    bound = Identity("bound-1", "bound to Claude Code 3f2a1b00")
    bindings.write(clone, Binding(runtime(TWO), "bound-1", LATER))
    bindings.write(clone, Binding(runtime(ONE), "bound-1", NOW))
    both = (f"Claude Code 3f2a1b00 (since {NOW})", f"Codex 0199-2 (since {LATER})")
    assert users(bound, ONE, here) == both
    assert users(bound._replace(source="--session-id"), {"CODEX_THREAD_ID": "3"}, here) == both
    assert users(bound._replace(source="REGISTRY_SESSION"), {"CODEX_THREAD_ID": "3"}, here) == (*both, "Codex 3")
    unbind_others(clone, runtime(TWO), "another-1")
    assert users(bound, ONE, here) == both
    unbind_others(clone, runtime(TWO), "bound-1")
    assert users(bound, {}, here) == (both[1],)
