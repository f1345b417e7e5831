"""Write files atomically; read files that nobody else can have made."""

import errno
import os
import stat
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


def read_own(path: Path, most: int) -> bytes | None:
    """A file of this user, None where there is none.

    Raises OSError for what another could have put there or made to wait: a link, a pipe, a file of another user, one of
    more than `most` bytes.
    """
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, os.O_RDONLY | flags)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            raise PermissionError(errno.EPERM, "it is no regular file of yours", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, "it is too large", str(path))
    return content
