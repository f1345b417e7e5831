"""Put the guard into a plain Git server's repository: a pre-receive hook that judges every push."""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from validator.git.remote import STALE
from validator.git.repo import Repo
from validator.git.upstream import main_of_server
from validator.hosts.plain.interpreter import require_lasting
from validator.hosts.plain.receiving import Fault, set_up
from validator.hosts.plain.server import UNSIGNED, keys_of
from validator.model.errors import FatalError
from validator.model.layout import HEADS, MAIN
from validator.operations.replay import root_of
from validator.registry.reader import Reader

MARK = "# guards a session registry"
GUARD = "-P -m validator.guard"
# A push that no server gets, as Git tells a hook of it: a claim is deleted, from a commit where it never was. The hook
# changes nothing, and looks at no object.
_PROBE = f"{'1' * 40} {'0' * 40} {HEADS}claim/01\n"
_PROBE_ANSWER = f"{HEADS}claim/01: refused\n{STALE}\n"


def install(*, bare: Path, python: str, environment: Mapping[str, str], unsigned: bool, trial: bool = False) -> str:
    """Put the guard into a bare repository, once it has judged a probe. Raises FatalError, and then changes nothing.

    `environment` is this shell's. `trial`: the repository is gone as soon as this program, so take any interpreter.
    """
    repo = Repo(bare)
    if repo.top is not None:
        raise FatalError(f"{bare} is not a bare repository; the guard stands on the server")
    (main,) = repo.resolve(main_of_server(repo))
    if not unsigned and main and not keys_of(Reader(repo).at(main)):
        raise FatalError("no approver in main's charter has a key, so nobody could approve; add one, or say --unsigned")
    guard = _command(python)
    hook, run = repo.folder / "hooks" / "pre-receive", hook_of(repo)
    if run.resolve() != hook.resolve():
        way_out = f"git -C {shlex.quote(str(bare))} config core.hooksPath {shlex.quote(str(hook.parent.resolve()))}"
        raise FatalError(
            f"core.hooksPath names another folder, so Git runs {run}, not {hook}; to change that: {way_out}"
        )
    if hook.exists() and MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise FatalError(f"{hook} is there already; run this from it, with the lines it reads: {guard}")
    # Git runs the hook with the environment of whoever pushes: what this shell says to Python does not count.
    servers = {name: value for name, value in environment.items() if trial or not name.startswith("PYTHON")}
    if not trial:
        require_lasting(python, repo.folder, servers)
    fresh = _tried_program(hook, _script(guard), servers)
    repo.configure(UNSIGNED, "true" if unsigned else "false")
    set_up(repo)
    if repo.resolve("HEAD") == [None]:  # or a clone of it would be empty: `git init` may have named another branch
        repo.read("symbolic-ref", "HEAD", MAIN, environment=repo.real)
    # Relative to the repository, wherever it is moved; it overrides what the account that receives has for itself.
    repo.configure("core.hooksPath", "hooks")
    _put(fresh, hook)
    return f"{'unsigned: whoever can push can approve; ' if unsigned else ''}guarded by {hook}\n{_root(repo, main)}"


def _root(repo: Repo, main: str | None) -> str:
    """The commit from which on main can be proved; whoever audits a clone has to know it from elsewhere."""
    if main is None:
        return "next: push main, then run this again: it prints the root that registry audit --steps begins at\n"
    root = root_of(repo, main)
    return f"root of main, to keep: registry audit --steps --root {root}\n" if root else ""


def hook_of(repo: Repo) -> Path:
    """The file that Git runs as pre-receive hook, whether or not it is there (git-config(1), core.hooksPath)."""
    folder = repo.configured("core.hooksPath")
    return (repo.folder / Path(folder).expanduser() if folder else repo.folder / "hooks") / "pre-receive"


def fault_of(hook: Path) -> Fault | None:
    """What is wrong with a hook; None where it is what `install` writes, and Git can run it.

    Raises FatalError for one that is somebody's own, and names the guard: whether it heeds its answer is seen there.
    """
    if not hook.is_file():
        return Fault("there is no pre-receive hook")
    if not _can_run(hook):
        return Fault(f"{hook} has no run bit, so Git passes it over", f"chmod +x {shlex.quote(str(hook))}")
    text = hook.read_text(encoding="utf-8", errors="replace")
    named = re.search(rf"^(?!#)(?:exec )?(.+) {re.escape(GUARD)}", text, re.MULTILINE)
    if not named:
        return Fault(f"{hook} does not run the guard")
    program = _first_word(named[1])
    if text != _script(_command(program)):
        raise FatalError(f"{hook} is not install-hook's; whether it heeds the guard that it names is seen there")
    return (
        None if _can_run(Path(program)) else Fault(f"{hook} runs {program}, which is not there: no push gets through")
    )


def _can_run(path: Path) -> bool:
    return path.is_file() and bool(path.stat().st_mode & 0o111)


def _first_word(text: str) -> str:
    try:
        return next(iter(shlex.split(text)), "")
    except ValueError:  # a quote without its end
        return ""


def _command(python: str) -> str:
    return f"{shlex.quote(python)} {GUARD}"


def _script(guard: str) -> str:
    return f"#!/bin/sh\n{MARK}; see registry install-hook\nexec {guard}\n"


def _tried_program(hook: Path, text: str, environment: Mapping[str, str]) -> Path:
    """Write the hook beside its place and try it there; the file."""
    fresh = hook.with_name(f"{hook.name}.new")
    try:
        hook.parent.mkdir(exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
    except OSError as error:
        raise FatalError(f"{hook} cannot be written: {error.strerror}") from error
    try:
        _probe(fresh, environment)
    except FatalError:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def _probe(program: Path, environment: Mapping[str, str]) -> None:
    """Run the hook as Git would. Raises FatalError unless it refuses what it must, and only that."""
    if not os.access(program, os.X_OK):
        folder = program.parent
        raise FatalError(f"no program in {folder} can be run: its file system is noexec, or has no execute bits")
    try:
        # No shell; the program was just written here.
        done = subprocess.run(  # noqa: S603
            [str(program.resolve())], cwd=program.parent.parent, env=environment, input=_PROBE, capture_output=True,
            encoding="utf-8", errors="replace", check=False, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FatalError(f"the guard cannot be run, so it is not installed: {error}") from error
    if (done.returncode, done.stdout) != (1, _PROBE_ANSWER):
        said = (done.stdout + done.stderr).strip().splitlines() or ["nothing"]
        raise FatalError(f"the guard does not judge, so it is not installed: exit code {done.returncode}, {said[-1]}")


def _put(fresh: Path, hook: Path) -> None:
    """Put the program in place as a whole: a push meanwhile runs the old one or the new one."""
    try:
        fresh.replace(hook)
    except OSError as error:
        raise FatalError(f"{hook} cannot be written: {error.strerror}") from error
