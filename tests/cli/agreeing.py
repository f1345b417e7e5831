"""A whole fleet on a server, and how it gets from registered to active."""

import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cli.stage import CHARTER, ENVIRONMENT, REGISTRY, Done, Stage, fleet, git, refs, verb, write
from tests.cli.stage import commit as commit_all

ORCHESTRATOR = "marketing-orchestrator"
NUMBERS = range(1, 13)
SESSIONS = tuple(fleet(number).partition("session_id: ")[2].partition("\n")[0] for number in NUMBERS)


def charter_for(capacity: int) -> str:
    """The first fleet's charter for its first sessions alone, and the work that these divide."""
    beyond = [f"  - {{number: {number}," for number in NUMBERS if number > capacity] + [
        "  - {name: replies",
        "  - {name: deals",
    ]
    lines = [line for line in CHARTER.splitlines() if not line.startswith(tuple(beyond))]
    return "\n".join(lines).replace("capacity: 12 ", f"capacity: {capacity} ") + "\n"


def all_registered(stage: Stage, numbers: Iterable[int] = NUMBERS) -> Path:
    """Land all claims in one step, before there is a guard; the orchestrator's clone."""
    for number in numbers:
        write(stage.human, f"registry/sessions/{number:02}.yaml", fleet(number))
    commit_all(stage.human, "The fleet")
    git(stage.human, "push", "--quiet", "origin", "main")
    return stage.clone("orchestrator")


def guard(stage: Stage, *, signed: bool) -> None:
    done = verb(stage.folder, "install-hook", str(stage.bare), *([] if signed else ["--unsigned"]))
    assert done.exit_code == 0, done.err


def said(done: Done) -> Done:
    assert done.exit_code == 0, done.out + done.err
    return done


def broadcast_done(stage: Stage, orchestrator: Path) -> None:
    """Everything up to the broadcast, by the verbs."""
    said(verb(orchestrator, "consensus", "confirm", "--session-id", ORCHESTRATOR, "--push"))
    said(verb(stage.human, "approve", "record/confirmation", "--yes"))
    said(verb(stage.human, "consensus", "approve", "--yes"))
    said(verb(orchestrator, "consensus", "broadcast", "--session-id", ORCHESTRATOR, "--branch", "--push"))
    said(verb(stage.human, "approve", "record/broadcast", "--yes"))


def acknowledge_at_once(stage: Stage, sessions: Sequence[str]) -> list[Done]:
    """Each session in a clone and a process of its own, all at the same time, without turns: as on many machines."""
    clones = [stage.clone(f"at-{session}") for session in sessions]
    with ThreadPoolExecutor(len(sessions)) as pool:
        return list(pool.map(_acknowledge, clones, sessions))


def _acknowledge(clone: Path, session: str) -> Done:
    words = ("consensus", "acknowledge", "--session-id", session, "--push", "--format", "json")
    alone = ENVIRONMENT | {"TMPDIR": str(clone)}
    done = subprocess.run([*REGISTRY, *words], cwd=clone, env=alone, capture_output=True, encoding="utf-8", check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def main_of(stage: Stage) -> str:
    return refs(stage.bare, "refs/heads/main")["refs/heads/main"]
