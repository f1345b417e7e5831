"""What each step of main brings: its commits, and where the change that it merges left main."""

from collections.abc import Sequence
from typing import NamedTuple

from validator.git.brought import MAX_COMMITS
from validator.git.repo import Repo

Row = tuple[str, ...]  # a commit and its parents


class Arrival(NamedTuple):
    """The commits that a step brings, itself first; of more than MAX_COMMITS beside it, one more than that.

    `fork` is the best common ancestor of its first two parents; None for unrelated histories and without a second one.
    """

    commits: tuple[Row, ...]
    fork: str | None


def arrivals(repo: Repo, line: Sequence[tuple[str, str]]) -> dict[str, Arrival]:
    """What each step of a first-parent line of (parent, commit) brings, by commit; the history is walked once."""
    if not line:
        return {}
    out = repo.read("rev-list", "--parents", line[-1][1], f"^{line[0][0]}").decode()
    # What main does not have yet: each step takes out what it brings.
    new = {row[0]: row for row in (tuple(text.split()) for text in out.splitlines())}
    return {commit: _arrival(repo, new, commit) for _, commit in line}


def _arrival(repo: Repo, new: dict[str, Row], commit: str) -> Arrival:
    _, parent, *others = step = new.pop(commit)
    taken, fork = [step], None
    for at, other in enumerate(others):
        commits, known = _take(new, other)
        taken += commits
        if at == 0 and known:
            fork = known.pop() if len(known) == 1 else repo.merge_base(parent, other)
    return Arrival(tuple(taken[: MAX_COMMITS + 2]), fork)


def _take(new: dict[str, Row], start: str) -> tuple[list[Row], set[str]]:
    """Take a commit and its history out of what is new; with it the commits that main has where it began."""
    left, commits, own, known = [start], list[Row](), set[str](), set[str]()
    while left:
        commit = left.pop()
        if commit in new:
            own.add(commit)
            commits.append(new.pop(commit))
            left += commits[-1][1:]
        elif commit not in own:
            known.add(commit)
    return commits, known
