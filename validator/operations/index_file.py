"""The files of the index in a repository's common Git folder. They may be deleted at any time; nothing waits for them.

One is read only where nobody but this process's user can have written it: the folder and the file are that user's own,
nobody else may write them, and the file is no link. Where others may write the repository (`--shared`), a server does
not use it: see docs/server.md.
"""

import functools
import hashlib
import importlib.util
import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path

import validator
from validator.operations.files import read_own, write
from validator.registry.index.encoding import StoredIndex, decoded, encoded

FOLDER, NAME = "registry/index", "claims"
LEFT = 600  # seconds after which what a killed process has left beside the file is deleted
LIBRARIES = ("pydantic", "pydantic_core", "rapidfuzz", "yaml", "yaml12")  # that say what a claim is, and what is alike
MAX_BYTES = 128 * 1024 * 1024  # an index of 99,999 claims has 30 MB
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class KeptFile:
    """A file below a common Git folder; `alone`: it counts only where no other user may write that folder."""

    def __init__(self, common: Path, name: str, *, alone: bool = False) -> None:
        self._folder, self._file = common / FOLDER, common / FOLDER / name
        self._usable = hasattr(os, "getuid") and (not alone or _is_own(common))
        self._common, self._alone = common, alone

    def beside(self, name: str) -> "KeptFile":
        """Another one for the same repository."""
        return KeptFile(self._common, name, alone=self._alone)

    def content(self) -> bytes:
        """What is in it; nothing where there is no such file, or another could have written it."""
        if not self._usable or not _is_own(self._folder) or not _is_own(self._file):
            return b""
        try:
            return read_own(self._file, MAX_BYTES) or b""
        except OSError:
            return b""

    def keep(self, content: bytes) -> None:
        """Replace the file as a whole; a full disk or another user's folder leaves what is there."""
        if not self._usable:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_own(self._folder):
                write(self._file, content, mode=0o600)
                self._clear(self._file.stat().st_mtime)

    def _clear(self, now: float) -> None:
        """Delete what killed processes have left."""
        for place in self._folder.glob(".*"):
            if now - place.lstat().st_mtime > LEFT:
                shutil.rmtree(place)


class IndexFile(KeptFile):
    """The index of main's claims."""

    def __init__(self, common: Path, *, alone: bool = False) -> None:
        super().__init__(common, NAME, alone=alone)

    def read(self) -> StoredIndex | None:
        """The index, None where there is none that this program made and nothing has damaged."""
        return decoded(self.content(), program())

    def write(self, kept: StoredIndex) -> None:
        """Replace it."""
        self.keep(encoded(kept, program()))


@functools.cache
def program(*more: str) -> str:
    """What an index depends on besides the claims: this program as it is installed, and its libraries, `more` too."""
    found = [importlib.util.find_spec(name) for name in (*LIBRARIES, *more)]
    places = [Path(spec.origin) for spec in found if spec and spec.origin]
    here = Path(validator.__file__).parent
    seen = [sys.version, sys.byteorder, str(here), *_stamps(here), *map(_stamp, places)]
    return hashlib.sha256("\n".join(seen).encode("utf-8", "surrogateescape")).hexdigest()


def _stamps(folder: Path) -> list[str]:
    """Name, size and time of every module below a folder."""
    found = list[str]()
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir():
                found += _stamps(Path(entry.path)) if entry.name != "__pycache__" else []
            elif entry.name.endswith(".py"):
                found.append(_stamp(entry))
    return found


def _stamp(file: "os.PathLike[str] | os.DirEntry[str]") -> str:
    facts = os.stat(file)
    return f"{os.fspath(file)} {facts.st_size} {facts.st_mtime_ns}"


def _is_own(path: Path) -> bool:
    """Whether a file or folder is this user's, no link, and writable by nobody else."""
    try:
        found = path.lstat()
    except OSError:
        return False
    one = stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)
    return one and found.st_uid == os.getuid() and not found.st_mode & _OTHERS
