"""CODEOWNERS, written from the approvers of the charter or checked to be fresh."""

from pathlib import Path

from validator.hosts.github.codeowners import owners_text
from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.layout import CHARTER
from validator.operations import Answer
from validator.operations.generate import settle, top_of
from validator.registry.parsing import parse
from validator.registry.yaml.reader import MAX_BYTES, read


def codeowners(*, repo: Path, check: bool) -> Answer:
    """Write CODEOWNERS from the approvers of the charter on disk, or say that it is stale."""
    top = top_of(repo)
    text = owners_text(approver.handle for approver in _charter(top).approvers)
    return settle(top, {"CODEOWNERS": text}, "registry codeowners", check=check)


def _charter(top: Path) -> shapes.Charter:
    path = top / CHARTER
    try:
        with path.open("rb") as file:
            charter = parse(read(CHARTER, file.read(MAX_BYTES + 1)), shapes.Charter).value
    except OSError as error:
        raise FatalError(f"{CHARTER} cannot be read: {error.strerror}") from error
    if charter is None:
        raise FatalError(f"{CHARTER} is broken; run: registry validate --worktree")
    return charter
