"""What is kept beside a repository, as bytes: a digest of all, a header in JSON, a body. Nothing in it is run."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

MAGIC = b"registry-index\n"
_START = len(MAGIC) + hashlib.sha256().digest_size
_LENGTH = 8  # bytes of the header's length
T = TypeVar("T")


def sealed(program: str, header: dict[str, Any], body: bytes = b"") -> bytes:
    """A header and a body that this `program` made: another one would read claims otherwise."""
    text = json.dumps({"program": program, **header}).encode()
    parts, digest = (len(text).to_bytes(_LENGTH, "big"), text, body), hashlib.sha256()
    for part in parts:  # joined only once: of a large fleet they have a hundred megabytes
        digest.update(part)
    return b"".join((MAGIC, digest.digest(), *parts))


def unsealed(data: bytes, program: str, read: Callable[[dict[str, Any], memoryview], T]) -> T | None:
    """What `read` makes of header and body; None where they are not whole, of another program, or of another form."""
    content = memoryview(data)[_START:]
    if not data.startswith(MAGIC) or data[len(MAGIC) : _START] != hashlib.sha256(content).digest():
        return None
    end = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
    try:
        header = json.loads(bytes(content[_LENGTH:end]))
        return read(header, content[end:]) if header["program"] == program else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
