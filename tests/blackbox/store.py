"""Git objects written byte by byte: a tree may hold any name and mode, a commit any date, well-formed or not.

The formats are those of gitformat-pack(5) and "Git Internals - Git Objects": `<type> <size>`, NUL, content, deflated.
`test_store.py` lets `git fsck` say that what is written here is what Git itself would have written.
"""

import os
import subprocess
import zlib
from collections.abc import Mapping
from hashlib import sha1
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """One file of a tree: the mode as a tree object spells it, and the content (of a submodule: a commit's id)."""

    mode: str
    content: bytes


Files = Mapping[str, bytes | Entry]  # path (bytes that are not UTF-8 by surrogate escape) to file; bytes: 100644
Row = tuple[str, bytes, str]  # mode, name, object id: an entry of one tree object

NINE = 1767603600  # 2026-01-05T09:00:00Z, when main was made
HOUR = 3600


def executable(content: bytes) -> Entry:
    return Entry("100755", content)


def link(target: str) -> Entry:
    return Entry("120000", target.encode())


def submodule() -> Entry:
    return Entry("160000", b"1" * 40)


def git(*words: str, folder: Path, **environment: str) -> str:
    """What Git says in a folder, with no settings of the user or the machine; raises CalledProcessError."""
    nobody = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    return subprocess.run(
        ["git", *words], cwd=folder, env=nobody | environment, capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()


class Store:
    """The objects of one repository."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self._objects = repository / "objects" if (repository / "objects").is_dir() else repository / ".git/objects"
        self._written = set[str]()

    @classmethod
    def make(cls, repository: Path, *, bare: bool = True) -> "Store":
        """A new and empty repository, whose branch is main."""
        words = ["init", "--quiet", "--initial-branch=main", *(["--bare"] if bare else []), "--", str(repository)]
        git(*words, folder=repository.parent)
        return cls(repository)

    def write(self, kind: str, content: bytes) -> str:
        data = f"{kind} {len(content)}\0".encode() + content
        oid = sha1(data, usedforsecurity=False).hexdigest()
        if oid not in self._written:
            self._written.add(oid)
            folder = self._objects / oid[:2]
            folder.mkdir(exist_ok=True)
            (folder / oid[2:]).write_bytes(zlib.compress(data, 1))
        return oid

    def tree(self, files: Files) -> str:
        """The tree of these files, in Git's order."""
        folders = dict[bytes, dict[str, bytes | Entry]]()
        rows = list[Row]()
        for path, file in files.items():
            name, _, rest = path.partition("/")
            if rest:
                folders.setdefault(_bytes(name), {})[rest] = file
            else:
                rows.append(self._row(_bytes(name), file))
        rows += [("40000", name, self.tree(inside)) for name, inside in folders.items()]
        return self.raw_tree(*sorted(rows, key=lambda row: row[1] + (b"/" if row[0] == "40000" else b"")))

    def raw_tree(self, *rows: Row) -> str:
        """A tree of just these entries in just this order, however wrong."""
        return self.write(
            "tree", b"".join(f"{mode} ".encode() + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in rows)
        )

    def commit(self, content: Files | str, *parents: str, time: int | str = NINE, authored: int | None = None) -> str:
        """A commit of these files (or of a tree by its id); the dates are what whoever commits says they are."""
        tree = content if isinstance(content, str) else self.tree(content)
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author A <a@example.invalid> {time if authored is None else authored} +0000"]
        lines += [f"committer A <a@example.invalid> {time} +0000", "", "a change", ""]
        return self.write("commit", "\n".join(lines).encode())

    def point(self, ref: str, oid: str) -> None:
        """Set a ref, `refs/heads/main`."""
        path = self._objects.parent / ref
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{oid}\n")

    def _row(self, name: bytes, file: bytes | Entry) -> Row:
        entry = file if isinstance(file, Entry) else Entry("100644", file)
        if entry.mode == "160000":
            return entry.mode, name, entry.content.decode()
        return entry.mode, name, self.write("blob", entry.content)


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
