"""Files that are made from others: written as a whole, or checked to be fresh."""

from collections.abc import Mapping
from pathlib import Path

from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.operations.files import write


def with_a_tree(folder: Path) -> tuple[Repo, Path]:
    """The repository around a folder, and the top of its working tree. Raises FatalError where there is none."""
    repo = Repo(folder)
    if repo.top is None:
        raise FatalError("a bare repository has no folder to write to")
    return repo, repo.top


def write_or_check(folder: Path, files: Mapping[str, str], command: str, *, check: bool) -> tuple[str, int]:
    """Write the files that are stale in the working tree around a folder, or with `check` only say which.

    Returns what to say, and 1 if one stays stale.

    A file is fresh if `git add` would store what it should be: its line ends on disk are the user's own business.
    """
    repo, top = with_a_tree(folder)
    stale = _otherwise_stored(repo, {name: text for name, text in files.items() if _content(top / name) != text})
    if check:
        lines = [f"{name} is stale; run: {command}\n" for name in stale]
        return "".join(lines) or f"fresh: {', '.join(files)}\n", 1 if stale else 0
    for name in stale:
        _write(top / name, files[name])
    return "".join(f"wrote {name}\n" for name in stale) or "nothing to do: all fresh\n", 0


def _otherwise_stored(repo: Repo, files: Mapping[str, str]) -> list[str]:
    if not files:
        return []
    stored = repo.stored(files)
    return [name for name, text in files.items() if stored.get(name) != repo.blob_id(text.encode())]


def _content(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    try:
        write(path, text.encode())
    except OSError as error:
        raise FatalError(f"{path.name} cannot be written: {error.strerror}") from error
