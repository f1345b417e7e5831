"""The names of commits: branches, tags and whatever a caller writes for a revision."""

import itertools
import re
import shlex
from pathlib import Path

from validator.git import locks, program
from validator.git.objects import OID, light
from validator.git.process import Process
from validator.git.trees import text
from validator.model.errors import FatalError
from validator.model.layout import HEADS

# What the guard of a plain server answers where a ref is another than a push says (hosts/plain/push).
STALE = "lost race: the server's ref has moved; fetch, and try again"
# What Git takes for a name is its own business: it is asked on standard input, where nothing is an option. Kept from it
# are a second line, a search through all messages, and a path within a commit.
REVISION = re.compile(r"(?!.*\^\{/)[^\x00-\x1f\x7f:]+")
_HERE = re.compile(
    r"(?:HEAD|@)(?:[~^@].*)?|.*@\{(?:-|u|upstream|push).*", re.IGNORECASE
)  # what no ref begins, or can be


class Refs(Process):
    """The refs of a repository; a revision's name is checked before Git sees it."""

    def resolve(self, *revisions: str) -> list[str | None]:
        """The full commit id of each revision, None where there is no such commit. A branch is preferred to a tag."""
        readings = [(name, reading) for name in revisions for reading in _readings(name)]
        answers = self.names.facts(f"{reading}^{{commit}}" for _, reading in readings)
        found = dict[str, str]()
        for (name, _), facts in zip(readings, answers, strict=True):
            if facts:
                found.setdefault(name, light(facts.oid, facts.size))
        return [found.get(name) for name in revisions]

    def commit(self, revision: str) -> str:
        """The full id of the commit that a revision names; raises FatalError where there is none."""
        (oid,) = self.resolve(revision)
        if oid is None:
            raise FatalError(f"{revision!r} names no commit here; see: git branch --all")
        return oid

    def refs(self, *prefixes: str) -> list[tuple[str, str]]:
        """The refs below prefixes that end in a slash, with the object each names, by name.

        Git takes any bytes for a name, and any character but the ASCII ones that it forbids.
        """
        asked = ("for-each-ref", "--format=%(refname) %(objectname)", *(prefix.rstrip("/") for prefix in prefixes))
        out = text(self.read(*asked, environment=self.real))
        rows = (line.rsplit(" ", 1) for line in out.split("\n")[:-1])
        return [(name, oid) for name, oid in rows if name.startswith(prefixes)]

    def tip(self, ref: str) -> str | None:
        """What a ref names, whatever that is, and however large: it is not looked at."""
        return dict(self.refs(ref)).get(ref)

    def merged(self, prefix: str, line: str) -> frozenset[str]:
        """What the refs below a prefix name, as far as it is in the history of a commit, by whichever parent."""
        asked = ("for-each-ref", f"--merged={line}", "--format=%(objectname)", prefix.rstrip("/"))
        return frozenset(self.read(*asked, environment=self.real).decode().split())

    def is_alias(self, ref: str) -> bool:
        """Whether a ref that is not listed is another name for one that is not there: what creates it creates that one.

        Asked of the file where refs are files, as Git reads them: a push is judged without another process.
        """
        if (self.folder / "reftable").exists():
            return self.run("symbolic-ref", "--quiet", ref)[0] == 0
        path = self.folder / ref
        return path.is_symlink() or (path.is_file() and path.read_bytes()[:4] == b"ref:")

    def named(self) -> dict[str, str]:
        """Every ref of this repository and what it names; "" for one that is another name for a ref (gitglossary(7)).

        What a push would move by such a name is another ref than it says.
        """
        form = "--format=%(refname) %(if)%(symref)%(then)%(else)%(objectname)%(end)"
        out = text(self.read("for-each-ref", form, environment=self.real))
        return dict(line.rsplit(" ", 1) for line in out.split("\n")[:-1])

    def parents_below(self, prefix: str) -> dict[str, tuple[str, ...]]:
        """The refs below a prefix that ends in a slash, with the parents of the commit that each names."""
        asked = ("for-each-ref", "--format=%(refname) | %(parent)", prefix.rstrip("/"))
        rows = (line.rpartition(" | ") for line in text(self.read(*asked, environment=self.real)).split("\n")[:-1])
        return {name: tuple(parents.split()) for name, _, parents in rows}

    def branch(self) -> str | None:
        """The branch that HEAD is on, as a full ref, whether it has a commit or not; None where it is on none."""
        status, out, _ = self.run("symbolic-ref", "--quiet", "HEAD", environment=self.real)
        return text(out).rstrip("\n") if status == 0 else None

    def checked_out_in(self, ref: str) -> Path | None:
        """The working tree of this repository that a branch, as a full ref, is checked out in."""
        out = self.read("for-each-ref", "--format=%(worktreepath)", ref, environment=self.real)
        return program.place(out) if out.strip() else None

    def require_not_checked_out(self, ref: str) -> None:
        """Raise FatalError, with the command that helps, for a branch that a working tree stands on."""
        branch = ref.removeprefix(HEADS)
        if rebasing := self._rebasing(ref):
            where = shlex.quote(str(rebasing))
            raise FatalError(f"{branch} is being rebased; finish that, or run: git -C {where} rebase --abort")
        place = self.checked_out_in(ref)
        if place is None:
            return
        folder = shlex.quote(str(place))
        if not place.is_dir():
            raise FatalError(f"{branch} is checked out in {folder}, which is gone; {self._found_again(ref, folder)}")
        if self.top and place.resolve() == self.top.resolve():
            raise FatalError(f"{branch} is checked out here; run: git switch --detach")
        raise FatalError(f"{branch} is checked out in {folder}; run: git -C {folder} switch --detach")

    def _found_again(self, ref: str, folder: str) -> str:
        """What to do about a working tree that is not where it was; to prune one that was moved would cut it off."""
        if self.real["GIT_DIR"] != str(self.folder) and self.branch() == ref:
            return "if that is this one, and it was moved, run: git worktree repair"
        rows = self.read("worktree", "list", "--porcelain", environment=self.real).decode("utf-8", "replace")
        locked = any("\nlocked" in row for row in rows.split("\n\n") if f"\nbranch {ref}\n" in f"{row}\n")
        unlock = f"git worktree unlock {folder} && " if locked else ""
        return f"if it was moved, fill in: git worktree repair NEW_PLACE; else run: {unlock}git worktree prune"

    def _rebasing(self, ref: str) -> Path | None:
        """The working tree in which a branch is being rebased: its HEAD is on no branch, and in the end it moves it."""
        folders = [self.folder, *(self.folder / "worktrees").glob("*")]
        for folder, kind in itertools.product(folders, ("rebase-merge", "rebase-apply")):
            name = folder / kind / "head-name"
            if name.is_file() and name.read_bytes() == f"{ref}\n".encode("utf-8", "surrogateescape"):
                return self._tree_of(folder)
        return None

    def _tree_of(self, git_dir: Path) -> Path:
        """The working tree of a Git folder of this repository (gitrepository-layout(5), worktrees/<id>/gitdir)."""
        if str(git_dir) == self.real["GIT_DIR"] and self.top:
            return self.top
        if git_dir == self.folder:
            return git_dir.parent
        return program.place((git_dir / "gitdir").read_bytes()).parent

    def move(self, ref: str, new: str, old: str | None) -> str | None:
        """Move a ref from `old` (None: it must not exist) to `new`; where that fails, what Git says.

        Waits for a lock that a killed Git has left behind, and removes it when it is stale.
        """
        command = ("update-ref", "--no-deref", ref, new, old or "0" * len(new))
        status, _, error = self.run(*command, environment=self.real)
        if status and locks.wait_for_locks(error, self.folder):
            status, _, error = self.run(*command, environment=self.real)
        return error.strip() or "failed without an error message" if status else None


def _readings(name: str) -> list[str]:
    """What a name may mean, in order of preference. Git itself would prefer a tag `main` to the branch."""
    if not REVISION.fullmatch(name):
        return []
    if name.startswith("refs/") or _HERE.fullmatch(name):
        return [name]
    readings = [f"refs/heads/{name}", f"refs/remotes/{name}"]
    return [name, *readings] if OID.fullmatch(name) else [*readings, name]
