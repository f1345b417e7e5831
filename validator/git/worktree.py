"""Files that are not committed yet: on disk as this user's `git add --all` would take them, or as they are staged."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from validator.git import program
from validator.git.objects import Objects
from validator.git.program import last_line
from validator.git.write import Write
from validator.model.errors import FatalError

MAX_READ = 1024 * 1024  # bytes of one file
LONGEST = 300.0  # seconds that Git may take to read the working tree; a filter of the user's own can hang
# No hook or file monitor runs; no warning about nested repositories is printed.
_QUIET = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "advice.addEmbeddedRepo=false", "core.safecrlf=false")


# Git's last line, "adding files failed", does not say which.
_NOT_ADDED = re.compile(r"^error: (.+)$", re.MULTILINE)
_UNMERGED = re.compile(r"^(.+): unmerged \([0-9a-f]+\)$", re.MULTILINE)


class Worktree(Objects, Write):
    """The working tree and the index of a repository."""

    def working_tree_commit(self) -> str:
        """A commit, on no branch, of the files on disk as `git add --all` would take them, on top of HEAD.

        Line ends, ignored files and the filters of the user's own configuration count as Git lets them. The programs of
        filters that the repository's configuration names are not run.
        """
        if self.top is None:
            raise FatalError("a bare repository has no working tree to judge")
        with tempfile.TemporaryDirectory() as folder:
            variables = self._copied_index(folder, None) | {"GIT_WORK_TREE": str(self.top)}
            self._staged("add", "--all", variables=variables)
            return self._commit_of(self._staged("write-tree", variables=variables), "files on disk")

    def has_uncommitted(self, *paths: str) -> bool:
        """Whether files on disk differ from HEAD, or are new, below some paths; False where Git cannot say."""
        words = ("status", "--porcelain", "--untracked-files=normal", "--ignore-submodules", "--", *paths)
        try:
            return self.top is not None and bool(self._as_files(*words, variables={"GIT_OPTIONAL_LOCKS": "0"})[1])
        except FatalError:
            return False

    def staged_commit(self, index: str | None) -> str:
        """A commit, on no branch, of what is staged, on top of HEAD; `index` is the GIT_INDEX_FILE of a hook."""
        with tempfile.TemporaryDirectory() as folder:
            variables = self._copied_index(folder, index)
            return self._commit_of(self._staged("write-tree", variables=variables), "staged files")

    def stored(self, paths: Iterable[str]) -> dict[str, str]:
        """The object id that `git add` would give to each file of the working tree that is there, by path.

        What a sparse checkout leaves out stays as it is in the index.
        """
        wanted = list(paths)
        there = [path for path in wanted if self.top and (self.top / path).is_file()]
        left_out = self._left_out(wanted) if len(there) < len(wanted) else {}
        asked = b"".join(bytes(Path(path)) + b"\n" for path in there)
        status, out, error = self._as_files("hash-object", "--stdin-paths", stdin=asked)
        if status:
            raise FatalError(f"git hash-object: {last_line(error)}")
        return left_out | dict(zip(there, out.split(), strict=True))

    def _left_out(self, paths: Iterable[str]) -> dict[str, str]:
        """The object ids in the index of files that are not to be on disk (skip-worktree)."""
        status, out, _ = self._as_files("ls-files", "-z", "-t", "--stage", "--", *paths)
        rows = (row.partition("\t") for row in out.split("\0")[:-1]) if status == 0 else ()
        return {path: facts.split(" ")[2] for facts, _, path in rows if facts.startswith("S ")}

    def blob_id(self, content: bytes) -> str:
        """The object id that these bytes would have as a file."""
        return self.read("hash-object", "--stdin", stdin=content).decode().strip()

    def stored_content(self, path: str) -> bytes:
        """What `git add` would store of one file of the working tree. Raises OSError where it cannot be read."""
        place = (self.top or self.folder) / path
        if not place.exists() and (left_out := self._left_out([path])):
            return self.blobs(left_out.values())[left_out[path]]
        with place.open("rb") as file:
            content = file.read(MAX_READ)
        status, out, _ = self._as_files("hash-object", "-w", "--", path, variables=self.stored_beside)
        return content if status else self.blobs([out.strip()])[out.strip()]

    def _copied_index(self, folder: str, index: str | None) -> dict[str, str]:
        """A copy of the user's index, which knows what is skipped (sparse checkout) and what has not changed.

        What is made of it goes beside the repository, which may be one that cannot be written.
        """
        git_dir, copy = Path(self.real["GIT_DIR"]), Path(folder, "index")
        given = (self.top or git_dir) / index if index else git_dir / "index"
        # The variable of another repository's hook does not apply here.
        original = given if given.resolve().is_relative_to(git_dir.resolve()) else git_dir / "index"
        if original.is_file():
            shutil.copy2(original, copy)  # with its time: Git looks again at files that are no older
        return {"GIT_INDEX_FILE": str(copy), **self.stored_beside}

    def _as_files(
        self, *command: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Run Git on files of the working tree, with the filters of the user's own configuration and no others.

        An object that is not here is fetched for a partial clone alone: by programs that its configuration may name.
        """
        if self.partial:
            self.require_trust()
        asking = {} if self.partial else {"GIT_ALLOW_PROTOCOL": "none"}
        said = {**asking, **self._without_filters(), **(variables or {})}
        return self.as_user(*command, stdin=stdin, settings=_QUIET, variables=said, seconds=LONGEST)

    def _staged(self, *command: str, variables: Mapping[str, str]) -> str:
        status, out, error = self._as_files(*command, variables=variables)
        unmerged = sorted(set(_UNMERGED.findall(error)))
        if status and unmerged:
            raise FatalError(f"{unmerged[0]} is in conflict here; resolve it, then git add it")
        if status:
            raise FatalError(f"git {command[0]}: {_reason(error)}")
        return out.strip()

    def _commit_of(self, tree: str, message: str) -> str:
        who = {f"GIT_{who}_{what}": "validator" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        parents = ("-p", "HEAD") if self.resolve("HEAD") != [None] else ()
        words = ("commit-tree", *parents, "-m", message, tree)
        return self.read(*words, environment=who | self.real | self.stored_beside).decode().strip()

    def _without_filters(self) -> dict[str, str]:
        """Settings that disable the programs of filters of this repository's configuration (gitattributes(5))."""
        asked = ("config", "-z", "--show-scope", "--name-only", "--get-regexp", r"^filter\.")
        words = self.as_user(*asked)[1].split("\0")
        named = [name for scope, name in zip(words[::2], words[1::2], strict=False) if scope in ("local", "worktree")]
        return program.emptied([name.encode("utf-8", "surrogateescape") for name in named])


def _reason(error: str) -> str:
    named, last = _NOT_ADDED.search(error), last_line(error)
    return named[1] if named and last == "adding files failed" else last
