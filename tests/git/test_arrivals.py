"""What each step of main brings is what Git says of each by itself."""

import random
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.repository import Repository
from validator.git.arrivals import arrivals
from validator.git.brought import MAX_COMMITS
from validator.git.repo import Repo


def line_of(repo: Repo, base: str) -> list[tuple[str, str]]:
    line = repo.line(base, repo.commit("main"))
    assert line
    return line


def bases_of(repository: Repository, one: str, other: str) -> list[str] | list[None]:
    try:
        return repository.git("merge-base", "--all", one, other).split()
    except CalledProcessError:  # they have none
        return [None]


@pytest.mark.parametrize("seed", range(6))
def test_it_is_as_git_says_of_each_step(tmp_path: Path, seed: int) -> None:
    """Branches leave main anywhere, merge main and each other, begin anew, and come to main more than once."""
    chance, repository = random.Random(seed), Repository(tmp_path / "repository")
    tree = repository.git("mktree")
    known = [repository.commit_tree(tree, branch="main") for _ in range(2)]
    for _ in range(30):
        main = repository.git("rev-parse", "main")
        side = repository.commit_tree(tree, *chance.sample(known, chance.choice([0, 1, 1, 1, 2])), branch="side")
        known.append(side)
        others = chance.sample([one for one in known if one != main], chance.choice([0, 1, 1, 1, 2]))
        known.append(repository.commit_tree(tree, main, *others, branch="main"))
    repo = Repo(repository.path)
    base = repository.git("rev-parse", "main~20")
    line = line_of(repo, base)
    found = arrivals(repo, line)
    assert list(found) == [commit for _, commit in line]
    for parent, commit in line:
        arrival, parents = found[commit], repo.parents(commit)
        assert arrival.commits[0] == (commit, *parents)
        rows = repository.git("rev-list", "--parents", commit, f"^{parent}").splitlines()
        assert sorted(arrival.commits) == sorted(tuple(row.split()) for row in rows)
        assert arrival.fork in (bases_of(repository, parent, parents[1]) if len(parents) > 1 else [None])


def test_histories_that_are_not_related(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    base = repository.commit("main", {"a": "1"})
    other = repository.commit("other", {"b": "1"}, orphan=True)
    repository.commit("main", {"b": "1"}, "main", other)
    repo = Repo(repository.path)
    (arrival,) = arrivals(repo, line_of(repo, base)).values()
    assert (arrival.fork, [row[0] for row in arrival.commits]) == (None, [repo.commit("main"), other])


def test_no_more_commits_are_told_than_are_judged(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    base = repository.commit("main", {"a": "1"})
    for at in range(MAX_COMMITS + 2):
        repository.commit("side", {"b": str(at)}, *([] if at else [base]))
    repository.commit("main", {"b": "1"}, "main", "side")
    repository.commit("main", {"a": "2"})
    repo = Repo(repository.path)
    many, one = arrivals(repo, line_of(repo, base)).values()
    assert (len(many.commits), many.fork, len(one.commits), one.fork) == (MAX_COMMITS + 2, base, 1, None)
    assert arrivals(repo, []) == {}
