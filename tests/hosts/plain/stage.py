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

from tests.warm.begin import COLD, PYTHONPATH

NAME = "fleet.git"
REGISTRY = (sys.executable, "-P", "-m", "validator")

# Nobody's settings but those of the test; the program is found where its sources are.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))},
    "LC_ALL": "C.UTF-8",
    **{"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"},
    **{f"GIT_{role}_NAME": "session" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "session@example.invalid" for role in ("AUTHOR", "COMMITTER")},
    "PYTHONPATH": PYTHONPATH,
}

APPROVES = "test.approves="  # no setting of Git's

Done = subprocess.CompletedProcess[str]
Files = Mapping[str, str | None]  # path to text; None: gone


class Stage:
    """A registry on a plain Git server: `bare` is served from `served`, `human` is the first approver's clone."""

    def __init__(self, folder: Path, keys: Mapping[str, Path]) -> None:
        self.folder, self.keys = folder, keys
        self.served = folder / "served"
        self.bare = self.served / NAME
        self.human = folder / "human"

    @classmethod
    def make(
        cls,
        folder: Path,
        *,
        capacity: int = 12,
        planned: int | None = None,
        approvers: Iterable[str] = ("OWNER",),
        guarded: bool = True,
    ) -> "Stage":
        """A new one in an empty folder, which plans roles for the first numbers (`planned` None: for all of them).

        Without approvers' keys it is guarded without signatures.
        """
        stage = cls(folder, {name: make_key(folder / f"key-{name}") for name in approvers})
        stage.served.mkdir()
        git(folder, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(stage.bare))
        stage.clone("human")
        text = charter(capacity, {name: public(key) for name, key in stage.keys.items()}, planned)
        commit(stage.human, {"registry/charter.yaml": text, "registry/sessions/.gitkeep": ""}, "A charter")
        git(stage.human, "push", "--quiet", "origin", "HEAD:main")
        stage.settle()
        if guarded:
            registry(folder, "install-hook", str(stage.bare), *([] if stage.keys else ["--unsigned"]), check=True)
        return stage

    def copy(self, folder: Path) -> "Stage":
        """The same stage again, in a folder that does not exist yet, before anything has happened on it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        stage = Stage(folder, self.keys)
        stage.settle()
        return stage

    def settle(self) -> None:
        git(self.human, "remote", "set-url", "origin", self.url)
        if self.keys:
            git(self.human, "config", "user.signingkey", str(next(iter(self.keys.values()))))

    @property
    def url(self) -> str:
        """The server as a folder of this machine."""
        return f"file://{self.bare}"

    def clone(self, name: str, url: str | None = None) -> Path:
        """A clone with main checked out; `url` is where it fetches and pushes from then on."""
        path = self.folder / name
        git(self.folder, "clone", "--quiet", "--template=", "--no-hardlinks", str(self.bare), str(path))
        git(path, "remote", "set-url", "origin", url or self.url)
        return path

    def copies(self, count: int, url: str | None = None) -> list[Path]:
        """Many clones at little cost, to race with."""
        first = self.clone("session-0", url)
        folders = [self.folder / f"session-{number}" for number in range(count)]
        for folder in folders[1:]:
            shutil.copytree(first, folder)
        return folders

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """What the server has, by full name."""
        rows = git(self.bare, "for-each-ref", "--format=%(refname) %(objectname)", prefix).splitlines()
        return dict(row.split(" ") for row in rows)

    def line(self) -> list[str]:
        """The commits that main went through, the first one first."""
        return git(self.bare, "rev-list", "--first-parent", "--reverse", "main").split()

    def holders(self) -> dict[int, str]:
        """Who holds which number on main."""
        slots = json.loads(registry(self.bare, "status", "--ref", "main", "--format", "json", check=True).stdout)[
            "slots"
        ]
        return {slot["number"]: slot["session_id"] for slot in slots if slot["session_id"]}

    def proposers(self) -> dict[int, str]:
        """Who has proposed a claim of which number."""
        found = dict[int, str]()
        for ref in self.refs("refs/heads/claim/"):
            number = ref.rpartition("/")[2]
            text = git(self.bare, "show", f"{ref}:registry/sessions/{number}.yaml")
            found[int(number)] = next(line for line in text.splitlines() if line.startswith("session_id: "))[12:]
        return found

    def is_sound(self) -> None:
        """Nothing lost, nothing half-written, no lock left behind, and main as the registry's own audit wants it."""
        assert git(self.bare, "fsck", "--strict", "--no-progress", "--no-dangling") == ""
        found = (name for _, _, names in os.walk(self.bare) for name in names)  # what Git tidies away meanwhile is gone
        assert [name for name in found if name.endswith(".lock")] == []
        done = registry(self.bare, "audit", "--ref", "main")
        assert done.returncode == 0, done.stdout


def make_key(path: Path) -> Path:
    """A new SSH key; the path of its private half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path


def public(key: Path) -> str:
    return key.with_suffix(".pub").read_text().strip()


def signing(key: Path) -> tuple[str, ...]:
    """Options of Git with which a commit is signed by an SSH key."""
    return "-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "-c", "commit.gpgSign=true"


def approving(key: Path) -> tuple[str, ...]:
    """Options with which `commit` and `merge` make what the approver of this key wants on main."""
    return *signing(key), "-c", f"{APPROVES}@{key.name.removeprefix('key-')}"


def stated(message: str, options: Iterable[str]) -> str:
    """A message with the approvals that these options ask for."""
    handles = [option.removeprefix(APPROVES) for option in options if option.startswith(APPROVES)]
    return "\n\n".join([message, *(f"Approved-by: {handle}" for handle in handles)])


def charter(capacity: int, keys: Mapping[str, str], planned: int | None = None) -> str:
    """A charter that plans a role for the first numbers, or for all."""
    people = [f'  - {{handle: "@{name}", key: "{key}"}}' for name, key in keys.items()]
    lines = ["mission:", "  statement: Answer every customer"]
    lines += [f"capacity: {capacity}", "orchestrator: 1", "time_zone: UTC"]
    lines += ["approvers:", *(people or ['  - {handle: "@OWNER"}'])]
    last = capacity if planned is None else planned
    slots = [f"  - {{number: {n}, title: Desk {n}, role: {role(n)}}}" for n in range(1, last + 1)]
    return "\n".join([*lines, *(["slots:", *slots] if slots else [])]) + "\n"


def role(number: int) -> str:
    """What the charter plans for a number."""
    words = "answer sort write call plan count check print paint teach".split()
    things = "letters orders books clients weeks stock bills pages walls classes".split()
    return f"Desk {number} - {words[number % 10]} {things[number // 10 % 10]}"


def claim_text(number: int, session_id: str, **fields: str) -> str:
    """A claim that nothing is wrong with, with some fields replaced."""
    lines = {
        "number": str(number),
        "role": role(number),
        "goal": "Send 17 emails daily",
        "targets": "[{metric: emails sent, op: gte, value: 17, unit: emails, per: day}]",
        "session_id": session_id,
        "responsibilities": "[Write emails]",
        "status": "REGISTERED",
        "timestamp": "2026-01-05T08:00:00Z",
    } | fields
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def claim_path(number: int) -> str:
    return f"registry/sessions/{number:02}.yaml"


def claims(*numbers: int) -> Files:
    """Claims of these numbers by `session-N`."""
    return {claim_path(number): claim_text(number, f"session-{number}") for number in numbers}


def claim_words(session_id: str, *more: str) -> list[str]:
    """The words after `registry` with which a session claims and publishes, and hears the answer as JSON."""
    goal = "Send 17 emails daily"
    return ["claim", *more, "--push", "--yes", "--session-id", session_id, "--goal", goal, "--format", "json"]


def registry(folder: Path, *words: str, check: bool = False, **variables: str) -> Done:
    """A verb, run in a folder to its end."""
    done = run([*REGISTRY, *words], folder, **variables)
    assert not check or done.returncode == 0, done.stderr + done.stdout
    return done


def started(folder: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """A verb as a process of its own, the head of its process group; its output is to be read with `ended`.

    All that it starts has started by itself (`tests.warm`), so that it can be killed.
    """
    return subprocess.Popen(
        [*REGISTRY, *words],
        cwd=folder,
        env=ENVIRONMENT | COLD | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> Done:
    out, error = process.communicate()
    return Done(process.args, process.returncode, out, error)


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
        list(command), cwd=folder, env=ENVIRONMENT | variables, capture_output=True, encoding="utf-8", check=False
    )


def commit(clone: Path, files: Files, message: str, *options: str) -> str:
    """Change files of the working tree and commit everything that is there; the commit's id."""
    for path, text in files.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            (clone / path).unlink()
        else:
            (clone / path).write_text(text, encoding="utf-8", newline="\n")
    git(clone, "add", "--all")
    git(clone, *options, "commit", "--quiet", "--allow-empty", "--message", stated(message, options))
    return git(clone, "rev-parse", "HEAD").strip()


def branch(clone: Path, name: str, files: Files, *, base: str = "origin/main") -> str:
    """A branch of one commit on top of main as last fetched; the commit's id."""
    git(clone, "checkout", "--quiet", "--no-track", "-B", name, base)
    return commit(clone, files, f"Change {', '.join(files)}")


def merge(clone: Path, name: str, *options: str, onto: str = "origin/main") -> str:
    """A merge of a branch into main, as a human makes it, on a detached HEAD; the commit's id."""
    git(clone, "checkout", "--quiet", "--detach", onto)
    git(clone, *options, "merge", "--quiet", "--no-ff", "--message", stated(f"Merge {name}", options), name)
    return git(clone, "rev-parse", "HEAD").strip()
