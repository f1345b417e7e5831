"""Judge a whole registry as it stands on main, and its history where two claims meet."""

from pathlib import Path

from validator import judging
from validator.commands import reader_at
from validator.finding import Verdict


def audit(*, repo: Path, ref: str | None) -> Verdict:
    """The verdict on the registry at a revision (None: main), with every finding counted as its own."""
    reader, commit = reader_at(repo, ref)
    return judging.audit(reader.at(commit))
