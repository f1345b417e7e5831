"""`registry doctor` for a plain Git server: is the guard installed where Git runs it, and does it work."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import ROOT, Done, Stage, commit, fleet, git, refs, try_git, verb, write
from tests.cli.test_hook import contents
from tests.repository import tracked
from tests.shell import program, quoted


def install(stage: Stage, *words: str) -> Done:
    return verb(stage.folder, "install-hook", str(stage.bare), *words)


def hook_check(folder: Path) -> tuple[str, str, str | None]:
    """What doctor says of the hook: state, reason and command."""
    document = verb(folder, "doctor", "--local", "--format", "json").document
    (check,) = (check for check in document["checks"] if check["name"] == "hook-installed")
    return check["state"], check["what"], check["command"]


def pushed_junk(stage: Stage) -> Done:
    """A push of a claim that says another number than its file, straight to main."""
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "checkout", "--quiet", "--detach", "origin/main")
    write(stage.human, "registry/sessions/05.yaml", fleet(4))
    commit(stage.human, "Junk")
    return try_git(stage.human, "push", "origin", "HEAD:main")


def test_our_own_hook_is_put_in_place_anew(guarded: Stage) -> None:
    hook = guarded.bare / "hooks" / "pre-receive"
    text = hook.read_text()
    hook.write_text(text.replace(sys.executable, "/gone/python"))
    hook.chmod(0o644)
    assert install(guarded).exit_code == 0
    assert hook.read_text() == text
    assert "error[REG101]" in pushed_junk(guarded).err
    assert git(guarded.bare, "config", "registry.unsigned") == "false\n"
    assert install(guarded, "--unsigned").exit_code == 0
    assert git(guarded.bare, "config", "registry.unsigned") == "true\n"


def test_core_hooks_path_is_respected(stage: Stage) -> None:
    """With core.hooksPath Git ignores the hooks folder: the guard is not installed there, nor reported as active."""
    assert install(stage, "--unsigned").exit_code == 0
    assert hook_check(stage.human) == ("in-force", "origin has the guard", None)
    git(stage.bare, "config", "core.hooksPath", "/nowhere/hooks")
    assert pushed_junk(stage).exit_code == 0
    git(stage.bare, "update-ref", "refs/heads/main", stage.beginning)
    state, what, _ = hook_check(stage.human)
    assert (state, what.endswith("without the guard: there is no pre-receive hook")) == ("not-in-force", True)
    done = install(stage, "--unsigned")
    assert done.exit_code == 2
    told, _, command = done.err.rstrip("\n").partition("; to change that: ")
    assert told.startswith("registry: core.hooksPath names another folder, so Git runs /nowhere/hooks/pre-receive, not")
    git(stage.folder, *shlex.split(command)[1:])
    assert install(stage, "--unsigned").exit_code == 0
    assert "error[REG101]" in pushed_junk(stage).err
    assert hook_check(stage.human)[0] == "in-force"


@pytest.mark.parametrize("included", [False, True], ids=["a working tree's", "included"])
def test_a_hooks_path_that_goes_before_the_repositorys_own_is_named(stage: Stage, included: bool) -> None:
    """To set the repository's own would change nothing."""
    file = stage.folder / "included" if included else stage.bare / "config.worktree"
    file.write_text(f'[core]\n\thooksPath = "{stage.folder}"\n', encoding="utf-8")
    git(stage.bare, "config", "core.hooksPath", "hooks")
    settings = {"core.repositoryFormatVersion": "1", "extensions.worktreeConfig": "true"}
    for name, value in ({"includeIf.gitdir:**.path": str(file)} if included else settings).items():
        git(stage.bare, "config", name, value)
    told = install(stage, "--unsigned").err.rstrip("\n").rpartition("; to change that: ")[2]
    git(stage.folder, *shlex.split(told)[1:])
    assert install(stage, "--unsigned").exit_code == 0


def without_run_bit(hook: Path) -> None:
    hook.chmod(0o644)


def written(text: str) -> Callable[[Path], None]:
    def write(hook: Path) -> None:
        hook.write_text(text.replace("{python}", sys.executable))

    return write


MARKED = "#!/bin/sh\n# guards a session registry; see registry install-hook\n"
HOOKS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "without its run bit": (without_run_bit, "not-in-force", "is not executable, so Git does not run it"),
    "another one of that name": (written("#!/bin/sh\nexit 0\n"), "not-in-force", "does not run the guard"),
    "the mark alone": (written(f"{MARKED}exit 0\n"), "not-in-force", "does not run the guard"),
    "the guard in a comment": (
        written(f"{MARKED}# exec {{python}} -P -m validator.guard\nexit 0\n"),
        "not-in-force",
        "does not run the guard",
    ),
    "the guard's answer thrown away": (
        written(f"{MARKED}{{python}} -P -m validator.guard\nexit 0\n"),
        "not-in-force",
        "names the guard, but accepts a push that the guard refuses",
    ),
    "a guard after a way out": (
        written(f"{MARKED}exit 0\nexec {{python}} -P -m validator.guard\n"),
        "not-in-force",
        "names the guard, but accepts a push that the guard refuses",
    ),
    "a quote without its end": (
        written(f"{MARKED}exec 'x -P -m validator.guard\n"),
        "not-in-force",
        "refuses pushes, but not by the guard: ",
    ),
    "a program that has gone": (
        written(f"{MARKED}exec /gone/python -P -m validator.guard\n"),
        "not-in-force",
        "runs /gone/python, which is not there: no push gets through",
    ),
}


@pytest.mark.parametrize("what", HOOKS)
def test_a_file_called_pre_receive_is_not_yet_the_guard(stage: Stage, what: str) -> None:
    change, state, why = HOOKS[what]
    assert install(stage, "--unsigned").exit_code == 0
    assert hook_check(stage.human)[0] == "in-force"
    hook = stage.bare / "hooks" / "pre-receive"
    change(hook)
    found = hook_check(stage.human)
    assert (found[0], why in found[1]) == (state, True), found
    assert found[1] != "origin has the guard"
    if found[2] and found[2].startswith("chmod"):
        assert pushed_junk(stage).exit_code == 0, "this is what doctor warned of"
        git(stage.bare, "update-ref", "refs/heads/main", stage.beginning)
        hook.chmod(0o755)
        assert "error[REG101]" in pushed_junk(stage).err
        assert hook_check(stage.human)[0] == "in-force"


def test_a_hook_of_ones_own_that_asks_the_guard_is_in_force(stage: Stage) -> None:
    """It is not what install-hook writes, and does not name the guard; the probe tells that it heeds it."""
    assert install(stage, "--unsigned").exit_code == 0
    hook = stage.bare / "hooks" / "pre-receive"
    hook.rename(stage.bare / "guard")
    program(hook, "exec ./guard")
    assert hook_check(stage.human) == ("in-force", "origin has the guard", None)
    assert hook_check(stage.bare)[0] == "in-force"


@pytest.mark.parametrize("scope", ["GIT_CONFIG_SYSTEM", "GIT_CONFIG_GLOBAL"])
def test_a_hooks_folder_of_the_account_is_respected(stage: Stage, scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the account that receives has core.hooksPath, its hooks run, whatever lies in the repository."""
    program(stage.folder / "theirs/pre-receive", "exit 0")
    (stage.folder / "settings").write_text(f'[core]\n\thooksPath = "{stage.folder / "theirs"}"\n')
    monkeypatch.setenv(scope, str(stage.folder / "settings"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "0")
    before = contents(stage.bare)
    assert "core.hooksPath names another folder" in install(stage, "--unsigned").err
    assert contents(stage.bare) == before
    monkeypatch.delenv(scope)
    assert install(stage, "--unsigned").exit_code == 0
    monkeypatch.setenv(scope, str(stage.folder / "settings"))
    assert hook_check(stage.human)[0] == "in-force", "what install-hook has set goes before it"
    git(stage.bare, "config", "--unset", "core.hooksPath")
    state, what, _ = hook_check(stage.human)
    assert (state, what.endswith("theirs/pre-receive does not run the guard")) == ("not-in-force", True), what


@pytest.mark.parametrize("guard", [True, False])
def test_doctor_in_a_bare_repository_checks_its_own_hook(stage: Stage, guard: bool) -> None:
    """In a bare repository there is no remote to look at: its own hook is the gate."""
    if guard:
        assert install(stage, "--unsigned").exit_code == 0
    state, what, command = hook_check(stage.bare)
    assert state == ("in-force" if guard else "not-in-force")
    assert command == (None if guard else "registry install-hook BARE_REPO")
    assert "there is no remote" not in what


def test_checks_without_an_answer_do_not_fail(stage: Stage) -> None:
    """Unknown checks do not fail: exit 0 means that no check is known to fail."""
    charter = (stage.human / "registry/charter.yaml").read_text().replace("@OWNER", "@session-approver")
    write(stage.human, "registry/charter.yaml", charter)
    assert verb(stage.human, "codeowners").exit_code == 0
    for path in tracked(ROOT / ".github"):
        write(stage.human, path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    commit(stage.human, "A gate")
    git(stage.human, "push", "--quiet", "origin", "main")
    git(stage.human, "remote", "set-url", "origin", "ssh://server.invalid/registry.git")
    done = verb(stage.human, "doctor", "--local")
    assert done.out.count("\n? ") == 1
    assert "\n? hook-installed: origin is not a folder of this machine" in done.out
    assert done.out.endswith(" in force, 0 not, 1 cannot be checked from here\n")
    assert done.exit_code == 0
    assert verb(stage.human, "doctor", "--local", "--format", "json").document["in_force"]


def test_doctor_runs_no_hook_of_another_user(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a clone may name any folder of this machine. Git itself plays the other user."""
    program(stage.bare / "hooks/pre-receive", quoted("touch", stage.folder / "ran"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    state, what, _ = hook_check(stage.human)
    assert (state, "belongs to another user; if you trust it, fill in" in what) == ("unknown", True)
    assert not (stage.folder / "ran").exists()


def test_doctor_fetches_the_remote_that_is_named(stage: Stage) -> None:
    git(stage.folder, "clone", "--quiet", "--bare", str(stage.bare), "other.git")
    git(stage.human, "remote", "add", "other", str(stage.folder / "other.git"))
    assert verb(stage.human, "doctor", "--local", "--fetch", "--remote", "other").err == ""
    assert git(stage.human, "rev-parse", "other/main") == git(stage.human, "rev-parse", "main")


def test_a_remote_with_files_is_on_this_machine_too(stage: Stage) -> None:
    git(stage.folder, "clone", "--quiet", str(stage.bare), "other")
    git(stage.human, "remote", "set-url", "origin", str(stage.folder / "other"))
    state, what, _ = hook_check(stage.human)
    assert (state, what) == (
        "not-in-force",
        "origin is a plain Git server without the guard: there is no pre-receive hook",
    )


def test_doctor_reports_a_shallow_clone_that_is_to_be_fetched_too(stage: Stage) -> None:
    git(stage.human, "commit", "--quiet", "--allow-empty", "-m", "A second one")
    git(stage.folder, "clone", "--quiet", "--depth=1", stage.human.as_uri(), "cut")
    done = verb(stage.folder / "cut", "doctor", "--local", "--fetch", "--format", "json")
    (check,) = done.document["checks"]
    assert (done.exit_code, check["name"], check["command"]) == (1, "history-whole", "git fetch --unshallow")


def test_doctor_reads_main_and_not_what_is_checked_out(stage: Stage) -> None:
    """On a branch that would take the gate away, main still has it; and the other way round."""
    write(stage.human, "CODEOWNERS", "* @OWNER\n")
    write(stage.human, ".github/rulesets/main.json", "{}\n")  # as where GitHub is meant, and not a plain server
    commit(stage.human, "Owners")
    git(stage.human, "push", "--quiet", "origin", "main")
    git(stage.human, "checkout", "--quiet", "-b", "topic")
    (stage.human / "CODEOWNERS").unlink()
    commit(stage.human, "No owners")
    for words, there in (((), True), (("--ref", "HEAD"), False)):
        done = verb(stage.human, "doctor", "--local", *words)
        assert ("there is no CODEOWNERS" in done.out) is not there
    document = verb(stage.human, "doctor", "--local", "--format", "json").document
    assert document["commit"] == refs(stage.bare)["refs/heads/main"]


def test_a_link_is_no_codeowners(stage: Stage) -> None:
    """Its target is what the charter's file would say; GitHub reads no link."""
    write(stage.human, ".github/rulesets/main.json", "{}\n")
    assert verb(stage.human, "codeowners").exit_code == 0
    commit(stage.human, "Owners")
    text = git(stage.human, "rev-parse", "HEAD:CODEOWNERS").strip()
    git(stage.human, "update-index", "--cacheinfo", f"120000,{text},CODEOWNERS")
    git(stage.human, "commit", "--quiet", "--message", "A link")
    done = verb(stage.human, "doctor", "--local", "--ref", "HEAD")
    assert (done.exit_code, "CODEOWNERS has 3,145,728 bytes or more, is no file" in done.out) == (1, True)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"receive.fsckObjects": "false"}, "receive.fsckObjects is off, so it takes broken objects"),
        ({"receive.fsckObjects": "no", "transfer.fsckObjects": "true"}, "receive.fsckObjects is off"),
        ({"receive.fsckObjects": None, "transfer.fsckObjects": "off"}, "receive.fsckObjects is off"),
        ({"receive.maxInputSize": None}, "receive.maxInputSize is not set, so one push can fill its disk"),
        ({"receive.maxInputSize": "0"}, "receive.maxInputSize is not set"),
    ],
)
def test_doctor_reports_a_server_that_accepts_all(guarded: Stage, settings: dict[str, str | None], what: str) -> None:
    for name, value in settings.items():
        git(guarded.bare, "config", *(["--unset", name] if value is None else [name, value]))
    state, said, command = hook_check(guarded.human)
    assert (state, said.startswith(f"origin has the guard, but {what}")) == ("not-in-force", True), said
    assert command
    subprocess.run(shlex.split(command), check=True)
    assert hook_check(guarded.human) == ("in-force", "origin has the guard", None)


def test_a_setting_that_lets_git_take_no_push_is_named_with_its_command(guarded: Stage) -> None:
    git(guarded.bare, "config", "receive.fsckObjects", "perhaps")
    state, said, command = hook_check(guarded.human)
    assert (state, "bad boolean config value 'perhaps'" in said) == ("unknown", True), said
    assert command
    subprocess.run(shlex.split(command), check=True)
    assert hook_check(guarded.human)[0] == "in-force"


def test_a_server_that_checks_all_it_transfers_is_fine(guarded: Stage) -> None:
    git(guarded.bare, "config", "--unset", "receive.fsckObjects")
    git(guarded.bare, "config", "transfer.fsckObjects", "on")
    git(guarded.bare, "config", "receive.maxInputSize", "2g")
    assert hook_check(guarded.human) == ("in-force", "origin has the guard", None)
