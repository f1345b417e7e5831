"""The verbs, one a file: explicit keyword arguments in, an answer out. Nothing here prints or reads the environment."""

from pathlib import Path
from typing import NamedTuple

from validator.finding import FatalError
from validator.reading import Reader
from validator.repo import Repo

MAIN = ("refs/remotes/origin/main", "refs/heads/main")


class Answer(NamedTuple):
    """What a verb has to say, and whether that is yes (0) or no (1)."""

    text: str
    exit_code: int = 0


def reader_at(repo: Path, ref: str | None) -> tuple[Reader, str]:
    """A reader of the repository around a folder, and the commit to read: `ref`, else main as last heard of."""
    reader = Reader(Repo(repo))
    return reader, main_of(reader.repo, ref)


def main_of(repo: Repo, ref: str | None) -> str:
    """The commit of a revision; None stands for `origin/main`, else `main`. Raises FatalError where there is none."""
    if ref is not None:
        return repo.commit(ref)
    found = next((oid for oid in repo.resolve(*MAIN) if oid), None)
    if found is None:
        raise FatalError("there is neither origin/main nor main here; name a revision, or run: git fetch")
    return found
