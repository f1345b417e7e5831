"""How many commands, and how many seconds of them, a fleet needs: `python -m benchmarks.commands`.

From nothing to the first registered session, three ways; and one late schedule edit in an active fleet of six.
Each command is a process of its own, as in a shell. Commands of Git that set the server up count too.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.cli.stage import ENVIRONMENT

REGISTRY = (sys.executable, "-m", "validator")
NAMES = tuple(f"desk-{number}" for number in range(1, 7))
WEEK = ("--schedule", "Answer, mon-fri 10:00-11:00")


class Shell:
    """Runs commands in a folder, one process each; counts them and their seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands, self.seconds = folder, 0, 0.0

    def __call__(self, *words: str, at: str = ".") -> None:
        program = REGISTRY if words[0] == "registry" else words[:1]
        settings = {"GIT_CONFIG_GLOBAL": str(self.folder / "settings"), "XDG_CONFIG_HOME": str(self.folder / "own")}
        start = time.perf_counter()
        done = subprocess.run(
            [*program, *words[1:]], cwd=self.folder / at, env=ENVIRONMENT | settings, capture_output=True, check=False
        )
        self.commands, self.seconds = self.commands + 1, self.seconds + time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: {done.stdout.decode()}{done.stderr.decode()}")


def set_up(shell: Shell, capacity: int, *, signed: bool) -> None:
    """A guarded server, and the approver's repository `fleet`."""
    owner = "@OWNER"
    if signed:
        shell("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "owner")
        owner += f" {(shell.folder / 'owner.pub').read_text('utf-8').strip()}"
    mission = ("--mission", "Answer every customer", "--approver", owner)
    shell("registry", "init", "fleet", "--capacity", str(capacity), *mission)
    shell("git", "init", "--quiet", "--bare", "--initial-branch=main", "fleet.git")
    shell("git", "remote", "add", "origin", str(shell.folder / "fleet.git"), at="fleet")
    shell("git", "push", "--quiet", "origin", "main", at="fleet")
    shell("registry", "install-hook", "fleet.git", *([] if signed else ["--unsigned"]))
    if signed:
        shell("git", "config", "user.signingkey", str(shell.folder / "owner"), at="fleet")


def claims(shell: Shell, number: int, *more: str) -> None:
    """A session proposes its number, from a clone of its own."""
    name = NAMES[number - 1]
    goal = ("--role", f"Desk {number} - Answer letters", "--goal", "Answer 20 letters daily", "--yes", "--push")
    shell("registry", "claim", str(number), "--session-id", name, *goal, *more, at=name)


def first_session(shell: Shell, *, signed: bool, keys: bool) -> None:
    """From an empty folder to a registered session."""
    set_up(shell, 6, signed=signed)
    shell("git", "clone", "--quiet", "fleet.git", NAMES[0])
    claims(shell, 1, *(["--key", "new"] if keys else []))
    shell("registry", "approve", "1", "--yes", at="fleet")


def to_active(shell: Shell) -> None:
    """From registered to active: what the orchestrator, the human and each session run."""
    shell("registry", "consensus", "confirm", "--session-id", NAMES[0], "--push", at=NAMES[0])
    shell("registry", "consensus", "approve", "--yes", at="fleet")  # merges the confirmation first
    shell("registry", "consensus", "broadcast", "--session-id", NAMES[0], "--branch", "--push", at=NAMES[0])
    shell("registry", "approve", "record/broadcast", "--yes", at="fleet")
    for name in NAMES:
        shell("registry", "consensus", "acknowledge", "--session-id", name, "--push", at=name)
    shell("registry", "consensus", "activate", "--yes", at="fleet")


def late_edit(shell: Shell) -> None:
    """One session of an active fleet changes its hours; what was before is not counted."""
    set_up(shell, len(NAMES), signed=True)
    for number, name in enumerate(NAMES, 1):
        shell("git", "clone", "--quiet", "fleet.git", name)
        claims(shell, number, *WEEK, "--key", "new")
    shell("registry", "approve", "--all-accepted", "--yes", at="fleet")
    to_active(shell)
    shell.commands, shell.seconds = 0, 0.0
    hours = ("--schedule", "Answer, mon-fri 14:00-15:00", "--release", "Other hours")
    shell("registry", "claim", "6", "--session-id", NAMES[5], *hours, "--push", at=NAMES[5])
    shell("registry", "approve", "6", "--yes", at="fleet")
    to_active(shell)


ROADS: dict[str, Callable[[Shell], None]] = {
    "first session, unsigned": lambda shell: first_session(shell, signed=False, keys=False),
    "first session, signed": lambda shell: first_session(shell, signed=True, keys=False),
    "first session, with keys": lambda shell: first_session(shell, signed=True, keys=True),
    "late schedule edit, six active": late_edit,
}


def measured(roads: Iterable[str]) -> Iterable[tuple[str, Shell]]:
    """Each road in an empty folder, with what it took."""
    for road in roads:
        with tempfile.TemporaryDirectory() as name:
            shell = Shell(Path(name))
            (shell.folder / "settings").write_text("[user]\nname = bench\nemail = bench@example.invalid\n", "utf-8")
            ROADS[road](shell)
        yield road, shell


def main() -> None:
    """Take every road once, and print its commands and seconds."""
    for road, shell in measured(ROADS):
        print(f"{road:<31} {shell.commands:3} commands {shell.seconds:6.2f} s")


if __name__ == "__main__":
    main()
