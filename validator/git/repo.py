"""All Git access. Reads objects, writes at most loose objects, never checks out, never runs anything of a change."""

from validator.git.history import History
from validator.git.worktree import Worktree


class Repo(History, Worktree):
    """The repository that contains a folder. Raises FatalError where there is none, or only a shallow clone of one."""
