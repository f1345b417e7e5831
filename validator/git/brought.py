"""The commits that a branch brings to main: what each does to files, and what it holds besides.

All of it is in every clone once the branch is on a server: a file that one commit brings and the next one takes out, a
message, the name of an author.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from validator.git.objects import LAST_SECOND
from validator.git.repo import Repo
from validator.git.trees import Entry
from validator.model.normalize import INVISIBLE, UNREADABLE

MAX_COMMITS = 50
MAX_MESSAGE = 64 * 1024  # bytes
MAX_HEADER = 16 * 1024  # bytes; a signature of the longest RSA key has 3 KiB
MAX_PERSON = 512  # bytes, of a name with its address
MAX_KEPT = 1024  # bytes of a message; no form of this program's has more
MAX_SIZED = 1_000  # files
_PLAIN = ("tree", "parent", "author", "committer")
_PERSON = re.compile(rb"(.*) ([0-9]{1,12}) [+-][0-9]{4}")


class Brought(NamedTuple):
    """One commit that a branch brings.

    `files` are those that it changes, as it leaves them (None: gone); of a merge, those that it leaves otherwise than
    its second parent. `faults` say what its own object should not hold; of a large one nothing is read. A long
    `message` is left out.
    """

    commit: str
    parents: tuple[str, ...]
    files: Mapping[str, Entry | None]
    faults: tuple[str, ...]
    headers: tuple[str, ...] = ()
    message: str = ""


def brought(repo: Repo, base: str, head: str) -> tuple[Brought, ...]:
    """Every commit that head brings to base, by whichever parent; of more than MAX_COMMITS only one more than that."""
    limit = f"--max-count={MAX_COMMITS + 1}"
    rows = [row.split() for row in repo.read("rev-list", "--parents", limit, head, f"^{base}").decode().splitlines()]
    return read_brought(repo, rows)


def read_brought(repo: Repo, rows: Sequence[Sequence[str]]) -> tuple[Brought, ...]:
    """These commits, each with its parents; of more than MAX_COMMITS nothing is read."""
    if len(rows) > MAX_COMMITS:
        return tuple(Brought(commit, tuple(parents), {}, ()) for commit, *parents in rows)
    files, contents = _sized(repo, _changes(repo, rows)), _contents(repo, [commit for commit, *_ in rows])
    return tuple(one_brought(row[0], row[1:], files.get(row[0], {}), contents[row[0]]) for row in rows)


def one_brought(
    commit: str, parents: Sequence[str], files: Mapping[str, Entry | None], content: bytes | int
) -> Brought:
    """A commit, its parents and the files that it changes, with what its content holds; of a large one its size."""
    if isinstance(content, int) or len(content) > MAX_MESSAGE + MAX_HEADER:
        size = content if isinstance(content, int) else len(content)
        why = f"has {size:,} bytes, with a message of more than {MAX_MESSAGE:,}"
        return Brought(commit, tuple(parents), files, (why,))
    header, _, message = content.partition(b"\n\n")
    names = tuple(line.split(b" ")[0].decode("utf-8", "replace") for line in _unfolded(header))
    faults = tuple(_faults(header, message, len(commit)))
    kept = message.decode("utf-8", "replace") if len(message) <= MAX_KEPT else ""
    return Brought(commit, tuple(parents), files, faults, names, kept)


def _changes(repo: Repo, rows: Iterable[Sequence[str]]) -> dict[str, dict[str, Entry | None]]:
    """What each commit leaves of files, against its first parent, a merge against its second one.

    Of very many files only some are named: a proposal has one, and names of all would fill the memory.
    """
    against = {commit: parents[-1] if parents else None for commit, *parents in rows}
    return {
        commit: {path: after for path, (_, after) in repo.changes(parent, commit, most=MAX_SIZED).items()}
        for commit, parent in against.items()
    }


def _sized(repo: Repo, changes: dict[str, dict[str, Entry | None]]) -> dict[str, dict[str, Entry | None]]:
    """The same with the sizes of files; of very many files none is asked for."""
    oids = {entry.oid for files in changes.values() for entry in files.values() if entry}
    sizes = repo.sizes(oids) if len(oids) <= MAX_SIZED else {}
    return {
        commit: {path: entry and entry._replace(size=sizes.get(entry.oid)) for path, entry in files.items()}
        for commit, files in changes.items()
    }


def _contents(repo: Repo, commits: Sequence[str]) -> dict[str, bytes | int]:
    """Each commit's content; of one that is too large its size."""
    sizes = repo.sizes(commits)
    light = repo.blobs(commit for commit, size in sizes.items() if size <= MAX_MESSAGE + MAX_HEADER)
    return {commit: light.get(commit, sizes[commit]) for commit in commits}


def _unfolded(header: bytes) -> list[bytes]:
    return re.sub(rb"\n ", b"\0", header).split(b"\n")


def _faults(header: bytes, message: bytes, digits: int) -> Iterator[str]:
    if len(message) > MAX_MESSAGE:
        yield f"has a message of {len(message):,} bytes; at most {MAX_MESSAGE:,}"
    if b"\0" in header:
        yield "has a NUL byte before its message"
        return
    if len(header) > MAX_HEADER:
        yield f"has {len(header):,} bytes before its message; at most {MAX_HEADER:,}"
    signature = "gpgsig" if digits == 40 else "gpgsig-sha256"
    lines = [line.decode("utf-8", "surrogateescape").partition(" ") for line in _unfolded(header)]
    names = [name for name, _, _ in lines]
    if odd := sorted({name for name in names if name not in (*_PLAIN, signature)}):
        yield f'has a header "{odd[0][:40]}", which Git would not write here'
    elif any(names.count(name) > 1 for name in names if name != "parent"):
        yield "has a header twice"
    elif names != sorted(names, key=(*_PLAIN, signature).index):
        yield "has its headers in another order than Git writes them"
    for name, _, value in lines:
        if name in ("author", "committer"):
            yield from _person(name, value.encode("utf-8", "surrogateescape"))
        elif name == signature and not _is_one_signature(value):
            yield "has more than a signature in its signature"


def _person(name: str, value: bytes) -> Iterator[str]:
    found = _PERSON.fullmatch(value)
    if not found or int(found[2]) > LAST_SECOND:
        yield f"has a time of its {name} that no clock shows"
        return
    who = found[1].decode("utf-8", "replace")
    if len(found[1]) > MAX_PERSON:
        yield f"has {len(found[1]):,} bytes of {name}; at most {MAX_PERSON}"
    if UNREADABLE.search(who) or INVISIBLE.search(who):
        yield f"has characters in its {name} that nobody can see"


def _is_one_signature(value: str) -> bool:
    """Whether it ends where the armour of the first signature ends."""
    return value.count("-----END ") == 1 and value.rstrip("\0 ").endswith("-----")
