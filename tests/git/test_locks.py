"""Only stale locks are removed; a ref moves only from the expected old value."""

import os
import time
from pathlib import Path

import pytest

from tests.repository import Repository
from validator.git import locks
from validator.git.repo import Repo

REF = "refs/heads/claim/04"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "it's a fleet.git")
    made.commit("main", {"a": "1"})
    made.commit("other", {"a": "2"}, "refs/heads/main^0")
    return made


def lock(path: Path, *, age: float) -> Path:
    """A lock that was taken some seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_only_stale_locks_are_cleared(repository: Repository) -> None:
    fresh = [lock(repository.path / name, age=2) for name in ("HEAD.lock", "packed-refs.lock", f"{REF}.lock")]
    stale = [lock(repository.path / f"refs/{name}.lock", age=11) for name in ("heads/main", "rejected/claim/04/x")]
    locks.clear_refs(repository.path)
    assert [path.exists() for path in fresh] == [True] * 3
    assert [path.exists() for path in stale] == [False] * 2


def test_locks_elsewhere_are_not_waited_for_and_stay(tmp_path: Path) -> None:
    """The error may be a server's on the same machine."""
    elsewhere = lock(tmp_path / "elsewhere" / "main.lock", age=60)
    began = time.monotonic()
    assert not locks.wait_for_locks(f"fatal: Unable to create '{elsewhere}': File exists.", tmp_path / "here")
    assert elsewhere.exists()
    assert time.monotonic() - began < 5


def test_an_update_waits_until_a_lock_is_stale(repository: Repository) -> None:
    (main,), (other,) = repository.tip("refs/heads/main"), repository.tip("refs/heads/other")
    repository.git("update-ref", REF, main)
    held = lock(repository.path / f"{REF}.lock", age=8.5)
    assert Repo(repository.path).move(REF, other, main) is None
    assert not held.exists()
    assert repository.tip(REF) == [other]


def test_a_lock_that_was_taken_just_now_gets_stale_while_it_is_waited_for(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "STALE", 0.3)
    held = lock(repository.path / f"{REF}.lock", age=0)
    assert locks.wait_for_locks(f"fatal: Unable to create '{held}': File exists.", repository.path)
    assert not held.exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_ref_moves_only_from_where_it_is_believed_to_be(repository: Repository, there: bool) -> None:
    (main,), (other,) = repository.tip("refs/heads/main"), repository.tip("refs/heads/other")
    store = Repo(repository.path)
    assert store.move(REF, main, None) is None
    assert "but expected" in str(store.move(REF, other, other)) if there else store.move(REF, other, None)
    assert repository.tip(REF) == [main]
    assert store.move(REF, other, main) is None
    assert repository.tip(REF) == [other]
