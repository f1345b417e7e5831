"""Merge a change without Git, where no file was changed on both sides.

Git starts a process for a merge, reads all of a large folder and writes it: with 10,000 claims that was a third of what
a proposal cost more than among twelve. What comes out here is the tree that Git would make. It is left to Git where a
file of one side stands where the other has a folder, and where a folder is not as Git itself writes it.
"""

import bisect
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, islice
from typing import NamedTuple, Union

from validator.git.repo import Repo
from validator.git.trees import EMPTY, Entry, Trees

FILES = {"100644", "100755", "120000"}  # modes of what is taken over as it is
MOST = 1_000  # changed files
_ROW = {
    width: re.compile(rb"(100644|100755|120000|160000|40000) ([^\0/]+)\0.{%d}" % width, re.DOTALL) for width in (20, 32)
}
_FILE = {width: re.compile(rb"100644 ([^\0/]+)\0.{%d}" % width, re.DOTALL) for width in (20, 32)}
Change = tuple[Entry | None, Entry | None]  # what a file was, and what it is
Node = dict[bytes, Union["Node", Entry, None]]  # what is new in a folder, by name


class ApartError(Exception):
    """It is for Git to say what comes out."""


class Sorted(NamedTuple):
    """A folder as Git writes it: its entries by name, where a slash follows the name of a folder, and their places."""

    content: bytes
    keys: list[bytes]
    places: list[int]

    @classmethod
    def of(cls, content: bytes, width: int) -> "Sorted":
        """The entries of a tree object. Raises ApartError where they are not in order, or not each there once."""
        names = _FILE[width].findall(content)
        places = [0, *accumulate(map((width + 8).__add__, map(len, names)))]
        if places[-1] == len(content):  # a folder of nothing but files, as that of the claims
            keys, odd = names, False
        else:
            keys, places, odd = _mixed(content, width)
        if places[-1] != len(content) or odd or not all(map(bytes.__lt__, keys, islice(keys, 1, None))):
            raise ApartError
        return cls(content, keys, places)

    def folder(self, name: bytes, width: int) -> str:
        """The object id of a folder in it, empty where there is none."""
        at = bisect.bisect_left(self.keys, key := name + b"/")
        return self.content[self.places[at + 1] - width : self.places[at + 1]].hex() if self._has(key, at) else ""

    def spliced(self, entries: Iterable[tuple[bytes, bytes]]) -> bytes:
        """The content with other entries, each given by its key; one that is empty is taken out."""
        parts, last = list[bytes](), 0
        for key, entry in sorted(entries):
            at = bisect.bisect_left(self.keys, key)
            parts += [self.content[last : self.places[at]], entry]
            last = self.places[at + self._has(key, at)]
        return b"".join((*parts, self.content[last:]))

    def _has(self, key: bytes, at: int) -> bool:
        return self.keys[at : at + 1] == [key]


def _mixed(content: bytes, width: int) -> tuple[list[bytes], list[int], bool]:
    """Keys and places of the entries of any folder; and whether it has an empty folder, or one beside its namesake."""
    rows = _ROW[width].findall(content)
    keys = [name + b"/" if mode == b"40000" else name for mode, name in rows]
    places = [0, *accumulate(len(mode) + len(name) + width + 2 for mode, name in rows)]
    folders = {key[:-1] for key in keys if key.endswith(b"/")}
    return keys, places, any(oid in content for oid in map(bytes.fromhex, EMPTY)) or not folders.isdisjoint(keys)


class _Trees:
    """Trees made of others; `made` are the contents of those that were made last, by object id."""

    def __init__(self, trees: Trees, width: int) -> None:
        self._trees, self._width = trees, width
        self._read = {"": Sorted(b"", [], [0])}
        self.made = dict[str, bytes]()

    def changed(self, root: str, changes: Mapping[str, Change]) -> str:
        """A tree in which some files are as they have become."""
        self.made = {}
        return self._changed(root, _nodes((path, new) for path, (_, new) in changes.items()))

    def _changed(self, oid: str, node: Node) -> str:
        folder = self._folder(oid)
        content = folder.spliced([*self._entries(folder, node)])
        kind = hashlib.sha1 if self._width == 20 else hashlib.sha256
        made = kind(b"tree %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
        self.made[made] = content
        return made if content else ""

    def _entries(self, folder: Sorted, node: Node) -> Iterator[tuple[bytes, bytes]]:
        for name, new in node.items():
            if isinstance(new, dict):
                below = self._changed(folder.folder(name, self._width), new)
                yield name + b"/", _row(b"40000", name, below) if below else b""
            else:
                yield name, _row(new.mode.encode(), name, new.oid) if new else b""

    def _folder(self, oid: str) -> Sorted:
        if oid not in self._read:
            self._read[oid] = Sorted.of(self._trees.folder(oid).content, self._width)
        return self._read[oid]


def _row(mode: bytes, name: bytes, oid: str) -> bytes:
    return b"%b %b\0%b" % (mode, name, bytes.fromhex(oid))


def _nodes(files: Iterable[tuple[str, Entry | None]]) -> Node:
    """Files as folders in folders. Raises ApartError where one stands where another has a folder."""
    top: Node = {}
    for path, new in files:
        *above, name = path.encode("utf-8", "surrogateescape").split(b"/")
        node = top
        for folder in above:
            below = node.setdefault(folder, {})
            if not isinstance(below, dict):
                raise ApartError
            node = below
        if name in node:
            raise ApartError
        node[name] = new
    return top


def merged_apart(
    repo: Repo, base: str, head: str, ours: Mapping[str, Change], theirs: Mapping[str, Change]
) -> str | None:
    """The tree of a merge, kept for as long as `repo` lives; None where Git has to be asked.

    `ours` and `theirs` are what base and head have changed since the fork of the two.
    """
    forks, changes = repo.merge_bases(base, head), {**ours, **theirs}
    odd = (entry.mode not in FILES for change in (*ours.values(), *theirs.values()) for entry in change if entry)
    if len(forks) != 1 or ours.keys() & theirs.keys() or len(changes) > MOST or any(odd):
        return None
    fork, *sides = map(repo.trees.root, (*forks, base, head))
    trees = _Trees(repo.trees, len(fork) // 2)
    try:
        # So each of the three holds what it is told to hold, and nothing that was not looked at.
        if [trees.changed(fork, side) for side in (ours, theirs)] != sides:
            return None
        merged = trees.changed(fork, changes)
    except ApartError:
        return None
    repo.keep_beside(trees.made)
    return merged or None
