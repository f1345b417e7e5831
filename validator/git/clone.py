"""The folders of a repository and its own settings, found without reading an object of it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from validator.git import program
from validator.git.program import in_a_line, last_line
from validator.model.errors import FatalError

# What Git's environment has besides the caller's: no configuration of user or system, nothing that is fetched or run.
ENVIRONMENT = {
    **{
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_COUNT": "0",
        "GIT_CONFIG_PARAMETERS": "",
    },
    **{"GIT_ATTR_NOSYSTEM": "1"},
    **{"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null", "GIT_NO_LAZY_FETCH": "1"},
    **{"GIT_LITERAL_PATHSPECS": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"},
    **{"LANGUAGE": "C", "LC_ALL": "C"},
}
_DISCOVERY = {**ENVIRONMENT, "GIT_DISCOVERY_ACROSS_FILESYSTEM": "1"}
_MESSAGES = {"LANGUAGE": "C", "LC_ALL": "C"}
_NEXT = "--next"
_NOWHERE = "fatal: not a git repository (or any", "fatal: cannot change to"
_ABSENT = 1, 5  # how git-config(1) exits where there is no such setting


class Clone(NamedTuple):
    """The Git folder around a folder, the one that it shares with linked working trees, its working tree's top."""

    git_dir: Path
    common: Path
    top: Path | None

    def setting(self, name: str) -> str | None:
        """A setting of the repository's own configuration, the working tree's before the clone's; None without one."""
        return self._config("--get", name)

    def set(self, name: str, value: str) -> None:
        """Change a setting of this working tree, where working trees have settings of their own, else of the clone."""
        self._config(self._scope(), name, value)

    def unset(self, name: str) -> None:
        """Remove a setting from where `set` puts it."""
        self._config(self._scope(), "--unset-all", name)

    def has_settings_of_its_own(self) -> bool:
        """Whether each working tree has settings of its own (extensions.worktreeConfig)."""
        return self._config("--type=bool", "--get", "extensions.worktreeConfig") == "true"

    def has_any(self, objects: Sequence[str]) -> bool:
        """Whether one of these is a file: each is written as revision and path, `HEAD:folder/file`."""
        asked = "".join(f"{name}\n" for name in objects).encode()
        return b" blob " in self._read("cat-file", "--batch-check", stdin=asked)[1]

    def commit(self, ref: str) -> str | None:
        """The commit that a full ref names, None where there is none."""
        status, out = self._read("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        return None if status else out.decode().strip()

    def _read(self, *words: str, stdin: bytes = b"") -> tuple[int, bytes]:
        """Run Git in the repository, without the configuration of user or system; (status, stdout)."""
        variables = {**ENVIRONMENT, "GIT_DIR": str(self.git_dir)}
        return program.run(["-c", "core.fsmonitor=false", *words], variables, self.git_dir, stdin)[:2]

    def _scope(self) -> str:
        return "--worktree" if self.has_settings_of_its_own() else "--local"

    def _config(self, *words: str) -> str | None:
        """What `git config` prints, None where it finds nothing. Raises FatalError where it fails."""
        variables = {**ENVIRONMENT, "GIT_DIR": str(self.git_dir)}
        status, out, error = program.run(["config", *words], variables, self.git_dir)
        if status and status not in _ABSENT:
            raise FatalError(f"git config: {last_line(error)}")
        return None if status else out.decode("utf-8", "surrogateescape").removesuffix("\n")


def around(folder: Path) -> Clone:
    """The repository that contains a folder. Raises FatalError where there is none."""
    # Whoever owns the folder: nothing of it is run.
    clone, error = _found(folder, ("-c", "safe.directory=*"), _DISCOVERY)
    if clone is None and (not error or error.startswith(_NOWHERE)):
        raise FatalError(f"{folder} is not inside a Git repository")
    if clone is None:
        raise FatalError(f"the repository around {folder} cannot be read: {in_a_line(error)}")
    return clone


def trusted(folder: Path) -> Clone | None:
    """The same, None where there is none. Raises FatalError for one that Git does not trust (safe.directory)."""
    clone, error = _found(folder, (), _MESSAGES)
    if clone is None and "dubious ownership" in error:
        way_out = "if you trust it, fill in: git config --global --add safe.directory PATH"
        raise FatalError(f"{folder} belongs to another user; {way_out}")
    return clone


def _found(folder: Path, options: tuple[str, ...], variables: Mapping[str, str]) -> tuple[Clone | None, str]:
    """The repository around a folder, and Git's error where there is none."""
    # `rev-parse` prints words that it does not know as they are, so a path between them may hold any character.
    asked = ("--absolute-git-dir", _NEXT, "--path-format=absolute", "--git-common-dir", _NEXT, "--show-toplevel")
    words: list[str | bytes] = ["-C", os.fsencode(folder), *options, "rev-parse", *asked]
    _, out, error = program.run(words, variables, Path())
    places = [Path(os.fsdecode(part.removesuffix(b"\n"))) for part in out.split(f"{_NEXT}\n".encode())]
    if len(places) < 3:
        return None, error
    git_dir, common, top = places
    return Clone(git_dir, common, top if top != Path() else None), ""
