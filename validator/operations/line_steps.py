"""The changes of charter and claims on main's first-parent line, by a file beside the index that follows main."""

from validator.git.history import Step
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.layout import CHARTER, SESSIONS
from validator.operations.index_file import KeptFile, program
from validator.registry.index.steps import LineSteps, decoded, encoded

NAME = "steps"
LOOKED_AT = (SESSIONS, CHARTER)


def kept_steps(repo: Repo, commit: str, index: KeptFile) -> tuple[Step, ...]:
    """The changes up to a commit, the oldest first; what is not known yet is looked up in Git, and kept."""
    file = index.beside(NAME)
    kept = decoded(file.content(), program())
    if kept is None or kept.commit != commit:
        kept = (kept and _moved(repo, kept, commit)) or LineSteps(commit, repo.steps(commit, LOOKED_AT))
        file.keep(encoded(kept, program()))
    return kept.steps


def _moved(repo: Repo, kept: LineSteps, commit: str) -> LineSteps | None:
    """What is kept for an earlier commit of the line, followed to this one."""
    try:
        steps = repo.steps_after(kept.commit, commit, LOOKED_AT)
    except FatalError:
        return None  # that commit is gone
    return None if steps is None else kept.followed(commit, steps)
