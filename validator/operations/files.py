"""Write files atomically."""

import tempfile
from pathlib import Path


def write(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replace a file as a whole: a reader sees the old one or the new one, and a full disk leaves the old one.

    Its rights are what this user's umask leaves of 0666, unless `mode` says otherwise. Raises OSError, and then leaves
    nothing beside it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        fresh = Path(folder, path.name)
        fresh.write_bytes(content)
        if mode is not None:
            fresh.chmod(mode)
        fresh.replace(path)
