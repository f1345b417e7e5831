"""`validate` of the working tree reads what `git add --all` would add; in a hook it reads the index."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, Done, Stage, commit, fleet, git, try_git, verb, write
from tests.shell import program, quoted

CHECKS = (["validate", "--worktree"], ["codeowners", "--check"])


def with_settings(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Give the user a configuration, for Git and for the verbs of this process."""
    file = folder / "gitconfig"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setitem(ENVIRONMENT, "GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))


def test_the_users_line_ending_settings_apply(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.registered(4)
    assert verb(stage.human, "codeowners").exit_code == 0
    assert verb(stage.human, "schema").exit_code == 0
    git(stage.human, "add", "--all")
    git(stage.human, "commit", "--quiet", "--message", "Generated files")
    git(stage.human, "push", "--quiet", "origin", "main")
    with_settings(stage.folder, monkeypatch, "[core]\n\tautocrlf = true\n")
    session = stage.clone("session")
    assert b"\r\n" in (session / "registry/charter.yaml").read_bytes()
    for check in (*CHECKS, ["schema", "--check"]):
        done = verb(session, *check)
        assert done.exit_code == 0, done
    write(session, "CODEOWNERS", "* @somebody\n")
    assert verb(session, "codeowners", "--check").exit_code == 1


def test_what_the_user_ignores_is_not_judged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    (stage.folder / "ignore").write_text(".DS_Store\n", encoding="utf-8")
    with_settings(stage.folder, monkeypatch, f"[core]\n\texcludesFile = {stage.folder / 'ignore'}\n")
    write(stage.human, "registry/.DS_Store", "x")
    assert verb(stage.human, "validate", "--worktree").exit_code == 0
    write(stage.human, "registry/Thumbs.db", "x")
    assert verb(stage.human, "validate", "--worktree").exit_code == 1


def test_what_sparse_checkout_leaves_out_is_not_taken_for_deleted(stage: Stage) -> None:
    stage.registered(4)
    session = stage.clone("session")
    git(session, "sparse-checkout", "set", "--no-cone", "/registry/charter.yaml")
    assert not (session / "registry/sessions/04.yaml").exists()
    done = verb(session, "validate", "--worktree", "--format", "json")
    assert (done.exit_code, done.document["findings"]) == (0, [])
    assert verb(session, "codeowners").exit_code == 0
    git(session, "add", "--sparse", "CODEOWNERS")
    git(session, "commit", "--quiet", "--message", "Owners")
    for cone in ("docs", "registry/sessions"):
        git(session, "sparse-checkout", "set", "--cone", "--sparse-index", cone)
        assert verb(session, "codeowners", "--check") == (0, "fresh: CODEOWNERS\n", "")
    git(session, "sparse-checkout", "set", "--no-cone", "/nothing")
    assert not (session / "CODEOWNERS").exists()
    assert verb(session, "codeowners", "--check") == (0, "fresh: CODEOWNERS\n", "")


def test_files_are_read_as_git_would_store_them(stage: Stage) -> None:
    """In another encoding, in a working tree elsewhere, and not where another repository is in the way."""
    assert verb(stage.human, "codeowners").exit_code == 0
    commit(stage.human, "Owners")
    (stage.human / ".git/info").mkdir(exist_ok=True)
    (stage.human / ".git/info/attributes").write_text("*.yaml working-tree-encoding=UTF-16LE\n")
    charter = stage.human / "registry/charter.yaml"
    charter.write_bytes(charter.read_text(encoding="utf-8").encode("utf-16-le"))
    for check in CHECKS:
        assert verb(stage.human, *check).exit_code == 0, check
    (stage.human / ".git/info/attributes").unlink()
    git(stage.human, "checkout", "--", "registry")
    elsewhere = stage.folder / "elsewhere"
    shutil.copytree(stage.human, elsewhere, ignore=shutil.ignore_patterns(".git"))
    git(stage.human, "config", "core.worktree", str(elsewhere))
    for check in CHECKS:
        assert verb(stage.human, *check).exit_code == 0, check
    git(elsewhere, "init", "--quiet", "--template=", "empty")
    done = verb(stage.human, "validate", "--worktree")
    assert (done.exit_code, "'empty/' does not have a commit checked out" in done.err) == (2, True), done


def test_user_filters_run_and_their_failure_is_reported(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(stage.folder, monkeypatch, '[filter "stamp"]\n\trequired = true\n')
    clean = quoted(program(stage.folder / "clean", "grep -v '^# stamp'"))
    git(stage.human, "config", "--global", "filter.stamp.clean", clean)
    (stage.human / ".git/info").mkdir(exist_ok=True)
    (stage.human / ".git/info/attributes").write_text("*.yaml filter=stamp\n")
    write(stage.human, "registry/sessions/04.yaml", f"# stamp \x01\n{fleet(4)}")
    assert verb(stage.human, "validate", "--worktree").exit_code == 0
    (stage.folder / "clean").unlink()
    failed = verb(stage.human, "validate", "--worktree")
    assert (failed.exit_code, "stamp" in failed.err) == (2, True)


def test_a_filter_that_hangs_is_not_waited_for_without_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = quoted(program(stage.folder / "clean", "exec sleep 20 >/dev/null 2>&1"))
    with_settings(stage.folder, monkeypatch, "")
    git(stage.human, "config", "--global", "filter.stamp.clean", clean)
    (stage.human / ".git/info").mkdir(exist_ok=True)
    (stage.human / ".git/info/attributes").write_text("*.yaml filter=stamp\n")
    monkeypatch.setattr("validator.git.worktree.LONGEST", 0.2)
    done = verb(stage.human, "validate", "--worktree")
    told = "registry: Git has not ended after 0.2 seconds: a program that it runs hangs\n"
    assert (done.exit_code, done.err) == (2, told)


class TestHook:
    """`registry validate --staged`, as the plain pre-commit hook of a session."""

    @pytest.fixture
    def session(self, stage: Stage) -> Path:
        session = stage.clone("session")
        hooks = session / ".git/hooks"
        hooks.mkdir(exist_ok=True)
        program(hooks / "pre-commit", quoted(sys.executable, "-P", "-m", "validator", "validate", "--staged"))
        return session

    def commit(self, session: Path, *words: str) -> Done:
        return try_git(session, "commit", "--quiet", "--message", "x", *words)

    def test_unstaged_changes_block_no_commit(self, session: Path) -> None:
        write(session, "registry/sessions/04.yaml", fleet(4))
        git(session, "add", "registry")
        write(session, "registry/sessions/scratch.yaml", "draft\n")
        git(session, "worktree", "add", "--quiet", "--detach", "nested")
        note = "uncommitted changes in registry/ are not judged here; judge them: registry validate --worktree\n"
        assert [verb(session, "audit", *words).err for words in ((), ("--ref", "main"))] == [note, ""]
        assert verb(session / "nested", "audit").err == ""
        before = git(session, "ls-files", "--stage")
        assert self.commit(session).exit_code == 0
        assert git(session, "ls-files", "--stage") == before

    def test_staged_content_is_judged_not_the_file_on_disk(self, session: Path) -> None:
        write(session, "registry/sessions/04.yaml", "number: 5\n")
        git(session, "add", "registry")
        write(session, "registry/sessions/04.yaml", fleet(4))
        assert self.commit(session).exit_code == 1
        assert self.commit(session, "--all").exit_code == 0, "a commit has an index of its own"

    def test_a_linked_working_tree_has_an_index_of_its_own(self, session: Path) -> None:
        git(session, "worktree", "add", "--quiet", "../linked", "-b", "topic")
        linked = session.parent / "linked"
        write(linked, "registry/sessions/04.yaml", "number: 5\n")
        git(linked, "add", "--all")
        assert self.commit(linked).exit_code == 1
        write(linked, "registry/sessions/04.yaml", fleet(4))
        git(linked, "add", "--all")
        assert self.commit(linked).exit_code == 0

    def test_the_index_of_another_repository_is_ignored(self, stage: Stage, session: Path) -> None:
        write(session, "registry/sessions/04.yaml", "number: 5\n")
        git(session, "add", "--all")
        environment = ENVIRONMENT | {"GIT_INDEX_FILE": str(session / ".git/index"), "GIT_DIR": str(session / ".git")}
        words = [*REGISTRY, "validate", "--staged", "--repo", str(stage.human), "--format", "json"]
        done = subprocess.run(words, cwd=session, env=environment, capture_output=True, check=False)
        assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, []), done.stderr
        assert os.listdir(stage.human)
