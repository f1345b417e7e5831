"""SSH keys that are the same in every run: Ed25519 (RFC 8032) from the hash of a name. They protect nothing.

And such as a security key (FIDO) would hold: what it does when somebody touches it is done here (PROTOCOL.u2f).
"""

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
_ORDER = 2**252 + 27742317777372353535851937790883648493
_SK_KIND, _APPLICATION = b"sk-ssh-ed25519@openssh.com", b"ssh:"
TOUCHED = 1  # the flag of a signature for which somebody has touched the security key


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


def sk_public_key(name: str) -> str:
    """The public key of a made-up person's security key: `sk-ssh-ed25519@openssh.com AAAA…`."""
    return f"{_SK_KIND.decode()} {base64.b64encode(_sk_blob(name)).decode()}"


def sk_signature(name: str, body: bytes, flags: int = TOUCHED, namespace: bytes = b"git") -> str:
    """The SSH signature (PROTOCOL.sshsig) that a security key makes, which counts its signatures."""
    head = _string(namespace) + _string(b"") + _string(b"sha512")
    said = b"SSHSIG" + head + _string(hashlib.sha512(body).digest())
    state = struct.pack(">BI", flags, 7)
    raw = _signed(_seed(name), hashlib.sha256(_APPLICATION).digest() + state + hashlib.sha256(said).digest())
    blob = b"SSHSIG" + struct.pack(">I", 1) + _string(_sk_blob(name)) + head
    text = base64.encodebytes(blob + _string(_string(_SK_KIND) + _string(raw) + state)).decode()
    return f"-----BEGIN SSH SIGNATURE-----\n{text}-----END SSH SIGNATURE-----\n"


def _sk_blob(name: str) -> bytes:
    return _string(_SK_KIND) + _string(_public(_seed(name))) + _string(_APPLICATION)


def _signed(seed: bytes, body: bytes) -> bytes:
    digest = hashlib.sha512(seed).digest()
    once = int.from_bytes(hashlib.sha512(digest[32:] + body).digest(), "little") % _ORDER
    point = _encoded(_times(once, _BASE))
    challenge = int.from_bytes(hashlib.sha512(point + _public(seed) + body).digest(), "little")
    return point + ((once + challenge * _scalar(seed)) % _ORDER).to_bytes(32, "little")


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _string(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part


@cache
def _public(seed: bytes) -> bytes:
    return _encoded(_times(_scalar(seed), _BASE))


def _scalar(seed: bytes) -> int:
    scalar = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return scalar & ((1 << 254) - 8) | (1 << 254)


def _encoded(point: tuple[int, int]) -> bytes:
    x, y = point
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
    return (a * d + b * c) * pow(1 + t, -1, _P) % _P, (b * d + a * c) * pow(1 - t, -1, _P) % _P
