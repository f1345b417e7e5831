"""The demo's Git server, a clone for each participant, and programs run as they would run them."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import validator
from validator.cli.demo.printer import Printer
from validator.model.errors import FatalError
from validator.model.layout import CHARTER

CAPACITY = 12
_FLEET = resources.files(validator) / "cli/demo/fleet"
Done = subprocess.CompletedProcess[str]


class Stage(NamedTuple):
    """Where the story plays: a folder with the server and the human's clone, and the commit that main began with."""

    folder: Path
    human: Path
    beginning: str


def set_up(folder: Path, printer: Printer) -> Stage:
    """A bare repository with the guard as the server, and a first commit with the charter by the human."""
    server, human, key = folder / "server.git", folder / "human", _key(folder)
    printer.heading(
        "A Git server, guarded: main moves only by what an approver has signed" if key else "A Git server, guarded"
    )
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
    _clone(server, human)
    charter = _charter()
    if key:
        public = " ".join(key.with_suffix(".pub").read_text(encoding="utf-8").split()[:2])
        charter = charter.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{public}"}}')
        git(human, "config", "user.signingkey", str(key))
    put(human, CHARTER, charter)
    put(human, "registry/sessions/.gitkeep", "")
    commit(human, "A charter for twelve sessions")
    git(human, "push", "--quiet", "origin", "HEAD:main")
    guard = registry(human, "install-hook", "--trial", *([] if key else ["--unsigned"]), str(server))
    printer.line(guard.returncode == 0, "registry install-hook server.git")
    return Stage(folder, human, git(human, "rev-parse", "HEAD").strip())


def _key(folder: Path) -> Path | None:
    """A fresh SSH key for the approver; None on a machine without ssh-keygen."""
    program = shutil.which("ssh-keygen")
    if program is None:
        return None
    _run([program, "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", str(folder / "key")], folder, {}, check=True)
    return folder / "key"


def _charter() -> str:
    """A wheel carries the charter beside the fleet; a checkout has it where every registry has it."""
    carried = _FLEET / "charter.yaml"
    place = carried if carried.is_file() else Path(validator.__file__).parent.parent / CHARTER
    return place.read_text(encoding="utf-8")


def new_session(stage: Stage, start: str = "origin/main") -> Path:
    """A session's own clone of the server."""
    session = Path(tempfile.mkdtemp(prefix="session-", dir=stage.folder))
    _clone(stage.folder / "server.git", session)
    git(session, "checkout", "--quiet", "-B", "work", start)
    return session


def _clone(server: Path, clone: Path) -> None:
    git(clone.parent, "clone", "--quiet", str(server), str(clone))
    git(clone, "checkout", "--quiet", "-B", "main")


def put(clone: Path, path: str, text: str) -> None:
    """Write a file of a clone, and the folders on the way to it."""
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8", newline="\n")


def commit(clone: Path, message: str) -> None:
    """Commit all that a clone holds."""
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", message)


def push(session: Path, ref: str) -> Done:
    """Push what a session has committed, with force: only the guard can refuse it."""
    return _run(["git", "push", "--force", "origin", f"HEAD:refs/heads/{ref}"], session, _PLAIN, check=False)


def claim_text(number: int, now: str, /, **fields: str) -> str:
    """A claim of the fleet, claimed now, with some fields changed."""
    text = (_FLEET / f"{number:02}.yaml").read_text(encoding="utf-8")
    for name, value in {"timestamp": now, **fields}.items():
        text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
    return text


def field(text: str, name: str) -> str:
    """What a claim says in one of its fields."""
    found = re.search(rf"^{name}: (.*)$", text, re.MULTILINE)
    assert found, f"every claim of the fleet has a {name}"
    return found[1]


def last_line(done: Done) -> str:
    """How a program ended, in its own words."""
    lines = [line for line in (done.stdout or done.stderr).splitlines() if line.strip()]
    return lines[-1] if lines else ""


# The user may have settings of their own for Git; the demo prints the same for all users. The guard on the server runs
# this very program, so it has to find it as well.
_PLAIN = {
    **{f"GIT_{role}_{what}": "demo" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"},
    **{"PYTHONPATH": str(Path(validator.__file__).parent.parent), "PYTHONIOENCODING": "utf-8"},
}


def git(folder: Path, *command: str) -> str:
    """Plain Git, as a session or a human would type it, without the user's configuration."""
    return _run(["git", *command], folder, _PLAIN, check=True).stdout


def registry(folder: Path, *command: str) -> Done:
    """A verb of this very program, as a process of its own."""
    return _run([sys.executable, "-P", "-m", "validator", *command], folder, _PLAIN, check=False)


def _run(command: list[str], folder: Path, environment: dict[str, str], *, check: bool) -> Done:
    # No shell; every word is of this module's making.
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if check and done.returncode:
        raise FatalError(f"{' '.join(command[:2])} failed: {done.stderr.strip()}")
    return done
