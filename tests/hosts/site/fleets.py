"""Fleets to look at: nine proposals of which two are bad, and the seed's fleet in four phases."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.cli.states import FLEET, active, broadcast, complete, halfway
from tests.repository import Repository, claim_path, with_charter


def queue(path: Path) -> Repository:
    """Three sessions on main and nine proposals: number 6 wants the name of number 2, number 9 promises nothing."""
    repository = with_charter(path, [1, 2, 3])
    for number in range(4, 13):
        text = FLEET[number]
        if number == 6:
            text = text.replace("session_id: marketing-outreach-3", "session_id: marketing-research-1")
        if number == 9:
            text = _without_targets(text)
        message = f"Claim number {number}"
        repository.commit(f"claim/{number:02}", {claim_path(number): text}, "refs/heads/main^0", message=message)
    return repository


def _without_targets(text: str) -> str:
    """The claim with a goal that nobody can measure."""
    lines = [line for line in text.splitlines() if not line.startswith("  - {metric:")]
    lines = ["goal: Do my best to support the team" if line.startswith("goal:") else line for line in lines]
    return "\n".join("targets: []" if line == "targets:" else line for line in lines) + "\n"


def agreed(path: Path) -> Repository:
    """All twelve are registered, and the registry is broadcast; one record is void."""
    repository = complete(path)
    broadcast(repository)
    void = "registry: sha256:" + 64 * "0" + "\nnumber: 4\nsession_id: marketing-outreach-1\nready: true\n"
    path_of = "registry/consensus/acknowledgements/04.yaml"
    repository.commit("main", {path_of: f"{void}timestamp: 2026-11-20T09:00:00Z\n"})
    return repository


PHASES: Mapping[str, Callable[[Path], Repository]] = {
    "registering": queue,
    "halfway": halfway,
    "broadcast": agreed,
    "active": active,
}
