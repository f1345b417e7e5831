"""Processes of Git end with the run that has started them."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.stage import verb
from tests.repository import Repository, claim_path, fleet, with_charter
from validator.git.child_processes import closing
from validator.git.repo import Repo
from validator.hosts.plain.pre_receive import pre_receive


def readers() -> int:
    """How many `git cat-file` this process has for children."""
    out = subprocess.run(["ps", "-ww", "-A", "-o", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 1) for line in out.splitlines())
    return sum(row[0] == str(os.getpid()) and "cat-file" in row[1] for row in rows)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = with_charter(tmp_path / "registry", [4, 5], bare=False)
    repository.git("checkout", "--quiet", "main")
    repository.commit("claim/06", {claim_path(6): fleet()[6]}, "refs/heads/main^0")
    return repository


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        ("status", 0), ("history", 0), ("audit", 0), ("validate --head claim/06", 0), ("consensus status", 1),
        ("export", 0), ("doctor --local", 1), ("claim --any", 2), ("nonsense", 2), ("validate --head nonsense", 2),
    ],
)  # fmt: skip
def test_no_git_process_is_left_after_a_verb(
    repository: Repository, words: str, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called in this process, by a program that keeps all repositories."""
    kept, whole = list[Repo](), Repo.__init__

    def kept_init(self: Repo, folder: Path) -> None:
        whole(self, folder)
        kept.append(self)

    monkeypatch.setattr(Repo, "__init__", kept_init)
    before = readers()
    assert verb(repository.path, *words.split()).exit_code == exit_code
    assert kept or exit_code == 2
    assert readers() == before


def test_none_is_left_after_a_push_is_judged(repository: Repository) -> None:
    before = readers()
    tip = repository.git("rev-parse", "claim/06")
    with_nothing = pre_receive(repo=repository.path, lines=f"{'0' * 40} {tip} refs/heads/claim/07\n".encode())
    assert with_nothing[1] == 1
    assert readers() == before


def test_a_run_ends_what_it_has_started_and_nothing_else(repository: Repository) -> None:
    outer, inner = Repo(repository.path), Repo(repository.path)
    main, claim = repository.git("rev-parse", "main", "claim/06").split()
    before = readers()
    assert outer.tree(main)
    with closing():
        assert outer.tree(claim)
        assert inner.tree(main)
        assert readers() == before + 2
    assert readers() == before + 1
    assert inner.tree(claim)  # asked again, it starts anew
    assert readers() == before + 2
