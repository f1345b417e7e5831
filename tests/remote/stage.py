"""Where these tests play: a bare repository with a charter and the guard, clones of it, and the verbs as processes.

Everything is real: Git, its servers, SSH keys, and this program in processes of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
NAME = "fleet.git"

# Nobody's settings but those of the test; the program is found where its sources are.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "session",
    "GIT_AUTHOR_EMAIL": "session@example.invalid",
    "GIT_COMMITTER_NAME": "session",
    "GIT_COMMITTER_EMAIL": "session@example.invalid",
    "PYTHONPATH": str(ROOT),
}
REGISTRY = (sys.executable, "-P", "-m", "validator")

Done = subprocess.CompletedProcess[str]


class Stage:
    """A registry on a plain Git server, made in an empty folder."""

    def __init__(
        self, folder: Path, *, capacity: int = 12, approvers: Iterable[str] = ("OWNER",), guarded: bool = True
    ) -> None:
        self.folder, self.capacity = folder, capacity
        self.bare = folder / "served" / NAME
        self.keys = {name: self.key(name) for name in approvers}
        self.bare.parent.mkdir(parents=True)
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        self.human = self.clone("human")
        write(self.human, "registry/charter.yaml", charter(capacity, self.public_keys()))
        write(self.human, "registry/sessions/.gitkeep", "")
        self.beginning = commit(self.human, "A charter")
        git(self.human, "push", "--quiet", "origin", "HEAD:main")
        git(self.human, "config", "user.signingkey", str(next(iter(self.keys.values()), "")))
        if guarded:
            registry(folder, "install-hook", str(self.bare), *([] if self.keys else ["--unsigned"]), check=True)

    @property
    def url(self) -> str:
        """The server as a folder of this machine."""
        return f"file://{self.bare}"

    def key(self, name: str) -> Path:
        """A new SSH key; the path of its private half."""
        path = self.folder / f"key-{name}"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
        return path

    def public_keys(self) -> dict[str, str]:
        return {name: path.with_suffix(".pub").read_text().strip() for name, path in self.keys.items()}

    def clone(self, name: str, url: str | None = None) -> Path:
        """A clone with main checked out; `url` is where it fetches and pushes from then on."""
        path = self.folder / name
        git(self.folder, "clone", "--quiet", "--no-hardlinks", str(self.bare), str(path))
        git(path, "remote", "set-url", "origin", url or self.url)
        return path

    def copies(self, count: int, url: str | None = None) -> list[Path]:
        """Many clones at little cost, to race with."""
        first = self.clone("session-0", url)
        for number in range(1, count):
            shutil.copytree(first, self.folder / f"session-{number}")
        return [self.folder / f"session-{number}" for number in range(count)]

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """What the server has, by full name."""
        rows = git(self.bare, "for-each-ref", "--format=%(refname) %(objectname)", prefix).splitlines()
        return dict(row.split(" ") for row in rows)

    def at(self, revision: str, path: str) -> str:
        return git(self.bare, "show", f"{revision}:{path}")

    def is_sound(self) -> None:
        """Nothing lost, nothing half-written, no lock left behind, and main as the registry's own audit wants it."""
        assert git(self.bare, "fsck", "--strict", "--no-progress", "--no-dangling") == ""
        assert [str(path) for path in self.bare.rglob("*.lock")] == []
        done = registry(self.bare, "audit", "--ref", "main")
        assert done.returncode == 0, done.stdout


def charter(capacity: int, keys: Mapping[str, str] | None = None) -> str:
    """A charter that plans a role for every number."""
    people = [f'  - {{handle: "@{name}", key: "{key}"}}' for name, key in (keys or {}).items()]
    lines = [
        "mission:",
        "  statement: Answer every customer",
        f"capacity: {capacity}",
        "orchestrator: 1",
        "time_zone: UTC",
    ]
    lines += ["approvers:", *(people or ['  - {handle: "@OWNER"}']), "slots:"]
    lines += [f"  - {{number: {n}, title: Desk {n}, role: Desk {n} - {task(n)}}}" for n in range(1, capacity + 1)]
    return "\n".join(lines) + "\n"


def task(number: int) -> str:
    """A task for a number that resembles no other's."""
    words = "answer sort write call plan count check print paint teach".split()
    things = "letters orders books clients weeks stock bills pages walls classes".split()
    return f"{words[number % 10]} {things[number // 10 % 10]}"


def claim_text(number: int, session_id: str, **fields: str) -> str:
    """A claim that nothing is wrong with, with some fields replaced."""
    lines = {
        "number": str(number),
        "role": f"Desk {number} - {task(number)}",
        "goal": "Send 17 emails daily",
        "targets": "[{metric: emails sent, op: gte, value: 17, unit: emails, per: day}]",
        "session_id": session_id,
        "responsibilities": "[Write emails]",
        "status": "REGISTERED",
        "timestamp": "2026-01-05T08:00:00Z",
    } | fields
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def claim_words(session_id: str, *more: str) -> list[str]:
    """The words after `registry` with which a session claims and publishes, and hears the answer as JSON."""
    return [
        "claim",
        *more,
        "--push",
        "--yes",
        "--session-id",
        session_id,
        "--goal",
        "Send 17 emails daily",
        "--format",
        "json",
    ]


def registry(folder: Path, *words: str, check: bool = False) -> Done:
    """A verb, run in a folder to its end."""
    done = run([*REGISTRY, *words], folder)
    assert not check or done.returncode == 0, done.stderr + done.stdout
    return done


def started(folder: Path, *words: str, **options: Any) -> subprocess.Popen[str]:
    """A verb as a process of its own, which is the head of its process group."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    return subprocess.Popen([*REGISTRY, *words], cwd=folder, env=ENVIRONMENT, **(pipes | options))


def answer(done: Done) -> dict[str, Any]:
    """The one JSON document on standard output."""
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def git(folder: Path, *words: str, **variables: str) -> str:
    """Plain Git, which has to succeed."""
    done = run(["git", *words], folder, **variables)
    assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
    return done.stdout


def run(command: Iterable[str], folder: Path, **variables: str) -> Done:
    return subprocess.run(
        list(command), cwd=folder, env=ENVIRONMENT | variables, capture_output=True, text=True, check=False
    )


def write(clone: Path, path: str, text: str) -> None:
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text, encoding="utf-8", newline="\n")


def commit(clone: Path, message: str, *options: str) -> str:
    """Commit everything in the working tree; the commit's id."""
    git(clone, "add", "--all")
    git(clone, *options, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(clone, "rev-parse", "HEAD").strip()
