"""The history of commits: merge bases, merges, and the first-parent line of main."""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from validator.git.objects import OID, Objects, light, raw_rows, seconds
from validator.git.process import USAGE
from validator.git.program import last_line
from validator.git.trees import Entry
from validator.model.errors import FatalError, LimitError

MAX_NAMED = 100  # paths on a command line; beyond it all are asked for
PART = 500  # steps that Git compares at once
MAX_BASES = 1_000  # pairs of commits whose common ancestor is remembered


class Merge(NamedTuple):
    """What Git makes of merging a change: a tree, and the paths that conflict (then the tree is not to be trusted)."""

    tree: str
    conflicts: tuple[str, ...] = ()


class Step(NamedTuple):
    """One file's change by one commit of the first-parent line. `time` is the committer's clock: informative only."""

    commit: str
    time: int
    path: str
    old: Entry | None
    new: Entry | None


class History(Objects):
    """The commits of a repository, and the way from one to another."""

    # Called while the first-parent line of main is walked, with (steps that are compared, all of them).
    walked: Callable[[int, int], None] = staticmethod(lambda done, of: None)

    @functools.cached_property
    def _bases(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits, None for unrelated histories; the first of several."""
        return next(iter(self.merge_bases(one, other)), None)

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """Every best common ancestor of two commits; none for unrelated histories; of a pair Git is asked once."""
        if (one, other) not in self._bases:
            status, out, error = self.run("merge-base", "--all", one, other)
            if status not in (0, 1):
                raise FatalError(f"git merge-base: {last_line(error)}")
            if len(self._bases) >= MAX_BASES:
                self._bases.clear()
            self._bases[one, other] = tuple(out.decode().split())
        return self._bases[one, other]

    def is_in(self, commit: str, line: str) -> bool:
        """Whether a commit is another one, or in its history by whichever parent."""
        return self.merge_base(commit, line) == commit

    def merge(self, base: str, head: str, *, kept: bool = False) -> Merge:
        """Merge head into base in memory; raises FatalError where Git is older than 2.38.

        The merged tree is temporary, unless it is `kept` in the repository itself.
        """
        command = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head)
        status, out, error = self.run(*command, environment=self.real if kept else None)
        tree, *conflicts = out.decode("utf-8", "surrogateescape").split("\0")
        if status == USAGE:
            raise FatalError("this Git cannot merge in memory; install Git 2.38 or newer")
        if status not in (0, 1) or not OID.fullmatch(tree):
            raise FatalError(f"git merge-tree: {last_line(error)}")
        return Merge(tree, tuple(sorted({path for path in conflicts if path})) if status else ())

    def steps(self, commit: str, paths: Sequence[str]) -> tuple[Step, ...]:
        """The changes of files on the first-parent line that ends in `commit`, oldest first.

        A merge counts as one step against its first parent; the commits of the merged branch are not steps.
        Within a commit the steps are in the order of paths.
        """
        line = self.read("rev-list", "--first-parent", "--parents", "--reverse", commit).splitlines()
        return self._steps([b" ".join(row.split()[:2]) for row in line], paths)

    def steps_after(self, before: str, commit: str, paths: Sequence[str]) -> tuple[Step, ...] | None:
        """The same of the commits after another one; None where that is not on the line."""
        pairs = self.line(before, commit)
        return None if pairs is None else self._steps([f"{new} {old}".encode() for old, new in pairs], paths)

    def _steps(self, rows: Sequence[bytes], paths: Sequence[str]) -> tuple[Step, ...]:
        """The changes of files by these commits, each given with its first parent, where it has one."""
        steps = list[Step]()
        for start in range(0, len(rows), PART):
            steps += self._compared(rows[start : start + PART], paths)
            self.walked(min(start + PART, len(rows)), len(rows))
        return tuple(steps)

    def _compared(self, rows: Sequence[bytes], paths: Sequence[str]) -> Iterable[Step]:
        """The same, of which Git is asked at once."""
        # `git log` with a path compares every two trees twice: once to find the commit, once to show it.
        pairs = b"".join(row + b"\n" for row in rows)
        options = ("--root", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--format=%H %ct")
        out = self.read("diff-tree", "--stdin", *options, "--", *paths, stdin=pairs)
        for part in re.split(rb"(?:^|\0)(?=[0-9a-f]{40,64} [0-9]*(?:\0|$))", out):
            header, _, files = part.partition(b"\0")
            if header.strip():
                oid, _, time = header.decode().partition(" ")
                changed = raw_rows(files.lstrip(b"\n"))
                yield from (Step(oid, seconds(time), path, old, new) for path, old, new in changed)

    def newest_time(self, commit: str) -> int:
        """The latest committer's time in a commit's history, by whichever parents; informative only."""
        return max(map(seconds, self.read("log", "--format=%ct", commit).decode().splitlines()), default=0)

    def step_of(self, commit: str, main: str) -> str | None:
        """The step of main with which a commit came in; None where it stands on main's first-parent line itself."""
        later = frozenset(self.read("rev-list", "--ancestry-path", f"{commit}..{main}").decode().split())
        line = self.read("rev-list", "--first-parent", main, f"^{commit}").decode().split()
        came_in = [step for step in line if step in later]
        on_line = not came_in or commit in self.parents(came_in[-1])[:1]
        return None if on_line else came_in[-1]

    def results(self, old: str, new: str, paths: Sequence[str]) -> tuple[tuple[str, Entry | None], ...]:
        """What the first-parent commits of `new` that `old` does not have made of files, the newest first.

        A folder stands for all files in it.
        """
        options = ("--first-parent", "-m", "--raw", "-z", "--no-renames", "--no-abbrev", "--format=")
        named = paths if len(paths) <= MAX_NAMED else ()
        out = self.read("log", *options, new, f"^{old}", "--", *named)
        wanted = frozenset(paths)
        return tuple((path, entry) for path, _, entry in raw_rows(out) if named or path in wanted)

    def line(self, base: str, head: str, most: int | None = None) -> list[tuple[str, str]] | None:
        """The first-parent commits after base up to head as (parent, commit), oldest first.

        None where base is not on head's first-parent line. Raises LimitError for more than `most`, of which none is
        read.
        """
        limit = () if most is None else (f"--max-count={most + 1}",)
        out = self.read("rev-list", "--first-parent", "--parents", *limit, head, f"^{base}").decode().splitlines()
        if most is not None and len(out) > most:
            raise LimitError(f"more than {most} steps are too many to judge at once; push fewer of them")
        rows = [row.split() for row in reversed(out)]
        if not rows:
            return [] if base == head else None
        for commit, size in self.sizes(commit for commit, *_ in rows).items():
            light(commit, size)
        pairs = [(parents[0] if parents else "", commit) for commit, *parents in rows]
        return pairs if pairs[0][0] == base else None

    def ahead(self, base: str, head: str) -> set[str]:
        """Every commit of head's history that is not in base's, through any parent."""
        parents = self.parents(head)
        if len(parents) == 1 and self.merge_base(base, head) == parents[0]:
            return {head}  # one commit on top of the base's history
        return set(self.read("rev-list", head, f"^{base}").decode().split())

    def count(self, base: str, heads: Iterable[str], *options: str) -> int:
        """How many commits of these heads' history are not in base's; `options` are those of git-rev-list(1)."""
        asked = "".join(f"{oid}\n" for oid in (*heads, f"^{base}"))
        return int(self.read("rev-list", "--count", *options, "--stdin", stdin=asked.encode()))

    def whole_line(self, head: str) -> list[tuple[str, str]]:
        """All first-parent commits up to head as (parent, commit), oldest first; the first has "" for a parent."""
        out = self.read("rev-list", "--first-parent", "--parents", head).decode().splitlines()
        rows = [row.split() for row in reversed(out)]
        return [(parents[0] if parents else "", commit) for commit, *parents in rows]
