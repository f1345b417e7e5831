"""Which letters have been delivered, kept in Git's own folder, so that a repeated broadcast skips them."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from validator.model.errors import FatalError
from validator.operations.files import write


class Ledger(NamedTuple):
    """The deliveries of one registry by one carrier: an empty file for each, named by the session's number.

    A file a delivery, and not one list, so that two broadcasts at the same time lose none of each other's.
    """

    folder: Path

    def delivered(self) -> frozenset[int]:
        """The numbers whose letters have been delivered."""
        try:
            return frozenset(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal())
        except FileNotFoundError:
            return frozenset()

    def add(self, number: int) -> None:
        """Record a delivery. Raises FatalError where the file cannot be written."""
        try:
            write(self.folder / str(number), b"")
        except OSError as error:
            raise FatalError(f"the progress of the broadcast cannot be kept: {error.strerror}") from error


def progress_folder(git: Path, digest: str) -> Path:
    """Where the broadcast of a registry is kept. By digest: after an amendment all letters are delivered again."""
    return git / "registry" / "broadcast" / digest.removeprefix("sha256:")[:32]


def ledger_of(progress: Path, carrier: str) -> Ledger:
    """The deliveries of a carrier, by its name: what one carrier has delivered, another has not."""
    return Ledger(progress / hashlib.sha256(carrier.encode("utf-8", "surrogateescape")).hexdigest()[:16])
