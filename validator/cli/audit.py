"""Judge a whole registry as it stands on main, and its history where two claims meet."""

from pathlib import Path

from validator.model.findings import Verdict
from validator.operations import judge
from validator.registry.reader import reader_at


def audit(*, repo: Path, ref: str | None) -> Verdict:
    """The verdict on the registry at a revision (None: main), with every finding counted as its own."""
    reader, commit = reader_at(repo, ref)
    return judge.audit(reader.at(commit))
