"""The session registry: judges and keeps claims in Git. Python programs read a registry with `read`."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.report.documents import ExportDocument


__version__ = "0.1.0"


def read(repo: str | Path, ref: str | None = None) -> "ExportDocument":
    """The registry of the repository that contains `repo`, at a revision: charter, slots, claims and digest.

    `ref` None stands for `origin/main`, else `main`. Raises `validator.model.errors.FatalError` where there is no such
    commit, no repository or no readable charter. Broken claims are left out; `registry audit` names them.
    """
    from validator.operations.export import registry_at

    return registry_at(Path(repo), ref)
