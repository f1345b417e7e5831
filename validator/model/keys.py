"""SSH public keys as text: one normal form, and the fingerprint that people compare."""

import base64
from typing import Literal

KeyState = Literal["new", "same-as-before", "not-signed"]


def normal_key(key: str) -> str:
    """A public key as its type and its base64, without a comment; two keys are the same if this is the same.

    Base64 can write the same bytes with or without padding, and with other bits in the last character.
    """
    words = key.split()[:2]
    blob = _blob(words)
    return f"{words[0]} {base64.b64encode(blob).decode()}" if blob else " ".join(words)


def fingerprint(key: str) -> str:
    """`SHA256:…` as `ssh-keygen -l` prints it."""
    import hashlib  # it loads OpenSSL, and few runs show a key

    digest = hashlib.sha256(_blob(key.split()[:2])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def _blob(words: list[str]) -> bytes:
    """The bytes of a key; none where what follows its type is no base64."""
    letters = words[1].rstrip("=") if len(words) == 2 else ""
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except ValueError:
        return b""
