"""Write a site into a folder, file by file as a whole: only what changed, and only in a folder that is a site's."""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from validator.git.retry import exclusive
from validator.hosts.site.files import File
from validator.model.errors import FatalError
from validator.operations.files import write

MANIFEST = ".registry-site.json"
LOCK = ".registry-site.lock"
Kept = dict[str, tuple[str, int]]  # file → (key, size in bytes)


class Made(NamedTuple):
    """What a whole site was made of, in short (`basis`), and the registry that it shows."""

    basis: str
    commit: str
    digest: str


class Written(NamedTuple):
    """How many files were written, left as they were, and removed."""

    written: int
    unchanged: int
    removed: int


def prepare(folder: Path) -> Path:
    """Make the folder, and return the file to lock. Raises FatalError for one that holds something else."""
    folder.mkdir(parents=True, exist_ok=True)
    others = [entry.name for entry in folder.iterdir() if entry.name != LOCK]
    if others and MANIFEST not in others:
        raise FatalError(f"{folder} holds something else; name an empty folder, or one that `registry site` has made")
    return folder / LOCK


def standing(folder: Path, basis: str) -> tuple[Made, Written] | None:
    """What is in the folder, where that is a whole site that was made of the same; None where it is not."""
    manifest = folder / MANIFEST
    made, known = _made_of(manifest), _read(manifest)
    if made is None or made.basis != basis or any(_size(folder / path) != size for path, (_, size) in known.items()):
        return None
    return made, Written(0, len(known), 0)


def put(
    folder: Path,
    files: Iterable[File],
    progress: Callable[[int, int], None] = lambda done, of: None,
    made: Made | None = None,
) -> Written:
    """Write the files that are not there yet as they are to be, then remove those of an earlier site.

    A reader sees each file as it was or as it is now. The list of files is written before any is added and after the
    last is removed, so that an interrupted run leaves nothing that a later one does not know. `progress` is called with
    (files that are there as they are to be, all of them). `made` says what the site is made of, where that is known.
    """
    known, fresh = _read(folder / MANIFEST), Kept()
    files = list(files)
    _save(folder, {**{file.path: ("", -1) for file in files}, **known})
    written = 0
    for at, file in enumerate(files):
        progress(at, len(files))
        place = folder / file.path
        if file.key and known.get(file.path) == (file.key, _size(place)):
            fresh[file.path] = known[file.path]
            continue
        content = file.content()
        if not (_size(place) == len(content) and place.read_bytes() == content):
            write(place, content)
            written += 1
        fresh[file.path] = (file.key or "", len(content))
    gone = [path for path in known if path not in fresh]
    for path in gone:
        (folder / path).unlink(missing_ok=True)
    _save(folder, fresh, made)
    return Written(written, len(files) - written, len(gone))


def locked(folder: Path) -> AbstractContextManager[None]:
    """Hold the folder: of two runs one waits, and then reads main anew."""
    return exclusive(prepare(folder))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() and not path.is_symlink() else -1


def _read(manifest: Path) -> Kept:
    """The files of the last run; empty where there is none. Raises FatalError for what this program did not write."""
    if not manifest.exists():
        return {}
    try:
        rows = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        kept = {str(path): (str(key), int(size)) for path, (key, size) in rows.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FatalError(f"{manifest} cannot be read; delete the folder, and make the site again") from error
    if any(PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts for path in kept):
        raise FatalError(f"{manifest} names files of another folder; delete the folder, and make the site again")
    return kept


def _made_of(manifest: Path) -> Made | None:
    """What a whole site was made of; None where that is not said, or not by this program."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Made(*map(str, json.loads(manifest.read_text(encoding="utf-8"))["made"]))
    return None


def _save(folder: Path, files: Kept, made: Made | None = None) -> None:
    said = {"made": made} if made else {}
    text = json.dumps({"version": 1, "files": files, **said}, indent=0, sort_keys=True)
    write(folder / MANIFEST, text.encode())
