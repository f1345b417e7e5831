"""Reading Git objects: files, trees, commits and the difference between them.

Every object id comes from Git itself, and every read has a size limit.
"""

import functools
import re
from collections.abc import Iterable

from validator.git.process import Process
from validator.git.trees import MAX_CHANGED, Entry, Kept, Trees, text
from validator.model.errors import LimitError

MAX_COMMIT = 1024 * 1024  # bytes, message and all
MAX_PATH = 4096  # bytes
LAST_SECOND = 253_402_300_799  # of the year 9999
OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PARENTS = re.compile(rb"tree [0-9a-f]+\n((?:parent [0-9a-f]+\n)*)")


class Objects(Process):
    """The objects of a repository, by id."""

    @functools.cached_property
    def trees(self) -> Trees:
        """The trees, each folder read once."""
        return Trees(self.objects)

    def tree(self, treeish: str, kept: Kept = lambda name: True) -> dict[str, Entry]:
        """Every file of a tree by path; links, submodules and empty folders too, which Git itself never writes.

        Of what stands at its top, only what is `kept` by its name. Undecodable bytes are kept by surrogate escape.
        """
        return self.trees.files(treeish, kept)

    def changes(
        self, old: str | None, new: str, limit: int = MAX_CHANGED, most: int | None = None
    ) -> dict[str, tuple[Entry | None, Entry | None]]:
        """The files that differ between two trees, as (old, new); None where a tree has no such file.

        Where they are more than `most`, only some, but more than that.
        """
        return self.trees.changes(old, new, limit, most)

    def has_more_changes(self, old: str | None, new: str, most: int) -> bool:
        """Whether more than `most` files differ between two trees (None: one without entries).

        Asked without reading all of their names.
        """
        try:
            return len(self.changes(old, new, most * MAX_PATH, most)) > most
        except LimitError:
            return True

    def difference(self, old: str, new: str) -> str:
        """What differs between two trees, as a unified diff without colour, filters or text conversion."""
        options = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "-p", "-r")
        return self.read("diff-tree", *options, old, new).decode("utf-8", "surrogateescape")

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """The size in bytes of each object that is there, by object id."""
        return {facts.oid: facts.size for facts in self.objects.facts(sorted(set(oids))) if facts}

    def commit_sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """The size in bytes of each commit among these objects; asked without reading any of them."""
        found = self.objects.facts(sorted(set(oids)))
        return {facts.oid: facts.size for facts in found if facts and facts.kind == "commit"}

    def files(self, places: Iterable[tuple[str, str]], limit: int) -> dict[tuple[str, str], bytes]:
        """The content of each file, by commit and path, that is there and has at most `limit` bytes."""
        wanted = sorted(set(places))
        rows = zip(wanted, self.objects.facts(f"{commit}:{path}" for commit, path in wanted), strict=True)
        found = {place: facts.oid for place, facts in rows if facts and facts.kind == "blob" and facts.size <= limit}
        contents = self.blobs(found.values())
        return {place: contents[oid] for place, oid in found.items()}

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """The content of blobs (or commits) by object id, read in one batch; raises FatalError for a missing one."""
        contents = dict[str, bytes]()
        wanted = sorted(set(oids))
        for oid, content in zip(wanted, self.objects.contents(wanted), strict=True):
            if content is None:
                raise self.objects.missing(f"object {oid}")
            contents[oid] = content
        return contents

    @staticmethod
    def read_commit(content: bytes) -> tuple[str, int]:
        """The tree of a commit object and its committer's time in seconds since 1970; anyone can set that time."""
        header = content.split(b"\n\n", 1)[0]
        found = re.search(rb"^committer .*> (-?[0-9]+) [+-][0-9]+$", header, re.MULTILINE)
        tree = header.split(b"\n", 1)[0].removeprefix(b"tree ").decode("utf-8", "replace")
        return tree, seconds(found[1]) if found else 0

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents of a commit, the first first; none of a tag, which could carry such lines as well.

        As Git reads them: directly after the tree. A line further down, which any program can write, names no parent.
        """
        found = _PARENTS.match(self.blobs([commit])[commit])
        return tuple(line[7:].decode() for line in found[1].splitlines()) if found else ()

    def message(self, commit: str) -> str:
        """The message of a commit, as far as it is UTF-8."""
        return self.blobs([commit])[commit].partition(b"\n\n")[2].decode("utf-8", "replace")

    def tree_of(self, commit: str) -> str:
        """The tree of a commit."""
        return self.read_commit(self.blobs([commit])[commit])[0]


def light(commit: str, size: int) -> str:
    """The commit, if it is not too large to read: a message compresses a thousand to one and could fill the memory."""
    if size > MAX_COMMIT:
        raise LimitError(f"commit {commit} has {size:,} bytes; the limit is {MAX_COMMIT:,}")
    return commit


def seconds(digits: str | bytes) -> int:
    """The time of a commit, 0 where it is out of range, as in Git. Anyone can set this time: informative only."""
    return int(digits) if 0 < len(digits) <= 18 and int(digits) <= LAST_SECOND else 0


def raw_rows(out: bytes) -> Iterable[tuple[str, Entry | None, Entry | None]]:
    """Rows of `--raw -z` output: `:oldmode newmode oldoid newoid status`, NUL, path, NUL."""
    fields = out.split(b"\0")
    for facts, path in zip(fields[0::2], fields[1::2], strict=False):
        old_mode, new_mode, old_oid, new_oid, _ = facts.decode().lstrip(":").split(" ")
        before = Entry(old_mode, old_oid) if int(old_mode, 8) else None
        yield text(path), before, Entry(new_mode, new_oid) if int(new_mode, 8) else None
