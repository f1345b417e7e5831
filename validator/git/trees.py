"""Trees, read from `git cat-file`: each folder once, however many commits have it in common (gitformat-tree)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from validator.git.batch import Batch
from validator.git.folders import FOLDER, SUBMODULE, Differing, Folder, Row
from validator.model.errors import FatalError, LimitError

# Bytes of all paths that are listed. The largest registry has a claim and an acknowledgement for each of 99,999
# numbers, which are 8 MB; a tree can hold itself ten times, ten deep.
MAX_NAMES = 16 * 1024 * 1024
MAX_CHANGED = 8 * 1024 * 1024  # the same of the paths that differ between two trees: about 100,000 files
MAX_KEPT, MAX_ROOTS = 16_000_000, 1_000  # bytes of the folders that were read last, and trees of commits
# Bytes of folders that a guard reads for somebody who approves nothing: of all, and of one. 99,999 claims have 4 MB.
MAX_PUSHED, MAX_FOLDER = 64 * 1024 * 1024, 8 * 1024 * 1024
TWICE = "twice"  # the mode of an entry that its folder lists more than once
# The tree without entries, in either kind of object id.
EMPTY = {
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class Entry(NamedTuple):
    """One file of a tree. `size` is in bytes; None for a submodule, and where only the change is known."""

    mode: str
    oid: str
    size: int | None = None


Kept = Callable[[str], bool]


class Trees:
    """Lists trees; what the tree before had in common with the next is not asked for again."""

    def __init__(self, objects: Batch) -> None:
        self._objects = objects
        self._folders: Mapping[str, Folder] = {}
        self._sizes: Mapping[str, int] = {}
        self._roots = dict[str, str]()
        self._kept, self._bytes = dict[str, Folder](), 0
        self.left: int | None = None  # bytes of folders that may be read from now on; None: any number

    def files(self, treeish: str, kept: Kept = lambda name: True) -> dict[str, Entry]:
        """Every file by path; links, submodules and empty folders too, which Git itself never writes.

        What stands at the top of the tree is listed only if its name is `kept`.
        """
        return self._listed(list(self._walk(self.root(treeish), kept)))

    def files_beside(self, treeish: str, kept: Kept, folder: bytes) -> tuple[dict[str, Entry], tuple[str, ...]]:
        """The same without what is in one folder, given by its path; and that folder, as often as it is listed."""
        found = list(self._walk(self.root(treeish), kept, folder))
        left_out = [row for row in found if row[0] == FOLDER and row[1] == folder and row[2] not in EMPTY]
        return self._listed([row for row in found if row not in left_out]), tuple(oid for _, _, oid in left_out)

    def learn(self, sizes: Mapping[str, int]) -> None:
        """Take over the sizes of objects, which the next listing does not ask for."""
        self._sizes = {**self._sizes, **sizes}

    def _listed(self, found: Collection[Row]) -> dict[str, Entry]:
        self._sizes = self._sizes_of(oid for mode, _, oid in found if mode not in (FOLDER, SUBMODULE))
        files = dict[str, Entry]()
        for mode, name, oid in found:
            path = text(name)
            # A tree made by hand can list a name twice; whichever entry counted, somebody would read the other.
            files[path] = Entry(TWICE if path in files else mode, oid, self._sizes.get(oid))
        return files

    def top(self, treeish: str) -> tuple[Row, ...]:
        """What stands at the top of a tree."""
        return self.folder(self.root(treeish)).rows

    def folder(self, oid: str) -> Folder:
        """One folder, by its object id."""
        return self._read({oid})[oid]

    def changes(
        self, old: str | None, new: str, limit: int = MAX_CHANGED, most: int | None = None
    ) -> dict[str, tuple[Entry | None, Entry | None]]:
        """The files that differ between two trees (None: one without entries), sorted, as (old, new).

        Where they are more than `most`, only some, but more than that. Raises LimitError where their names have more
        than `limit` bytes. Git's own diff holds all of them in memory before it prints one, and a few small objects can
        make ten billion.
        """
        level: list[tuple[bytes, str | None, str | None]] = [(b"", old and self.root(old), self.root(new))]
        read, listed, found = dict[str, Folder](), 0, dict[bytes, tuple[Entry | None, Entry | None]]()
        while level:
            read |= self._read({oid for _, *pair in level for oid in pair if oid} - read.keys())
            deeper = list[tuple[bytes, str | None, str | None]]()
            for prefix, before, after in level:
                for name, was, now in _pair(read.get(before or ""), read.get(after or ""), most):
                    path = prefix + name
                    listed += len(path)
                    if listed > limit:
                        raise LimitError(f"over {limit / 2**20:g} MiB of file names are too much to judge")
                    files, folders = (_file(was), _file(now)), (_folder(was), _folder(now))
                    if files[0] != files[1] or max(len(was), len(now)) > 1:
                        found[path] = files
                        if most is not None and len(found) > most:
                            return {text(path): found[path] for path in sorted(found)}
                    if folders[0] != folders[1]:
                        deeper.append((path + b"/", *folders))
            level = deeper
        return {text(path): found[path] for path in sorted(found)}

    def root(self, treeish: str) -> str:
        """The tree of a commit."""
        if treeish not in self._roots:
            (root,) = self._objects.facts([f"{treeish}^{{tree}}"])
            if root is None:
                raise self._objects.missing(f"the tree of {treeish}")
            if len(self._roots) >= MAX_ROOTS:
                self._roots.clear()
            self._roots[treeish] = root.oid
        return self._roots[treeish]

    def _walk(self, root: str, kept: Kept, closed: bytes | None = None) -> Iterator[Row]:
        """The files below a tree with their paths, one level after the other; a `closed` folder is like a file."""
        level, read, listed = [(b"", root)], dict[str, Folder](), 0
        while level:
            read |= self._read({oid for _, oid in level} - read.keys())
            deeper = list[tuple[bytes, str]]()
            for prefix, folder in level:
                for mode, name, oid in read[folder].rows:
                    path = prefix + name
                    if not (prefix or kept(text(name))):
                        continue
                    listed += len(path)
                    if listed > MAX_NAMES:
                        raise LimitError(f"over {MAX_NAMES // 2**20} MiB of file names are too much to judge")
                    if mode == FOLDER and oid not in EMPTY and path != closed:
                        deeper.append((path + b"/", oid))
                    else:
                        yield mode, path, oid
            level = deeper
        self._folders = read

    def _read(self, oids: set[str]) -> dict[str, Folder]:
        known = {oid: self._folders[oid] for oid in oids & self._folders.keys()}
        known |= {oid: self._kept[oid] for oid in oids & self._kept.keys()}
        new = sorted(oids - known.keys())
        for oid, facts in zip(new, self._objects.facts(new), strict=True):
            if facts is None:
                raise self._objects.missing(f"tree {oid}")
            if facts.kind != "tree":
                raise FatalError(f"object {oid} is no tree; run: git fsck")
            if facts.size > 2 * MAX_NAMES:
                raise LimitError(f"over {MAX_NAMES // 2**20} MiB of file names are too much to judge")
            self._take(facts.size)
        contents = zip(new, self._objects.contents(new), strict=True)
        found = {oid: Folder(content or b"", len(oid) // 2) for oid, content in contents}
        self._keep(found)
        return known | found

    def _take(self, size: int) -> None:
        if self.left is not None:
            self.left -= size
            if size > MAX_FOLDER:
                raise LimitError(f"this push holds a folder of {size:,} bytes; at most {MAX_FOLDER:,} are read")
            if self.left < 0:
                raise LimitError("this push holds too many large folders to be judged; push fewer commits at once")

    def _keep(self, folders: Mapping[str, Folder]) -> None:
        self._kept |= folders
        self._bytes += sum(len(folder.content) for folder in folders.values())
        while self._bytes > MAX_KEPT:
            oldest = next(iter(self._kept))
            self._bytes -= len(self._kept.pop(oldest).content)

    def _sizes_of(self, oids: Iterable[str]) -> dict[str, int]:
        wanted = set(oids)
        known = {oid: self._sizes[oid] for oid in wanted & self._sizes.keys()}
        new = sorted(wanted - known.keys())
        for oid, facts in zip(new, self._objects.facts(new), strict=True):
            if facts is None:
                raise self._objects.missing(f"object {oid}")
            known[oid] = facts.size
        return known


def _pair(before: Folder | None, after: Folder | None, most: int | None) -> Iterator[Differing]:
    """The names whose entries differ between two folders; None stands for one without entries."""
    one = before or after
    if one:
        nothing = Folder(b"", one.width)
        yield from (before or nothing).differing(after or nothing, most)


def _file(rows: list[Row]) -> Entry | None:
    """The file, link or submodule among the entries of one name; an empty folder counts as one, as in a listing."""
    files = [Entry(mode, oid) for mode, _, oid in rows if mode != FOLDER or oid in EMPTY]
    return files[0]._replace(mode=TWICE) if files and len(rows) > 1 else next(iter(files), None)


def _folder(rows: list[Row]) -> str | None:
    return next((oid for mode, _, oid in rows if mode == FOLDER and oid not in EMPTY), None)


def text(path: bytes) -> str:
    """A path or a name as Git has it; undecodable bytes are kept by surrogate escape."""
    return path.decode("utf-8", "surrogateescape")
