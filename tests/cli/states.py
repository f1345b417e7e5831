"""Registries as they are on the way: the same commits, and so the same texts, on every machine."""

from pathlib import Path
from typing import Any

from tests.repository import Repository, claim_path, fleet, with_charter
from validator.operations.export import registry_at

FLEET = fleet()
CONSENSUS = "registry/consensus"
TIME = "2026-11-20T09:00:00Z"


def halfway(path: Path, *, bare: bool = True) -> Repository:
    """Two registered, one amended, one pending, one released, one unreadable, one proposed."""
    repository = with_charter(path, [1, 4, 12], bare=bare)
    repository.commit("main", {claim_path(7): FLEET[7].replace("status: REGISTERED", "status: PENDING")})
    repository.commit("main", {claim_path(4): FLEET[4] + "labels: {team: outreach}\n"})
    repository.commit("main", {claim_path(12): None})
    repository.commit("main", {claim_path(9): "number: 9\nsession_id: [\n"})
    repository.commit("claim/05", {claim_path(5): FLEET[5]}, "refs/heads/main^0")
    return repository


def complete(path: Path) -> Repository:
    """All twelve are registered."""
    return with_charter(path, sorted(FLEET))


def active(path: Path) -> Repository:
    """All twelve are registered, and every record of consensus stands."""
    return activate(complete(path))


def activate(repository: Repository) -> Repository:
    """Add every record of consensus to a registry that is complete."""
    broadcast(repository)
    by_session, by_human = _said(repository)
    for claim in registry_at(repository.path, "main").claims:
        who = {"number": claim.number, "session_id": claim.session_id, "ready": "true"}
        record(repository, f"{CONSENSUS}/acknowledgements/{claim.number:02}.yaml", by_session | who)
    record(repository, f"{CONSENSUS}/activation.yaml", by_human | {"week": "2099-W48"})
    return repository


def broadcast(repository: Repository) -> None:
    """Confirm, approve and broadcast the registry on main."""
    by_session, by_human = _said(repository)
    record(repository, f"{CONSENSUS}/confirmation.yaml", by_session)
    record(repository, f"{CONSENSUS}/approval.yaml", by_human)
    record(repository, f"{CONSENSUS}/broadcast.yaml", by_session | {"delivered": sorted(FLEET)})


def _said(repository: Repository) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a record by the orchestrator, and of one by a human."""
    digest = registry_at(repository.path, "main").digest
    by_session = {"registry": digest, "number": 1, "session_id": "marketing-orchestrator", "timestamp": TIME}
    return by_session, {"registry": digest, "approved_by": '"@OWNER"', "timestamp": TIME}


def record(repository: Repository, path: str, fields: dict[str, Any]) -> None:
    repository.commit("main", {path: "".join(f"{name}: {value}\n" for name, value in fields.items())})


STATES = {"halfway": halfway, "complete": complete, "active": active}
