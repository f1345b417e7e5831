"""Every step of main: its commit, its subject, and whose approval its message states."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from validator.git.objects import MAX_COMMIT
from validator.git.repo import Repo
from validator.git.signatures import APPROVED

_AUTHOR = re.compile(r"^author (.*) -?[0-9]+ [+-][0-9]{4}$", re.MULTILINE)
MAX_SUBJECT = 200  # characters


class MainStep(NamedTuple):
    """A first-parent commit of main. `author` and `approved_by` are what the commit states: nothing is verified."""

    commit: str
    time: int
    subject: str
    author: str
    approved_by: tuple[str, ...]


def main_steps(repo: Repo, commit: str) -> Iterator[MainStep]:
    """The steps of main up to a commit, oldest first."""
    line = [oid for _, oid in repo.whole_line(commit)]
    sizes = repo.sizes(line)
    contents = repo.blobs(oid for oid in line if sizes.get(oid, MAX_COMMIT + 1) <= MAX_COMMIT)
    for oid in line:
        yield _step(oid, contents[oid]) if oid in contents else MainStep(oid, 0, "(too large to be shown)", "", ())


def author_of(content: bytes) -> str:
    """Who wrote a commit object, as it says."""
    found = _AUTHOR.search(content.partition(b"\n\n")[0].decode("utf-8", "replace"))
    return found[1] if found else ""


def subject_of(content: bytes) -> str:
    """The first line of a commit's message, cut to MAX_SUBJECT characters."""
    message = content.partition(b"\n\n")[2].decode("utf-8", "replace")
    subject = (message.lstrip("\n").splitlines() or [""])[0]
    return subject if len(subject) <= MAX_SUBJECT else f"{subject[: MAX_SUBJECT - 1]}…"


def _step(oid: str, content: bytes) -> MainStep:
    _, time = Repo.read_commit(content)
    last = content.decode("utf-8", "replace").rstrip("\n").rpartition("\n\n")[2]
    approved = tuple(row.removeprefix(APPROVED) for row in last.split("\n") if row.startswith(APPROVED))
    return MainStep(oid, time, subject_of(content), author_of(content), approved)
