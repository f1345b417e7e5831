"""Small made-up wheels, so that a test decides what a package index holds."""

import hashlib
import zipfile
from pathlib import Path
from typing import NamedTuple


class Wheel(NamedTuple):
    """A release without any code."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    def write(self, folder: Path) -> str:
        """Put the wheel into the folder; return the line that pins it in a lock file."""
        stem = f"{self.name.replace('-', '_')}-{self.version}"
        path = folder / f"{stem}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{stem}.dist-info/METADATA", self._metadata())
            archive.writestr(
                f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{stem}.dist-info/RECORD", "")
        return f"{self.name}=={self.version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"

    def _metadata(self) -> str:
        requires = [f"Requires-Dist: {requirement}" for requirement in self.requires]
        extras = [f"Provides-Extra: {extra}" for extra in self.extras]
        return "\n".join(
            ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}", *requires, *extras, ""]
        )
