"""Put the guard into a plain Git server's repository: a pre-receive hook that judges every push."""

import os
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from validator.git.program import in_a_line
from validator.git.repo import Repo
from validator.git.upstream import main_of_server
from validator.hosts.plain.interpreter import require_lasting
from validator.hosts.plain.probe import Answer, Probed, probe
from validator.hosts.plain.receiving import Fault, set_up
from validator.hosts.plain.server import UNSIGNED, keys_of
from validator.model.errors import FatalError
from validator.model.layout import MAIN
from validator.model.phrases import command_line
from validator.operations.replay import root_of
from validator.registry.reader import Reader

MARK = "# guards a session registry"
GUARD = "-P -m validator.guard"


def install(*, bare: Path, python: str, environment: Mapping[str, str], unsigned: bool, trial: bool = False) -> str:
    """Put the guard into a bare repository and push a probe to it. Raises FatalError, and then changes nothing.

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
        way_out = f"to change that: {_hooks_here(repo, hook)}"
        raise FatalError(f"core.hooksPath names another folder, so Git runs {run}, not {hook}; {way_out}")
    if hook.exists() and MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise FatalError(f"{hook} is there already; run this from it, with the lines it reads: {guard}")
    servers = environment if trial else servers_environment(environment)
    if not trial:
        require_lasting(python, repo.folder, servers)
    _put(hook, _script(guard), repo, servers)
    repo.configure(UNSIGNED, "true" if unsigned else "false")
    set_up(repo)
    if repo.resolve("HEAD") == [None]:  # or a clone of it would be empty: `git init` may have named another branch
        repo.read("symbolic-ref", "HEAD", MAIN, environment=repo.real)
    # Relative to the repository, wherever it is moved; it overrides what the account that receives has for itself.
    repo.configure("core.hooksPath", "hooks")
    guarded = f"{'unsigned: whoever can push can approve; ' if unsigned else ''}guarded by {hook}\n"
    return f"{guarded}{_root(repo, main)}{_join(bare) if main else ''}"


def _hooks_here(repo: Repo, hook: Path) -> str:
    """The command after which Git runs a repository's own hooks, by where core.hooksPath is set.

    The repository's own setting goes before that of the account and of the system, and after one that it includes or
    that a working tree has (git-config(1)).
    """
    _, out, _ = repo.as_user("config", "-z", "--show-origin", "--show-scope", "--get", "core.hooksPath")
    scope, origin, _ = out.split("\0", 2)
    file = (repo.folder / origin.removeprefix("file:")).resolve()
    if scope in ("local", "worktree") and file != (repo.folder / "config").resolve():
        return f"git config --file {shlex.quote(str(file))} --unset core.hooksPath"
    return f"git -C {shlex.quote(str(repo.folder))} config core.hooksPath {shlex.quote(str(hook.parent.resolve()))}"


def _root(repo: Repo, main: str | None) -> str:
    """The commit from which on main can be proved; whoever audits a clone has to know it from elsewhere."""
    if main is None:
        return "next: push main, then run this again: it prints the root that registry audit --steps begins at\n"
    root = root_of(repo, main)
    return f"root of main, to keep: registry audit --steps --root {root}\n" if root else ""


def _join(bare: Path) -> str:
    """How a session on this machine comes in."""
    clone = command_line(("git", "clone", str(bare)))
    return f"next: each session clones it and says its name; fill in: {clone} NAME && cd NAME && registry bind NAME\n"


def servers_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Git runs a hook with the environment of whoever pushes: what this shell says to Python does not count."""
    return {name: value for name, value in environment.items() if not name.startswith("PYTHON")}


def hook_of(repo: Repo) -> Path:
    """The file that Git runs as pre-receive hook, whether or not it is there (git-config(1), core.hooksPath)."""
    status, out, error = repo.as_user("rev-parse", "--git-path", "hooks/pre-receive")
    if status:
        raise FatalError(f"git rev-parse: {in_a_line(error)}")
    return (repo.top or repo.folder) / os.fsdecode(out.encode("utf-8", "surrogateescape").removesuffix(b"\n"))


def fault_of(server: Repo, environment: Mapping[str, str]) -> Fault | None:
    """Why the guard of a server on this machine is not in force; None where it has refused a probe.

    Raises FatalError where Git takes no push there at all, and where the hook is another user's, who is not trusted.
    """
    hook = hook_of(server)
    if not hook.is_file():
        return Fault("there is no pre-receive hook")
    if not _can_run(hook):
        return Fault(f"{hook} is not executable, so Git does not run it", f"chmod +x {shlex.quote(str(hook))}")
    server.require_trust()  # the address of a clone may name any folder, and a probe runs what is there
    probed = probe(server, servers_environment(environment))
    return None if probed.answer is Answer.GUARD else Fault(_why(hook, probed))


def _why(hook: Path, probed: Probed) -> str:
    """Why a hook has not refused a probe as the guard does, by its text as far as that tells."""
    text = hook.read_text(encoding="utf-8", errors="replace")
    named = re.search(rf"^(?!#)(?:exec )?(.+) {re.escape(GUARD)}", text, re.MULTILINE)
    if not named:
        return f"{hook} does not run the guard"
    program = _first_word(named[1])
    if text == _script(_command(program)) and not _can_run(Path(program)):
        return f"{hook} runs {program}, which is not there: no push gets through"
    if probed.answer is Answer.NOBODY:
        return f"{hook} names the guard, but accepts a push that the guard refuses"
    return f"{hook} refuses pushes, but not by the guard: {probed.said}"


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


def _put(hook: Path, text: str, server: Repo, environment: Mapping[str, str]) -> None:
    """Put the hook in place, and keep it there if it refuses a probe. Raises FatalError if it does not."""
    fresh, old = hook.with_name(f"{hook.name}.new"), hook.with_name(f"{hook.name}.old")
    try:
        _write(fresh, text)
        if hook.exists():
            shutil.copy2(hook, old, follow_symlinks=False)
        fresh.replace(hook)  # as a whole: a push meanwhile runs the old one or the new one
        try:
            _require_guard(server, environment)
        except FatalError:
            old.replace(hook) if old.exists() else hook.unlink()
            raise
    except OSError as error:
        raise FatalError(f"{hook} cannot be written: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)
        old.unlink(missing_ok=True)


def _write(program: Path, text: str) -> None:
    program.parent.mkdir(exist_ok=True)
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    if not os.access(program, os.X_OK):
        folder = program.parent
        raise FatalError(f"no program in {folder} can be run: its file system is noexec, or has no execute bits")


def _require_guard(server: Repo, environment: Mapping[str, str]) -> None:
    """Push what the guard must refuse. Raises FatalError unless it was the guard that refused it."""
    probed = probe(server, environment)
    if probed.answer is not Answer.GUARD:
        how = "accepts a push that it must refuse" if probed.answer is Answer.NOBODY else f"says: {probed.said}"
        raise FatalError(f"the guard is not installed, since it does not work here: it {how}")
