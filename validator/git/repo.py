"""All Git access. Reads objects, writes at most loose objects, never checks out, never runs anything of a change.

Git is called without a shell, without user or system configuration, hooks, file monitor, replace refs, grafts or
attributes of a working tree; every object id comes from Git and every revision name is checked before it gets there.
The repository itself is asked for names only. Objects are read and merged in an empty repository beside it, where no
configuration, index or attribute of anybody's making has a say.
"""

import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from validator.git import locks
from validator.model.errors import FatalError, ShallowError
from validator.model.layout import PROPOSAL_REF

TWICE = "twice"  # the mode of an entry that its folder lists more than once
# The tree without entries, in either kind of object id.
EMPTY = {
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
MAX_COMMIT = 1024 * 1024  # bytes, message and all
USAGE = 129  # how Git exits when it does not know an option
MAX_LISTING = 8 * 1024 * 1024  # bytes: about 100,000 files
OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Enough for every way to name a commit, and nothing that could be an option, a second line or a search pattern.
REVISION = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_./@{}^~+#=-]*")

# `git -c` settings that a repository's own configuration cannot undo.
_SETTINGS = (
    *("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false", "core.attributesFile=/dev/null"),
    *("log.showSignature=false", "merge.renames=false", "merge.directoryRenames=false", "submodule.recurse=false"),
    "advice.graftFileDeprecated=false",
)
# How Git ends when ssh-keygen turns a malformed signature down before it has read what is signed.
_BROKEN_PIPE = (-13, 141)
_ENVIRONMENT = {
    **{
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_COUNT": "0",
        "GIT_CONFIG_PARAMETERS": "",
    },
    **{"GIT_ATTR_NOSYSTEM": "1"},
    **{"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null", "GIT_NO_LAZY_FETCH": "1"},
    **{"GIT_LITERAL_PATHSPECS": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
}


class Entry(NamedTuple):
    """One file of a tree. `size` is in bytes; None for a submodule, and where only the change is known."""

    mode: str
    oid: str
    size: int | None = None


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


class Repo:
    """The repository that contains a folder. Raises FatalError where there is none, or only a shallow clone of one."""

    def __init__(self, folder: Path) -> None:
        try:
            import git  # here, so that whoever needs but the types of this module does not pay for it
        except ImportError as error:  # GitPython asks for the program when it is imported
            raise FatalError("the git program is not on the PATH; install Git 2.38 or newer") from error
        try:
            with git.Repo(folder, search_parent_directories=True, expand_vars=False) as found:
                git_dir, common, top = found.git_dir, found.common_dir, found.working_tree_dir
        except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
            raise FatalError(f"{folder} is not inside a Git repository") from error
        if Path(common, "shallow").exists():
            raise ShallowError("a shallow clone does not hold who was first; run: git fetch --unshallow")
        self.top = Path(top) if top else None
        self._real = {"GIT_DIR": str(Path(git_dir).resolve())}
        try:
            beside = _beside(Path(common).resolve())
        except OSError as error:
            raise FatalError(f"there is no place for temporary files: {error.strerror}") from error
        weakref.finalize(self, shutil.rmtree, beside, ignore_errors=True)
        self._git = git.Git(beside)
        self._git.update_environment(**_ENVIRONMENT, GIT_DIR=str(beside))
        self.folder = Path(common)
        self._as_user = git.Git(git_dir)
        self._as_user.update_environment(GIT_TERMINAL_PROMPT="0", LC_ALL="C", **self._real)

    @classmethod
    def found_or_made(cls, folder: Path) -> "Repo":
        """The repository around a folder, or a new one in it whose first branch is main."""
        import git

        try:
            whole = folder.resolve()
        except RuntimeError as error:  # a link that leads to itself (Python before 3.13)
            raise FatalError(f"{folder} leads nowhere") from error
        try:
            return cls(next(path for path in (whole, *whole.parents) if path.is_dir()))
        except FatalError:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                git.Git(folder).execute(
                    ["git", "init", "--quiet", "--initial-branch=main", "--", str(folder.resolve())]
                )
            except (OSError, git.GitCommandError) as error:
                raise FatalError(f"no repository can be made in {folder}: {_last_line(str(error))}") from error
            return cls(folder)

    def commit_all(self, message: str, paths: Sequence[str]) -> str:
        """Commit these paths of the working tree in the caller's name; the new commit's id."""
        top = str(self.top)
        for command in (["add", "--", *paths], ["commit", "--quiet", "--no-verify", "-m", message, "--", *paths]):
            status, _, error = self.as_user("-C", top, f"--work-tree={top}", *command)
            if status:
                raise FatalError(f"git {command[0]}: {_last_line(error)}")
        return self.commit("HEAD")

    def resolve(self, *revisions: str) -> list[str | None]:
        """The full commit id of each revision, None where there is no such commit. A branch goes before a tag."""
        readings = [(name, reading) for name in revisions for reading in _readings(name)]
        asked = "".join(f"{reading}^{{commit}}\n" for _, reading in readings)
        form = "--batch-check=%(objectname) %(objectsize)"
        answers = self._read("cat-file", form, stdin=asked.encode(), environment=self._real).decode().splitlines()
        found = dict[str, str]()
        for (name, _), answer in zip(readings, answers, strict=True):
            oid, _, size = answer.partition(" ")
            if OID.fullmatch(oid) and size.isdecimal():
                found.setdefault(name, _light(oid, int(size)))
        return [found.get(name) for name in revisions]

    def commit(self, revision: str) -> str:
        """The full id of the commit that a revision names; raises FatalError where there is none."""
        (oid,) = self.resolve(revision)
        if oid is None:
            raise FatalError(f"{revision!r} names no commit here; see: git branch --all")
        return oid

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits, None for unrelated histories."""
        status, out, error = self._run("merge-base", one, other)
        if status not in (0, 1):
            raise FatalError(f"git merge-base: {_last_line(error)}")
        return out.decode().strip() or None

    def merge(self, base: str, head: str, *, kept: bool = False) -> Merge:
        """Merge head into base in memory; raises FatalError where Git is older than 2.38.

        The merged tree is gone with this Repo, unless it is to be `kept` in the repository itself.
        """
        command = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", base, head)
        status, out, error = self._run(*command, environment=self._real if kept else None)
        tree, *conflicts = out.decode("utf-8", "surrogateescape").split("\0")
        if status == USAGE:
            raise FatalError("this Git cannot merge in memory; install Git 2.38 or newer")
        if status not in (0, 1) or not OID.fullmatch(tree):
            raise FatalError(f"git merge-tree: {_last_line(error)}")
        return Merge(tree, tuple(sorted({path for path in conflicts if path})) if status else ())

    def tree(self, treeish: str) -> dict[str, Entry]:
        """Every file of a tree by path; links, submodules and empty folders too, which Git itself never writes.

        Undecodable bytes are kept by surrogate escape.
        """
        files = dict[str, Entry]()
        for row in self._list("ls-tree", "-r", "-t", "-l", "-z", "--full-tree", treeish).split(b"\0")[:-1]:
            facts, path = row.split(b"\t", 1)
            mode, kind, oid, size = facts.decode().split()
            if kind == "tree" and oid not in EMPTY:
                continue
            if size == "BAD":
                raise FatalError(f"object {oid} is missing from the repository; run: git fsck")
            name = _text(path)
            # A tree made by hand can list a name twice; whichever entry counted, somebody would read the other.
            twice = name in files
            files[name] = Entry(TWICE if twice else mode, oid, int(size) if size != "-" else None)
        return files

    def changes(self, old: str, new: str) -> dict[str, tuple[Entry | None, Entry | None]]:
        """The files that differ between two trees, as (old, new); None where a tree has no such file."""
        out = self._list("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new)
        return {path: (before, after) for path, before, after in _raw_rows(out)}

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """The size in bytes of each object that is there, by object id."""
        asked = "".join(f"{oid}\n" for oid in sorted(set(oids)))
        out = self._read("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=asked.encode()).decode()
        rows = (line.split() for line in out.splitlines())
        return {oid: int(size) for oid, size in rows if size.isdecimal()}

    def files(self, places: Iterable[tuple[str, str]], limit: int) -> dict[tuple[str, str], bytes]:
        """The content of each file, by commit and path, that is there and has at most `limit` bytes."""
        wanted = sorted(set(places))
        asked = "".join(f"{commit}:{path}\n" for commit, path in wanted).encode()
        out = self._read("cat-file", "--batch-check=%(objecttype) %(objectsize) %(objectname)", stdin=asked).decode()
        rows = [(place, line.split(" ")) for place, line in zip(wanted, out.splitlines(), strict=True)]
        found = {place: row[2] for place, row in rows if row[0] == "blob" and int(row[1]) <= limit}
        contents = self.blobs(found.values())
        return {place: contents[oid] for place, oid in found.items()}

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """The content of blobs (or commits) by object id, read in one batch; raises FatalError for a missing one."""
        wanted = sorted(set(oids))
        if not wanted:
            return {}
        out = self._read("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in wanted).encode())
        contents, offset = dict[str, bytes](), 0
        for oid in wanted:
            header_end = out.index(b"\n", offset)
            name, *facts = out[offset:header_end].decode().split()
            if name != oid or len(facts) != 2:
                raise FatalError(f"object {oid} is missing from the repository; run: git fsck")
            offset = header_end + 1 + int(facts[1])
            contents[oid] = out[header_end + 1 : offset]
            offset += 1
        return contents

    def steps(self, commit: str, paths: Sequence[str]) -> tuple[Step, ...]:
        """How files came to be what they are on the first-parent line that ends in `commit`, oldest step first.

        A merge counts as one step against its first parent: what the merged branch went through is its own business.
        Within a commit the steps are in the order of paths.
        """
        line = self._read("rev-list", "--first-parent", "--parents", "--reverse", commit).splitlines()
        # `git log` with a path compares every two trees twice: once to find the commit, once to show it.
        pairs = b"".join(b" ".join(row.split()[:2]) + b"\n" for row in line)
        options = ("--root", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--format=%H %ct")
        out = self._read("diff-tree", "--stdin", *options, "--", *paths, stdin=pairs)
        steps = list[Step]()
        for part in re.split(rb"(?:^|\0)(?=[0-9a-f]{40,64} [0-9]*(?:\0|$))", out):
            header, _, rows = part.partition(b"\0")
            if header.strip():
                oid, _, time = header.decode().partition(" ")
                rows = rows.lstrip(b"\n")
                steps += [Step(oid, _seconds(time), path, old, new) for path, old, new in _raw_rows(rows)]
        return tuple(steps)

    def line(self, base: str, head: str) -> list[tuple[str, str]] | None:
        """The first-parent commits after base up to head as (parent, commit), oldest first.

        None where base does not stand on head's first-parent line.
        """
        out = self._read("rev-list", "--first-parent", "--parents", head, f"^{base}").decode().splitlines()
        rows = [row.split() for row in reversed(out)]
        if not rows:
            return [] if base == head else None
        for commit, size in self.sizes(commit for commit, *_ in rows).items():
            _light(commit, size)
        pairs = [(parents[0] if parents else "", commit) for commit, *parents in rows]
        return pairs if pairs[0][0] == base else None

    def ahead(self, base: str, head: str) -> set[str]:
        """Every commit of head's history that base's has not, by whichever parent."""
        return set(self._read("rev-list", head, f"^{base}").decode().split())

    def whole_line(self, head: str) -> list[tuple[str, str]]:
        """All first-parent commits up to head as (parent, commit), oldest first; the first has "" for a parent."""
        out = self._read("rev-list", "--first-parent", "--parents", head).decode().splitlines()
        rows = [row.split() for row in reversed(out)]
        return [(parents[0] if parents else "", commit) for commit, *parents in rows]

    @staticmethod
    def read_commit(content: bytes) -> tuple[str, int]:
        """The tree of a commit object and its committer's time in seconds since 1970; anyone can set that time."""
        header = content.split(b"\n\n", 1)[0]
        found = re.search(rb"^committer .*> (-?[0-9]+) [+-][0-9]+$", header, re.MULTILINE)
        return header.split(b"\n", 1)[0].removeprefix(b"tree ").decode(), _seconds(found[1]) if found else 0

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents of a commit, the first first."""
        header = self.blobs([commit])[commit].split(b"\n\n", 1)[0].decode("utf-8", "replace")
        rows = header.splitlines() if header.startswith("tree ") else []  # a tag could carry such lines as well
        return tuple(line.removeprefix("parent ") for line in rows if line.startswith("parent "))

    def signer(self, commit: str, keys: Iterable[tuple[str, str]]) -> str | None:
        """Whose SSH signature a commit carries, out of (name, public key) pairs; None where it is none of theirs.

        Only SSH signatures count (git-config(1), `gpg.ssh.allowedSignersFile`): a signature of another kind would be
        held against the keyring of whoever runs this.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".signers") as file:
            file.writelines(f'{name} namespaces="git" {" ".join(key.split()[:2])}\n' for name, key in keys)
            file.flush()
            programs = ("gpg.program=false", "gpg.openpgp.program=false", "gpg.x509.program=false")
            settings = (*programs, "gpg.ssh.program=ssh-keygen", f"gpg.ssh.allowedSignersFile={file.name}")
            status, out, error = self._run("log", "--no-walk", "--format=%G? %GS", commit, settings=settings)
        if status and status not in _BROKEN_PIPE:
            raise FatalError(f"git log: {_last_line(error)}")
        verdict, _, name = out.decode(errors="replace").rstrip("\n").partition(" ")
        return name if verdict == "G" else None

    def commit_as_user(self, tree: str, parents: Sequence[str], message: str, *, key: str | None = None) -> str:
        """A commit in the caller's name; with `key`, signed by that SSH key. Raises FatalError without an identity."""
        words = [word for parent in parents for word in ("-p", parent)]
        settings = ("gpg.format=ssh", f"user.signingkey={key}") if key else ()
        signing = "-S" if key else "--no-gpg-sign"
        text = message.encode("utf-8", "backslashreplace")
        status, out, error = self.as_user(
            "commit-tree", signing, *words, "-F", "-", tree, stdin=text, settings=settings
        )
        if status:
            raise FatalError(f"git commit-tree: {' '.join(error.split())[-300:]}")
        return out.strip()

    def configured(self, name: str) -> str | None:
        """A setting of the caller's Git configuration, None where there is none."""
        status, out, _ = self.as_user("config", "--get", name)
        return out.strip() or None if status == 0 else None

    def setting(self, name: str) -> str | None:
        """A setting of this repository's own configuration, whoever calls."""
        status, out, _ = self._run("config", "--local", "--get", name, environment=self._real)
        return out.decode().strip() if status == 0 else None

    def configure(self, name: str, value: str) -> None:
        """Change this repository's own configuration."""
        self._read("config", "--local", name, value, environment=self._real)

    def refs(self, prefix: str) -> list[tuple[str, str]]:
        """The refs below a prefix that ends in a slash, with the object each names, by name.

        Git takes any bytes for a name, and any character but the ASCII ones that it forbids.
        """
        asked = ("for-each-ref", "--format=%(refname) %(objectname)", prefix.rstrip("/"))
        out = _text(self._read(*asked, environment=self._real))
        rows = (line.rsplit(" ", 1) for line in out.split("\n")[:-1])
        return [(name, oid) for name, oid in rows if name.startswith(prefix)]

    def move(self, ref: str, new: str, old: str | None) -> str | None:
        """Move a ref from `old` (None: it must not exist) to `new`; where that fails, what Git says.

        A lock that a killed Git has left in the way is waited for, and cleared when it is stale.
        """
        command = ("update-ref", "--no-deref", ref, new, old or "0" * len(new))
        status, _, error = self._run(*command, environment=self._real)
        if status and locks.outlived(error, self.folder):
            status, _, error = self._run(*command, environment=self._real)
        return error.strip() or "failed without a word" if status else None

    def is_checked_out(self, ref: str) -> bool:
        """Whether a branch, as a full ref, is checked out in a working tree of this repository."""
        return bool(self._read("for-each-ref", "--format=%(worktreepath)", ref, environment=self._real).strip())

    def proposed_numbers(self) -> frozenset[int]:
        """The numbers that have a `claim/NN` branch, here or as last fetched from a remote."""
        asked = ("for-each-ref", "--format=%(refname)", "refs/heads/claim", "refs/remotes")
        out = _text(self._read(*asked, environment=self._real))
        return frozenset(int(found[1]) for name in out.split("\n") if (found := PROPOSAL_REF.fullmatch(name)))

    def working_tree_commit(self) -> str:
        """A commit, on no branch, of the files on disk as `git add --all` would take them, on top of HEAD."""
        if self.top is None:
            raise FatalError("a bare repository has no working tree to judge")
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index")), "GIT_WORK_TREE": str(self.top)}
            index |= self._real | self._without_filters()
            self._read("read-tree", "HEAD", environment=index)
            self._read("add", "--all", "--", str(self.top), environment=index)
            tree = self._read("write-tree", environment=index).decode().strip()
        who = {f"GIT_{who}_{what}": "validator" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        words = ("commit-tree", "-p", "HEAD", "-m", "files on disk", tree)
        return self._read(*words, environment=who | self._real).decode().strip()

    def _without_filters(self) -> dict[str, str]:
        """Settings that leave no program to run where an attribute on disk names a filter (gitattributes(5))."""
        asked = ("config", "--name-only", "-z", "--get-regexp", r"^filter\.")
        names = self._run(*asked, environment=self._real)[1].decode("utf-8", "surrogateescape").split("\0")[:-1]
        keys = {f"GIT_CONFIG_KEY_{at}": name for at, name in enumerate(names)}
        values = {f"GIT_CONFIG_VALUE_{at}": "" for at in range(len(names))}
        return keys | values | {"GIT_CONFIG_COUNT": str(len(names))}

    def _list(self, *command: str) -> bytes:
        """What Git lists; raises FatalError where it does not end: a tree can hold itself ten times, ten deep."""
        child = self._git.execute(["git", *_options(), *command], as_process=True, shell=False)
        process: Any = child.proc  # `child` ends the process when nothing refers to it any more
        out: bytes = process.stdout.read(MAX_LISTING + 1)
        if len(out) > MAX_LISTING:
            process.kill()
        _, error = process.communicate()
        if len(out) > MAX_LISTING:
            raise FatalError(f"git {command[0]}: over {MAX_LISTING // 2**20} MiB of file names are too much to judge")
        if process.returncode:
            raise FatalError(f"git {command[0]}: {_last_line(error.decode(errors='replace'))}")
        return out

    def tree_of(self, commit: str) -> str:
        """The tree of a commit."""
        return self.read_commit(self.blobs([commit])[commit])[0]

    def difference(self, old: str, new: str) -> str:
        """What differs between two trees, as a unified diff without colour, filters or text conversion."""
        options = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "-p", "-r")
        return self._read("diff-tree", *options, old, new).decode("utf-8", "surrogateescape")

    def write_blob(self, content: bytes) -> str:
        """Store a file's content; its object id."""
        return self._read("hash-object", "-w", "--stdin", stdin=content, environment=self._real).decode().strip()

    def tree_with(self, base: str, path: str, blob: str | None) -> str:
        """The tree of base with one regular file put in (`blob` None: taken out), made without the caller's index."""
        entry = f"{'100644' if blob else '0'} {blob or '0' * len(base)}\t{path}\n"
        with tempfile.TemporaryDirectory() as folder:
            index = self._real | {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._read("read-tree", base, environment=index)
            self._read("update-index", "--index-info", stdin=entry.encode(), environment=index)
            return self._read("write-tree", environment=index).decode().strip()

    def write_tree(self, files: Mapping[str, bytes]) -> str:
        """A tree of regular files by path, made without the caller's index; its object id."""
        with tempfile.TemporaryDirectory() as folder:
            index = self._real | {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            contents = [Path(folder, f"{at}") for at in range(len(files))]
            for path, content in zip(contents, files.values(), strict=True):
                path.write_bytes(content)
            names = "".join(f"{path}\n" for path in contents).encode()
            command = ("hash-object", "-w", "--no-filters", "--stdin-paths")
            oids = self._read(*command, stdin=names, environment=self._real).decode().split()
            rows = "".join(f"100644 {oid}\t{path}\n" for oid, path in zip(oids, files, strict=True))
            self._read("update-index", "--index-info", stdin=rows.encode(), environment=index)
            return self._read("write-tree", environment=index).decode().strip()

    def as_user(self, *command: str, stdin: bytes = b"", settings: tuple[str, ...] = ()) -> tuple[int, str, str]:
        """Run Git as the caller is used to it, with identity, credentials and transports; (status, stdout, stderr).

        Only for what speaks to a remote or in the caller's name; nothing of a change is ever judged this way.
        """
        status, out, error = self._run(*command, stdin=stdin, settings=settings, git_=self._as_user)
        return status, out.decode("utf-8", "replace"), error

    def _read(
        self,
        *command: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        settings: tuple[str, ...] = (),
    ) -> bytes:
        status, out, error = self._run(*command, stdin=stdin, environment=environment, settings=settings)
        if status:
            raise FatalError(f"git {command[0]}: {_last_line(error)}")
        return out

    def _run(
        self,
        *command: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        settings: tuple[str, ...] = (),
        git_: Any = None,
    ) -> tuple[int, bytes, str]:
        options = _words(settings) if git_ else _options(*settings)
        with tempfile.TemporaryFile() as file:
            file.write(stdin)
            file.seek(0)
            return (git_ or self._git).execute(
                ["git", *options, *command],
                istream=file,
                env=environment,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                shell=False,
            )


def _options(*settings: str) -> list[str]:
    return _words((*_SETTINGS, *settings))


def _words(settings: Iterable[str]) -> list[str]:
    return [word for setting in settings for word in ("-c", setting)]


def _beside(common: Path) -> Path:
    """An empty repository, in the folder for temporary files, that reads the objects of another.

    `common` is the Git folder of the other (gitrepository-layout(5)); nothing but the format of its object ids is taken
    from its configuration.
    """
    folder = Path(tempfile.mkdtemp(prefix="registry-"))
    (folder / "refs").mkdir()
    (folder / "objects/info").mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/none\n")
    quoted = bytes(common / "objects").replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    (folder / "objects/info/alternates").write_bytes(b'"%s"\n' % quoted)
    config = (common / "config").read_bytes() if (common / "config").is_file() else b""
    if re.search(rb"^\s*objectformat\s*=\s*sha256\s*$", config, re.MULTILINE | re.IGNORECASE):
        (folder / "config").write_text("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n")
    return folder


def _seconds(digits: str | bytes) -> int:
    """A time of a commit. One that no clock shows is the epoch to Git too, and as little to be trusted as any other."""
    return int(digits) if 0 < len(digits) <= 18 else 0


def _light(commit: str, size: int) -> str:
    """The commit, if it is not so large that reading it would take all memory: a message packs a thousand to one."""
    if size > MAX_COMMIT:
        raise FatalError(f"commit {commit} has {size:,} bytes; nobody reads more than {MAX_COMMIT:,}")
    return commit


def _readings(name: str) -> list[str]:
    """What a name may stand for, the likeliest first. To Git itself a tag `main` would go before the branch."""
    if not REVISION.fullmatch(name):
        return []
    if OID.fullmatch(name) or name.startswith(("HEAD", "@", "refs/")):
        return [name]
    return [f"refs/heads/{name}", f"refs/remotes/{name}", name]


def _raw_rows(out: bytes) -> Iterable[tuple[str, Entry | None, Entry | None]]:
    """Rows of `--raw -z` output: `:oldmode newmode oldoid newoid status`, NUL, path, NUL."""
    fields = out.split(b"\0")
    for facts, path in zip(fields[0::2], fields[1::2], strict=False):
        old_mode, new_mode, old_oid, new_oid, _ = facts.decode().lstrip(":").split(" ")
        before = Entry(old_mode, old_oid) if int(old_mode, 8) else None
        yield _text(path), before, Entry(new_mode, new_oid) if int(new_mode, 8) else None


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _last_line(error: str) -> str:
    lines = [line for line in error.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ") if lines else "failed without a word"
