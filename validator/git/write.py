"""Writing Git objects: files, trees and commits, on no branch; only `commit_all` moves the caller's branch."""

import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from validator.git.program import last_line
from validator.git.refs import Refs
from validator.model.errors import FatalError

_WHO = "git config --global user.name 'YOUR NAME' && git config --global user.email YOU@EXAMPLE"


class Write(Refs):
    """Writing into a repository."""

    def write_blob(self, content: bytes) -> str:
        """Store a file's content; its object id."""
        return self.read("hash-object", "-w", "--stdin", stdin=content, environment=self.real).decode().strip()

    def blob_id(self, content: bytes) -> str:
        """The object id that a file's content would have; nothing is stored."""
        return self.read("hash-object", "--stdin", stdin=content).decode().strip()

    def keep_beside(self, trees: Mapping[str, bytes]) -> None:
        """Store the contents of trees, by object id, beside the repository, for as long as this lives.

        One that is there stays: Git lets nobody write to an object again, not even its owner.
        """
        for oid, content in trees.items():
            file = self._beside / "objects" / oid[:2] / oid[2:]
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(zlib.compress(b"tree %d\0%b" % (len(content), content), 0))

    def tree_with(self, base: str, path: str, blob: str | None) -> str:
        """The tree of base with one regular file put in (`blob` None: taken out), made without the caller's index."""
        entry = f"{'100644' if blob else '0'} {blob or '0' * len(base)}\t{path}\n"
        with tempfile.TemporaryDirectory() as folder:
            index = self.real | {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self.read("read-tree", base, environment=index)
            self.read("update-index", "--index-info", stdin=entry.encode(), environment=index)
            return self.read("write-tree", environment=index).decode().strip()

    def write_tree(self, files: Mapping[str, bytes]) -> str:
        """A tree of regular files by path, made without the caller's index; its object id."""
        with tempfile.TemporaryDirectory() as folder:
            index = self.real | {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            contents = [Path(folder, f"{at}") for at in range(len(files))]
            for path, content in zip(contents, files.values(), strict=True):
                path.write_bytes(content)
            names = b"".join(bytes(path) + b"\n" for path in contents)
            command = ("hash-object", "-w", "--no-filters", "--stdin-paths")
            oids = self.read(*command, stdin=names, environment=self.real).decode().split()
            rows = "".join(f"100644 {oid}\t{path}\n" for oid, path in zip(oids, files, strict=True))
            self.read("update-index", "--index-info", stdin=rows.encode(), environment=index)
            return self.read("write-tree", environment=index).decode().strip()

    def commit_as_user(
        self, tree: str, parents: Sequence[str], message: str, *, key: str | None = None, time: int | None = None
    ) -> str:
        """A commit in the caller's name; with `key`, signed by that SSH key. Raises FatalError without an identity.

        `time` is the committer's, in seconds since 1970; None: that of the clock.
        """
        words = [word for parent in parents for word in ("-p", parent)]
        settings = ("gpg.format=ssh", f"user.signingkey={key}") if key else ()
        signing = "-S" if key else "--no-gpg-sign"
        text = message.encode("utf-8", "backslashreplace")
        variables = {} if time is None else {"GIT_COMMITTER_DATE": f"@{time} +0000"}
        status, out, error = self.as_user(
            "commit-tree", signing, *words, "-F", "-", tree, stdin=text, settings=settings, variables=variables
        )
        if status:
            self.require_identity()
            raise FatalError(f"git commit-tree: {' '.join(error.split())[-300:]}")
        return out.strip()

    def require_identity(self) -> None:
        """Raise FatalError where Git refuses each commit, since it does not know who makes it."""
        if any(self.as_user("var", f"GIT_{role}_IDENT")[0] for role in ("AUTHOR", "COMMITTER")):
            raise FatalError(f"Git does not know who you are; fill in: {_WHO}")

    def commit_all(self, message: str, paths: Sequence[str]) -> str:
        """Commit these paths of the working tree in the caller's name; the new commit's id."""
        self.require_trust()
        for command in (["add", "--", *paths], ["commit", "--quiet", "--no-verify", "-m", message, "--", *paths]):
            status, _, error = self.as_user(*command)
            if status:
                raise FatalError(f"git {command[0]}: {last_line(error)}")
        return self.commit("HEAD")
