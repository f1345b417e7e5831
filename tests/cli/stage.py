"""Where the verbs play: a bare repository as the server, with the first fleet's charter; clones; people with keys.

Git, its servers, SSH keys and programs on the PATH are real. A verb runs in this process, as its command line does.
"""

import contextlib
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.processes import running
from tests.shell import in_utf8
from tests.warm.begin import PYTHONPATH
from validator.cli import registry as command_line
from validator.model.errors import FatalError
from validator.registry.yaml.reader import read

ROOT = Path(__file__).parent.parent.parent
CHARTER = (ROOT / "registry" / "charter.yaml").read_text(encoding="utf-8")
FLEET = ROOT / "validator/cli/demo/fleet"
REGISTRY = (sys.executable, "-P", "-m", "validator")
# What a verb says of its progress when the machine is busy (`validator.cli.progress`).
PROGRESS = re.compile(r"^[0-9,]+ of [0-9,]+ (?!steps\n)[a-z ]+\n", re.MULTILINE)
# Nobody's settings but those of the test; the hook finds the program where its sources are.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON", "COLUMNS"))},
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    **{f"GIT_{role}_NAME": "session" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "session@example.invalid" for role in ("AUTHOR", "COMMITTER")},
    "PYTHONPATH": PYTHONPATH,
}


class Done(NamedTuple):
    """How a verb ended."""

    exit_code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def note(self) -> str:
        """The last line of standard output."""
        return self.out.rstrip("\n").rsplit("\n", 1)[-1]


class Stage:
    """A registry on a Git server, in an empty folder. `charter` may say `KEY` where the approver's key belongs."""

    def __init__(self, folder: Path, *, charter: str = CHARTER, guarded: bool = False, signed: bool = False) -> None:
        self.folder, self.bare = folder, folder / "fleet.git"
        git(folder, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(self.bare))
        self.human = self.clone("human")
        if signed:
            key = new_key(folder / "owner")
            charter = charter.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{key}"}}')
            git(self.human, "config", "user.signingkey", str(folder / "owner"))
        write(self.human, "registry/charter.yaml", charter)
        write(self.human, "registry/sessions/.gitkeep", "")
        git(self.human, "checkout", "--quiet", "-B", "main")
        self.beginning = commit(self.human, "A charter")
        git(self.human, "push", "--quiet", "origin", "main")
        if guarded:
            done = verb(folder, "install-hook", str(self.bare), *([] if signed else ["--unsigned"]))
            assert done.exit_code == 0, done.err

    def copy(self, folder: Path) -> "Stage":
        """The same stage again, in an empty folder, before anything has happened on it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        stage = Stage.__new__(Stage)
        stage.folder, stage.bare, stage.human = folder, folder / self.bare.name, folder / self.human.name
        stage.beginning = self.beginning
        git(stage.human, "remote", "set-url", "origin", f"file://{stage.bare}")
        if (folder / "owner").exists():
            git(stage.human, "config", "user.signingkey", str(folder / "owner"))
        return stage

    def clone(self, name: str) -> Path:
        """A clone of its own for a session or a human."""
        git(self.folder, "clone", "--quiet", "--template=", str(self.bare), name)
        git(self.folder / name, "remote", "set-url", "origin", f"file://{self.bare}")
        return self.folder / name

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """What the server has, by full name."""
        return refs(self.bare, prefix)

    def at(self, revision: str, path: str) -> dict[str, Any]:
        """The fields of a file on the server."""
        document = read(path, git(self.bare, "show", f"{revision}:{path}").encode())
        assert not document.faults
        fields: dict[str, Any] = document.value
        return fields

    def registered(self, number: int, /, **fields: str) -> str:
        """Land a claim of the first fleet on main, as an approver's merge does; the commit on main."""
        git(self.human, "fetch", "--quiet", "origin")
        git(self.human, "checkout", "--quiet", "-B", "main", "origin/main")
        write(self.human, f"registry/sessions/{number:02}.yaml", fleet(number, **fields))
        key = git(self.human, "config", "--default", "", "--get", "user.signingkey").strip()
        landed = commit(self.human, f"Register session {number}", key=key)
        git(self.human, "push", "--quiet", "origin", "main")
        return landed


def hear_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that run in this process hear nobody's settings either."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "COLUMNS"))]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def fleet(number: int, /, **fields: str) -> str:
    """A claim of the first fleet, with some lines replaced."""
    text = (FLEET / f"{number:02}.yaml").read_text(encoding="utf-8")
    for name, value in fields.items():
        line = f"{name}: {value}".replace("\\", "\\\\")
        text = re.sub(rf"^{name}: .*$", line, text, flags=re.MULTILINE)
    return text


def new_key(path: Path) -> str:
    """Make an SSH key; its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path.with_suffix(".pub").read_text(encoding="utf-8").strip()


def verb(folder: Path, *words: str, stdin: bytes = b"") -> Done:
    """A verb, run in a folder; without what it says of its progress if that took long."""
    out, err = io.StringIO(), io.StringIO()
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    before, sys.stdin = sys.stdin, given
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            command_line(list(words), prog_name="registry")
        raise AssertionError("a verb ends in an exit code")
    except SystemExit as ended:
        return Done(int(ended.code or 0), out.getvalue(), PROGRESS.sub("", err.getvalue()))
    except FatalError as error:  # what cli.main makes of it
        return Done(2, out.getvalue(), PROGRESS.sub("", f"{err.getvalue()}registry: {error}\n"))
    finally:
        sys.stdin = before


def typed(folder: Path, answers: Sequence[str], *words: str) -> Done:
    """A verb in a process of its own whose questions are answered on a terminal, one by one."""
    terminal, side = pty.openpty()
    streams = {"stdin": side, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with running([*REGISTRY, *words], cwd=folder, env=ENVIRONMENT, **streams) as process:
        os.close(side)
        os.write(terminal, "".join(f"{answer}\n" for answer in answers).encode())
        out, err = process.communicate()
    os.close(terminal)
    return Done(process.returncode, out, err)


def git(folder: Path, *words: str, **variables: str) -> str:
    """Plain Git, which has to succeed."""
    done = try_git(folder, *words, **variables)
    assert done.exit_code == 0, f"git {' '.join(words)}: {done.err}"
    return done.out


def try_git(folder: Path, *words: str, **variables: str) -> Done:
    """Plain Git, which may fail."""
    done = subprocess.run(
        ["git", *map(in_utf8, words)],
        cwd=folder,
        env=ENVIRONMENT | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def refs(repository: Path, prefix: str = "refs/") -> dict[str, str]:
    """The refs of a repository below a prefix, by full name."""
    rows = git(repository, "for-each-ref", "--format=%(refname) %(objectname)", prefix).splitlines()
    return dict(row.split(" ") for row in rows)


def write(clone: Path, path: str, text: str) -> None:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8", newline="\n")


def commit(clone: Path, message: str, *, key: str = "") -> str:
    """Commit everything in the working tree; with @OWNER's key signed and approved for main. The commit's id."""
    message += "\n\nApproved-by: @OWNER" if key else ""
    signing = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "-c", "commit.gpgsign=true"] if key else []
    git(clone, "add", "--all")
    git(clone, *signing, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(clone, "rev-parse", "HEAD").strip()


def plain(text: str) -> str:
    """Text with what differs from run to run replaced: object ids and times."""
    text = re.sub(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{40}\b|\b[0-9a-f]{12}\b", "<id>", text)
    return re.sub(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:T[0-9:]{8}Z)?", "<time>", text)
