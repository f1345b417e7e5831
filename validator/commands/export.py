"""The registry as one JSON document, for the orchestrator."""

from pathlib import Path

from validator.commands import Answer, reader_at
from validator.commands.slots import slots_of
from validator.consensus import registry_digest
from validator.output import ExportDocument, as_json
from validator.reading import Reader, charter_of


def export(*, repo: Path, ref: str | None) -> Answer:
    """Charter, slots, claims and digest at a revision (None: main)."""
    return Answer(as_json(registry_at(repo, ref)))


def registry_at(repo: Path, ref: str | None) -> ExportDocument:
    """The same as a typed document. Raises FatalError where the charter cannot be read."""
    return document_at(*reader_at(repo, ref))


def document_at(reader: Reader, commit: str) -> ExportDocument:
    """The same of a commit that a reader has at hand."""
    snapshot = reader.at(commit)
    charter, digest = charter_of(snapshot), registry_digest(snapshot)
    return ExportDocument(
        commit=commit,
        digest=digest,
        charter=charter,
        slots=tuple(slots_of(snapshot, charter, digest, reader.repo.proposed_numbers())),
        claims=tuple(claim.claim for claim in snapshot.claims.values() if claim.claim),
    )
