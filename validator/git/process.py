"""Git as a program: how it is called, in whose name, and in which repository.

Git is called without a shell, without user or system configuration, hooks, file monitor, replace refs, grafts or
attributes of a working tree. The repository itself is asked for names only. Objects are read and merged in an empty
repository beside it, where no configuration, index or attribute of anybody's making has a say.
"""

import functools
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from validator.git import program
from validator.git.batch import COMMAND, Batch
from validator.git.clone import ENVIRONMENT, around, trusted
from validator.git.program import last_line
from validator.model.errors import FatalError, ShallowError
from validator.model.escape import without_address, without_credentials

USAGE = 129  # how Git exits when it does not know an option

# `git -c` settings that a repository's own configuration cannot undo.
_SETTINGS = (
    *("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false", "core.attributesFile=/dev/null"),
    *("log.showSignature=false", "merge.renames=false", "merge.directoryRenames=false", "submodule.recurse=false"),
    # The clone may have a commit graph of anybody's making; what a commit says of its parents is in its own object.
    *("core.commitGraph=false", "advice.graftFileDeprecated=false"),
)
# What is written and read here is UTF-8, and no colour; a caller's configuration has a say in all else.
MAX_SAID = 64 * 1024  # characters of what Git and a server say of a failure
_CALLERS = (
    *("i18n.commitEncoding=UTF-8", "color.ui=false", "color.remote=false", "color.push=false", "color.transport=false"),
)
# What runs programs that a repository's own configuration names: transports, credential helpers, signers.
_RUNS_PROGRAMS = {"commit", "commit-tree", "fetch", "ls-remote", "push"}
_PROMISED = re.compile(rb"^\s*(?:promisor\s*(?:=\s*true)?|partialclone\s*=.*)\s*$", re.MULTILINE | re.IGNORECASE)
_COMPLETION = "git fetch --refetch --no-filter"


class Process:
    """Git for the repository that contains a folder. Raises FatalError where there is none, or only a shallow clone."""

    def __init__(self, folder: Path) -> None:
        git_dir, self.folder, self.top = around(folder)
        if (self.folder / "shallow").exists():
            raise ShallowError("a shallow clone does not hold who was first; run: git fetch --unshallow")
        self.real = {"GIT_DIR": str(git_dir)}
        self._is_trusted = False
        self.checks_left: int | None = None  # signatures that may be checked from now on; None: any number
        try:
            self._beside = _beside(self.folder)
        except OSError as error:
            raise FatalError(f"there is no place for temporary files: {error.strerror}") from error
        weakref.finalize(self, shutil.rmtree, self._beside, ignore_errors=True)
        # Objects that a partial clone lacks are not fetched one by one while a change is judged.
        self.partial = bool(_PROMISED.search(_config(self.folder)))
        self.objects, self.names = self._batch(), self._batch(self.real)

    @property
    def stored_beside(self) -> dict[str, str]:
        """Variables for Git to store objects beside the repository, where they can be read as long as this lives."""
        own = self._beside / "objects"
        theirs = program.place((own / "info/alternates").read_bytes())
        return {"GIT_OBJECT_DIRECTORY": str(own), "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(theirs)}

    @classmethod
    def found_or_made(cls, folder: Path) -> Self:
        """The repository around a folder, or a new one in it whose first branch is main."""
        try:
            whole = folder.resolve()
        except RuntimeError as error:  # a link that leads to itself (Python before 3.13)
            raise FatalError(f"{folder} is a symbolic-link loop") from error
        try:
            return cls(next(path for path in (whole, *whole.parents) if path.is_dir()))
        except FatalError:
            import git  # GitPython, which takes as long to load as all the rest of a verb

            try:
                folder.mkdir(parents=True, exist_ok=True)
                git.Repo.init(folder.resolve(), expand_vars=False, quiet=True, initial_branch="main").close()
            except (OSError, git.GitCommandError) as error:
                raise FatalError(f"no repository can be made in {folder}: {last_line(str(error))}") from error
            return cls(folder)

    def configured(self, name: str) -> str | None:
        """A setting of the caller's Git configuration, None where there is none."""
        status, out, _ = self.as_user("config", "--get", name)
        return out.strip() or None if status == 0 else None

    def setting(self, name: str) -> str | None:
        """A setting of this repository's own configuration, whoever calls."""
        status, out, _ = self.run("config", "--local", "--get", name, environment=self.real)
        return out.decode().strip() if status == 0 else None

    def configure(self, name: str, value: str) -> None:
        """Change this repository's own configuration."""
        self.read("config", "--local", name, value, environment=self.real)

    def as_user(
        self,
        *command: str,
        stdin: bytes = b"",
        settings: tuple[str, ...] = (),
        variables: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> tuple[int, str, str]:
        """Run Git as the caller is used to it, with identity, credentials and transports; (status, stdout, stderr).

        Only for what speaks to a remote, in the caller's name or of the caller's own files; nothing of a change is ever
        judged this way. Raises FatalError where it takes longer than `seconds`, or where the repository's own
        configuration could run a program and the repository belongs to a user whom the caller does not trust.
        """
        if command[0] in _RUNS_PROGRAMS:
            self.require_trust()
        environment = {"GIT_TERMINAL_PROMPT": "0", "LANGUAGE": "C", "LC_ALL": "C", **self.real, **(variables or {})}
        # A relative path in the configuration or in a URL is meant from the working tree's top (git-config(1)).
        folder = self.top or Path(self.real["GIT_DIR"])
        words = [*_options((*_CALLERS, *settings)), *command]
        status, out, error = program.run(words, environment, folder, stdin, seconds)
        said = error if len(error) <= MAX_SAID else error[-MAX_SAID:].partition("\n")[2]  # a server says what it likes
        for address in self._addresses(environment, folder) if status else ():
            said = without_address(said, address)
        return status, out.decode("utf-8", "surrogateescape"), without_credentials(said)

    def require_trust(self) -> None:
        """Raise FatalError for a repository that Git itself would not enter (safe.directory); it is asked once."""
        if not self._is_trusted:
            trusted(self.top or Path(self.real["GIT_DIR"]))
            self._is_trusted = True

    def _addresses(self, environment: Mapping[str, str], folder: Path) -> list[str]:
        """The addresses in the caller's settings that Git may say in an error, as they are."""
        asked = ("config", "--null", "--get-regexp", r"^(remote\..*\.(push)?url|url\..*\.(push)?insteadof)$")
        _, out, _ = program.run([*_options(_CALLERS), *asked], environment, folder)
        rows = (row.partition("\n") for row in out.decode("utf-8", "surrogateescape").split("\0") if row)
        found = (name[4:].rpartition(".")[0] if name.startswith("url.") else value for name, _, value in rows)
        return sorted({one for one in found if "@" in one}, key=len, reverse=True)

    def run(
        self,
        *command: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        settings: tuple[str, ...] = (),
    ) -> tuple[int, bytes, str]:
        """Run Git beside the repository, or in it where the environment is `real`; (status, stdout, stderr)."""
        words = [*_options((*_SETTINGS, *settings)), *command]
        return program.run(words, self._variables(environment), self._beside, stdin)

    def read(self, *command: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        """What Git prints, run as by `run`; raises FatalError where it fails."""
        status, out, error = self.run(*command, stdin=stdin, environment=environment)
        if status and self.partial:
            raise ShallowError(f"git {command[0]}: {last_line(error)}; in this partial clone first run: {_COMPLETION}")
        if status:
            raise FatalError(f"git {command[0]}: {last_line(error)}")
        return out

    def _batch(self, environment: Mapping[str, str] | None = None) -> Batch:
        """Objects by id beside the repository, or by any name in it where the environment is `real`."""
        words, variables = [*_options(_SETTINGS), *COMMAND], self._variables(environment)
        completion = _COMPLETION if self.partial else ""
        batch = Batch(functools.partial(program.start, words, variables, self._beside), completion)
        weakref.finalize(self, batch.close)
        return batch

    def _variables(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What Git's environment has besides the caller's."""
        return {**ENVIRONMENT, "GIT_DIR": str(self._beside), **(more or {})}


def _options(settings: Iterable[str]) -> list[str]:
    return [word for setting in settings for word in ("-c", setting)]


def _config(common: Path) -> bytes:
    """The configuration of a repository, as it is written."""
    return (common / "config").read_bytes() if (common / "config").is_file() else b""


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
    if re.search(rb"^\s*objectformat\s*=\s*sha256\s*$", _config(common), re.MULTILINE | re.IGNORECASE):
        (folder / "config").write_text("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n")
    return folder
