"""A merge of files that only one side has changed is the one that Git makes, or is left to Git."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import Repository, environment
from validator.git.apart import ApartError, Sorted, merged_apart
from validator.git.repo import Repo

PATHS = ("a", "a-b", "a.b", "a/b", "a/c", "b", "b/c/d", "b0", "r/s/01", "r/s/02", "r/s/9/x", "r/t", "ü", "z z")
FEW, MANY = 60, 2_000
OID = bytes(range(1, 21))


def stream(seed: int, cases: int) -> Iterator[str]:
    """For each case a fork, and two sides of it that have put, changed and deleted files."""
    draw = random.Random(seed)
    for case in range(cases):
        for at, side in enumerate(("fork", "ours", "theirs")):
            yield f"commit refs/heads/{side}{case}\nmark :{3 * case + at + 1}\n"
            yield f"committer x <x> {case}{at} +0000\ndata 0\n" + (f"from :{3 * case + 1}\n" if at else "")
            for path in draw.sample(PATHS, draw.randint(0, 5 if at else 9)):
                kind, text = draw.choice(["100644", "100644", "100755", "120000"]), draw.choice("pqrs")
                yield f"D {path}\n" if at and draw.random() < 0.3 else f"M {kind} inline {path}\ndata 1\n{text}\n"
            yield "\n"


def merged(repository: Repository, base: str, head: str) -> str | None:
    """What Git makes of a merge; None where it conflicts."""
    words = (
        "-c",
        "merge.renames=false",
        "-c",
        "merge.directoryRenames=false",
        "merge-tree",
        "--write-tree",
        base,
        head,
    )
    done = subprocess.run(
        ["git", "-C", repository.path, *words], env=environment(), capture_output=True, text=True, check=False
    )
    return None if done.returncode else done.stdout.strip()


def apart(repo: Repo, base: str, head: str) -> str | None:
    fork = repo.merge_base(base, head)
    assert fork
    return merged_apart(repo, base, head, repo.changes(fork, base), repo.changes(fork, head))


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_it_is_the_merge_that_git_makes(object_format: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    cases = MANY if request.config.getoption("--long") else FEW if object_format == "sha1" else FEW // 6
    repository = Repository(tmp_path / "registry.git", object_format=object_format)
    repository.git("fast-import", "--quiet", "--date-format=raw", stdin="".join(stream(8, cases)).encode())
    repo, found = Repo(repository.path), 0
    for case in range(cases):
        sides = repo.commit(f"ours{case}"), repo.commit(f"theirs{case}")
        if tree := apart(repo, *sides):
            assert repo.changes(sides[0], tree) == repo.changes(repo.merge_base(*sides), sides[1]), "it can be read"
            assert tree == merged(repository, *sides), case
            found += 1
    assert found > cases / 6


def test_several_forks_are_left_to_git(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "registry.git")
    repository.commit("main", {"a": "1"})
    one, other = repository.commit("one", {"b": "1"}, "main"), repository.commit("other", {"c": "1"}, "main")
    base, head = repository.commit("one", {"c": "1"}, one, other), repository.commit("other", {"b": "1"}, other, one)
    repo = Repo(repository.path)
    assert len(repo.merge_bases(base, head)) == 2
    assert apart(repo, base, head) is None


def test_a_folder_that_is_not_in_order_is_left_to_git(tmp_path: Path) -> None:
    """Its entries are the same, but for one that is new."""
    repository = Repository(tmp_path / "registry.git")
    fork, base = repository.commit("main", {"a": "1", "b": "1"}), repository.commit("main", {"c": "1"})
    blob = bytes.fromhex(repository.git("rev-parse", "main:a"))
    content = b"".join(b"100644 %b\0%b" % (name, blob) for name in (b"b", b"a", b"d"))
    tree = repository.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=content)
    commit = f"tree {tree}\nparent {fork}\nauthor x <x> 1 +0000\ncommitter x <x> 1 +0000\n\n".encode()
    head = repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=commit)
    assert apart(Repo(repository.path), base, head) is None
    good = repository.commit("good", {"d": "1"}, fork)
    assert apart(Repo(repository.path), base, good) == merged(repository, base, good)


@pytest.mark.parametrize(
    "rows",
    [
        *([(b"100644", b"b"), (b"100644", b"a")], [(b"100644", b"a"), (b"100644", b"a")]),  # not in order, or twice
        [(b"100644", b"a"), (b"100644", b"a.b"), (b"40000", b"a")],
        *([(b"100664", b"a")], [(b"040000", b"a")], [(b"100644", b"a/b")]),  # as Git writes no entry
    ],
)
def test_a_folder_that_git_would_not_write_is_not_taken(rows: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(ApartError):
        Sorted.of(b"".join(b"%b %b\0%b" % (*row, OID) for row in rows), 20)


def test_a_folder_with_an_empty_one_is_not_taken() -> None:
    empty = bytes.fromhex("4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    with pytest.raises(ApartError):
        Sorted.of(b"40000 a\0" + empty, 20)
    assert Sorted.of(b"40000 a\0" + OID, 20).keys == [b"a/"]
