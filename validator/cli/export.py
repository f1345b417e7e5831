"""The registry as one JSON document, for the orchestrator."""

from pathlib import Path

from validator.operations import Answer
from validator.operations.export import registry_at
from validator.report.documents import as_json


def export(*, repo: Path, ref: str | None) -> Answer:
    """Charter, slots, claims and digest at a revision (None: main)."""
    return Answer(as_json(registry_at(repo, ref)))
