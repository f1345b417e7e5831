"""SSH keys that are the same in every run: Ed25519 (RFC 8032) from the hash of a name. They protect nothing."""

import base64
import hashlib
import os
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

_P = 2**255 - 19
_D = -121665 * pow(121666, _P - 2, _P) % _P
_BASE = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
_KIND = b"ssh-ed25519"


@cache
def public_key(name: str) -> str:
    """The public key of a made-up person: `ssh-ed25519 AAAA…`."""
    return f"{_KIND.decode()} {base64.b64encode(_string(_KIND) + _string(_public(_seed(name)))).decode()}"


def write_key(name: str, folder: Path) -> Path:
    """Write both halves of a key, as OpenSSH does (PROTOCOL.key); the path of the private one."""
    seed, path = _seed(name), folder / f"key-{name}"
    public = _public(seed)
    inner = struct.pack(">II", 0, 0) + _string(_KIND) + _string(public) + _string(seed + public) + _string(b"")
    inner += bytes(range(1, -len(inner) % 8 + 1))
    parts = (_string(b"none"), _string(b"none"), _string(b""), struct.pack(">I", 1))
    whole = b"openssh-key-v1\0" + b"".join(parts) + _string(_string(_KIND) + _string(public)) + _string(inner)
    mark = "-----{} OPENSSH PRIVATE KEY-----\n"
    path.touch(mode=0o600)
    path.write_text(mark.format("BEGIN") + base64.encodebytes(whole).decode() + mark.format("END"))
    path.with_name(f"{path.name}.pub").write_text(f"{public_key(name)}\n")
    return path


def signature(name: str, body: bytes) -> str:
    """An SSH signature as Git asks for it (git-config(1), gpg.format)."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(write_key(name, Path(folder)))]
        environment = {**os.environ, "SSH_AUTH_SOCK": ""}
        done = subprocess.run(words, input=body, capture_output=True, check=True, env=environment)
    return done.stdout.decode()


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _string(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part


def _public(seed: bytes) -> bytes:
    scalar = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    scalar = scalar & ((1 << 254) - 8) | (1 << 254)
    x, y = _times(scalar, _BASE)
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _times(scalar: int, point: tuple[int, int]) -> tuple[int, int]:
    found = (0, 1)
    while scalar:
        if scalar & 1:
            found = _sum(found, point)
        point, scalar = _sum(point, point), scalar >> 1
    return found


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    (a, b), (c, d) = one, other
    t = _D * a * b * c * d
    return (a * d + b * c) * pow(1 + t, _P - 2, _P) % _P, (b * d + a * c) * pow(1 - t, _P - 2, _P) % _P
