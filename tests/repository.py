"""Real Git repositories in temporary folders: the same commits on every machine, whatever the user has configured."""

import os
import subprocess
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLEET = ROOT / "validator/cli/demo/fleet"
CHARTER = "registry/charter.yaml"
NINE = 1795165200  # 2026-11-20T09:00:00Z
OWNER = "OWNER <owner@example.invalid>"

# Content of a regular file; (mode, content) of anything else; None deletes.
Content = str | bytes | tuple[str, str | bytes] | None
Changes = Mapping[str | bytes, Content]


def environment(**more: str) -> dict[str, str]:
    """This process's environment, without what Git, a terminal or a build would have to say in it."""
    said = (
        "GIT_",
        "COLUMNS",
        "LINES",
        "NO_COLOR",
        "GITEA_",
        "GITHUB_",
        "GH_",
        "CI",
        "PYTHON",
        "PYTEST_",
        "MAKE",
        "MFLAGS",
        "ARGS",
        "JOBS",
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(said)}
    return {**clean, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8", **more}


def turn() -> int:
    """The start of this project's commit id, as a number: what is run in turn is chosen by it."""
    command = ["git", "rev-parse", "--short=7", "HEAD"]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout, 16)


class Repository:
    """A repository with `main` as its only name for the first branch. Every commit is a minute after the last."""

    def __init__(self, path: Path, *, bare: bool = True, object_format: str = "sha1") -> None:
        self.path, self.minutes = path, 0
        kind = ["--bare"] if bare else []
        words = ["init", "--quiet", "--initial-branch=main", f"--object-format={object_format}", *kind, str(path)]
        subprocess.run(["git", *words], check=True, env=environment(), capture_output=True)

    def git(self, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None) -> str:
        """What Git prints; raises CalledProcessError where it fails."""
        return self.raw(*words, stdin=stdin, variables=variables).decode().strip()

    def raw(self, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None) -> bytes:
        run = subprocess.run(
            ["git", "-C", str(self.path), *words],
            input=stdin,
            check=True,
            env=environment(**variables or {}),
            capture_output=True,
        )
        return run.stdout

    def commit(
        self,
        branch: str,
        changes: Changes,
        *parents: str,
        orphan: bool = False,
        time: int | None = None,
        message: str = "",
    ) -> str:
        """A commit on a branch, its changes laid over the first parent: the branch itself where none is named."""
        self.minutes += 1
        ref = f"refs/heads/{branch}"
        first = [] if orphan else list(parents[:1]) or self.tip(ref)
        lines = [f"reset {ref}\n"] if orphan or parents else []
        when = NINE + 60 * self.minutes if time is None else time
        lines += [f"commit {ref}\nmark :1\ncommitter {OWNER} {when} +0000\ndata {len(message.encode())}\n{message}\n"]
        lines += [f"from {parent}\n" for parent in first] + [f"merge {parent}\n" for parent in parents[1:]]
        stream = "".join(lines).encode() + b"".join(_row(path, content) for path, content in changes.items())
        return self.git(
            "fast-import", "--quiet", "--force", "--date-format=raw-permissive", stdin=stream + b"\nget-mark :1\n"
        )

    def sign(self, branch: str, name: str) -> str:
        """Put the commit that a branch is at again, signed by somebody's key (tests/keys.py)."""
        from tests.keys import signature

        body = self.raw("cat-file", "commit", branch)
        head, _, message = body.partition(b"\n\n")
        armour = signature(name, body).rstrip("\n").replace("\n", "\n ")
        signed = head + f"\ngpgsig {armour}\n\n".encode() + message
        commit = self.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed)
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def merge(self, branch: str, into: str = "main", message: str = "merge") -> str:
        """Merge a branch as a human does on a forge: a merge commit, whatever could be had without."""
        tree = self.git("merge-tree", "--write-tree", into, branch)
        return self.commit_tree(tree, into, branch, branch=into, message=message)

    def commit_tree(self, tree: str, *parents: str, branch: str, message: str = "merge") -> str:
        """A commit of a whole tree on a branch."""
        self.minutes += 1
        when = {f"GIT_{who}_DATE": f"{NINE + 60 * self.minutes} +0000" for who in ("AUTHOR", "COMMITTER")}
        who = {f"GIT_{who}_{what}": "OWNER" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        words = [word for parent in parents for word in ("-p", parent)]
        commit = self.git("commit-tree", *words, "-m", message, tree, variables=when | who)
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def tip(self, ref: str) -> list[str]:
        """The commit of a ref, in a list; an empty one where there is none."""
        return self.git("for-each-ref", "--format=%(objectname)", ref).split()


def tracked(*below: Path, root: Path = ROOT) -> list[Path]:
    """The project's own files in these folders (or all of them), sorted: those that Git tracks and that are there.

    Compiled files, editors' copies and leftovers of other runs lie in a working copy too, and are not the project.
    """
    paths, names = _tracked(root)  # every worker asks thousands of times: no paths are compared
    if not below:
        return list(paths)
    found = set[int]()
    for folder in map(str, below):
        found.update(range(*(bisect_left(names, f"{folder}{mark}") for mark in (os.sep, chr(ord(os.sep) + 1)))))
        at = bisect_left(names, folder)
        found.update([at] if names[at : at + 1] == (folder,) else [])
    return [paths[at] for at in sorted(found)]


def untracked() -> list[str]:
    """The files of the working copy that Git neither tracks nor ignores, relative to its top."""
    return _listed(ROOT, "--others", "--exclude-standard")


@cache
def _tracked(root: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The paths, and what they are called, in the order of their names."""
    names = sorted(str(path) for name in _listed(root) if (path := root / name).is_file())
    return tuple(map(Path, names)), tuple(names)


def _listed(root: Path, *options: str) -> list[str]:
    # From the top of the repository: mutmut runs the tests in a copy below it, which Git does not track.
    # To list names is safe in a checkout of another user: nothing that its settings could name is run.
    words = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "ls-files", "-z", "--full-name", *options, ":/"]
    done = subprocess.run(["git", *words], cwd=root, env=environment(), check=True, capture_output=True)
    return sorted(map(os.fsdecode, filter(None, done.stdout.split(b"\0"))))


def fleet() -> dict[int, str]:
    """The twelve claims of the first fleet by number."""
    return {int(path.stem): path.read_text("utf-8") for path in tracked(FLEET)}


def claim_path(number: int) -> str:
    return f"registry/sessions/{number:02}.yaml"


def charter() -> str:
    """The charter of the first fleet."""
    return (ROOT / CHARTER).read_text("utf-8")


def with_charter(path: Path, numbers: Sequence[int] = (), *, bare: bool = True) -> Repository:
    """A registry of the first fleet, on `main`, where these numbers have been merged one after another."""
    repository = Repository(path, bare=bare)
    repository.commit("main", {CHARTER: charter()})
    claims = fleet()
    for number in numbers:
        repository.commit(f"claim/{number:02}", {claim_path(number): claims[number]}, "refs/heads/main^0")
        repository.merge(f"claim/{number:02}")
        repository.git("update-ref", "-d", f"refs/heads/claim/{number:02}")
    return repository


def _row(path: str | bytes, content: Content) -> bytes:
    name = _quoted(path.encode() if isinstance(path, str) else path)
    if content is None:
        return b"D " + name + b"\n"
    mode, text = content if isinstance(content, tuple) else ("100644", content)
    data = text.encode() if isinstance(text, str) else text
    if mode in ("160000", "040000"):  # a submodule, or a folder, by object id
        return b"M %s %s %s\n" % (mode.encode(), data, name)
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), name, len(data), data)


def _quoted(path: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03o" % byte if byte < 0x20 or byte in b'"\\' else bytes([byte]) for byte in path) + b'"'
