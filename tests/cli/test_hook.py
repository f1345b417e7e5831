"""`registry install-hook`: what it writes, what it leaves alone, and when it refuses."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.stage import CHARTER, ENVIRONMENT, Stage, commit, fleet, git, new_key, try_git, verb, write
from tests.shell import program, quoted
from validator.hosts.plain.install import install, servers_environment
from validator.model.errors import FatalError


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder below a folder, with what a file holds."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def charter_pushed(stage: Stage, charter: str, *, key: str = "") -> str:
    """What the server says to a charter that the human pushes to main; empty where it lands."""
    git(stage.human, "fetch", "--quiet", "origin")
    git(stage.human, "checkout", "--quiet", "-B", "main", "origin/main")
    write(stage.human, "registry/charter.yaml", charter)
    commit(stage.human, "Another charter", key=key)
    pushed = try_git(stage.human, "push", "origin", "main")
    return pushed.err if pushed.exit_code else ""


def test_reinstalling_without_unsigned_requires_a_key(unsigned: Stage, tmp_path: Path) -> None:
    stage, owner = unsigned, str(tmp_path / "owner")
    again = verb(tmp_path, "install-hook", str(stage.bare))
    assert (again.exit_code, again.out) == (2, "")
    assert "no approver in main's charter has a key, so nobody could approve; add one, or say --unsigned" in again.err
    with_key = CHARTER.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{new_key(tmp_path / "owner")}"}}')
    assert charter_pushed(stage, with_key) == ""
    assert verb(tmp_path, "install-hook", str(stage.bare)).out.startswith("guarded by ")
    assert "no approver in the charter has a key" in charter_pushed(stage, CHARTER, key=owner)
    assert verb(tmp_path, "install-hook", str(stage.bare), "--unsigned").out.startswith("unsigned: whoever can push")
    assert charter_pushed(stage, CHARTER, key=owner) == ""
    assert [path.name for path in (stage.bare / "hooks").iterdir()] == ["pre-receive"], "nothing of the ones before"


def test_python_may_lie_in_a_folder_of_any_name(stage: Stage) -> None:
    python = program(stage.folder / "it's a $HOME" / "python", f'exec {quoted(sys.executable)} "$@"')
    install(bare=stage.bare, python=str(python), environment=ENVIRONMENT, unsigned=True, trial=True)
    write(stage.human, "registry/sessions/04.yaml", fleet(4))
    commit(stage.human, "Register session 4")
    assert git(stage.human, "push", "--quiet", "origin", "HEAD:claim/04") == ""
    assert "refs/heads/claim/04" in stage.refs()


def test_a_foreign_hook_is_kept(stage: Stage) -> None:
    hook = stage.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 0\n")
    before = (stage.bare / "config").read_text()
    done = verb(stage.folder, "install-hook", str(stage.bare), "--unsigned")
    assert (done.exit_code, done.out) == (2, "")
    assert (
        f"{hook} is there already; run this from it, with the lines it reads: {shlex.quote(sys.executable)} -P -m"
        in done.err
    )
    assert (hook.read_text(), (stage.bare / "config").read_text()) == ("#!/bin/sh\nexit 0\n", before)


def test_install_hook_refuses_a_clone(stage: Stage) -> None:
    done = verb(stage.folder, "install-hook", "human", "--unsigned")
    assert (done.exit_code, done.out) == (2, "")
    assert "human is not a bare repository; the guard stands on the server" in done.err
    assert not (stage.human / ".git/hooks/pre-receive").exists()


@pytest.mark.parametrize("guarded", [False, True])
def test_a_guarded_server_looks_at_the_objects_too(stage: Stage, guarded: bool) -> None:
    """A branch that is none of the registry's business, with a tree that lists a name twice."""
    if guarded:
        assert verb(stage.folder, "install-hook", str(stage.bare), "--unsigned").exit_code == 0
    blob = git(stage.human, "rev-parse", "main:registry/charter.yaml").strip()
    tree = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--literally", "--stdin"], cwd=stage.human, env=ENVIRONMENT,
        input=(b"100644 a\0" + bytes.fromhex(blob)) * 2, capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    odd = git(stage.human, "commit-tree", "-p", "main", "-m", "Twice", tree).strip()
    assert (try_git(stage.human, "push", "origin", f"{odd}:refs/heads/topic").exit_code != 0) is guarded


def test_the_probe_leaves_no_files(stage: Stage) -> None:
    before = contents(stage.bare)
    assert verb(stage.folder, "install-hook", "--unsigned", "fleet.git").exit_code == 0
    after = contents(stage.bare)
    assert {name for name in after if after[name] != before.get(name)} == {"config", "hooks/pre-receive"}
    assert set(after) - set(before) == {"hooks", "hooks/pre-receive"}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "does not work here: it accepts a push that it must refuse"),
        ("exit 1", "the guard is not installed, since it does not work here: it says: nothing"),
        ("echo refs/heads/main: refused; exit 1", "it says: refs/heads/main: refused"),
        (f'{quoted(sys.executable)} "$@"; exit 0', "it accepts a push that it must refuse"),
        ("cat; echo lost >&2; exit 2", "it says: lost"),
    ],
    ids=["accepts all", "says nothing", "refuses all", "loses the exit code", "fails"],
)
def test_a_guard_that_fails_its_probe_is_not_installed(guarded: Stage, script: str, why: str) -> None:
    """The guard installed before stays."""
    python = program(guarded.folder / "python", script)
    before = contents(guarded.bare)
    with pytest.raises(FatalError) as raised:
        install(bare=guarded.bare, python=str(python), environment=ENVIRONMENT, unsigned=True, trial=True)
    assert str(raised.value).endswith(why)
    assert contents(guarded.bare) == before


def test_a_first_guard_that_fails_its_probe_leaves_no_hook(stage: Stage) -> None:
    python = program(stage.folder / "python", "exit 0")
    before = (stage.bare / "config").read_bytes()
    with pytest.raises(FatalError):
        install(bare=stage.bare, python=str(python), environment=ENVIRONMENT, unsigned=True, trial=True)
    assert list((stage.bare / "hooks").iterdir()) == []
    assert (stage.bare / "config").read_bytes() == before


def test_what_this_shell_says_to_python_is_not_said_to_the_probe() -> None:
    """Git runs the hook with the environment of whoever pushes."""
    assert servers_environment({"PATH": "/bin", "PYTHONPATH": "/here", "PYTHONHOME": "/there"}) == {"PATH": "/bin"}


def test_sha256_is_guarded(tmp_path: Path) -> None:
    """The probe speaks of object ids as long as the server's. A clone of a server without a commit begins on main."""
    bare, format = tmp_path / "fleet.git", "--object-format=sha256"
    git(tmp_path, "init", "--quiet", "--bare", "--template=", "--initial-branch=trunk", format, str(bare))
    assert verb(tmp_path, "install-hook", "--unsigned", str(bare)).exit_code == 0
    assert git(bare, "symbolic-ref", "HEAD") == "refs/heads/main\n"
