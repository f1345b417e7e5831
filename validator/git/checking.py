"""Check the SSH signatures of many commits by ssh-keygen alone: Git would start it twice for each of them."""

import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from validator.model.errors import FatalError

AT_ONCE = 4  # processes
# A commit as Git writes it with `commit -S`, and nothing else; of any other Git is asked.
_PLAIN = re.compile(
    rb"(tree [0-9a-f]+\n(?:parent [0-9a-f]+\n)*author [^\0\n]+\ncommitter [^\0\n]+\n)gpgsig(?P<new>-sha256)? "
    rb"(?P<armour>-----BEGIN SSH SIGNATURE-----\n(?: [A-Za-z0-9+/=]+\n)+ -----END SSH SIGNATURE-----)\n(\n[^\0]*)",
    re.DOTALL,
)


class Signed(NamedTuple):
    """What a commit's signature is over, and the signature itself."""

    payload: bytes
    signature: bytes


def plain(commit: str, content: bytes) -> Signed | None:
    """A commit's signature, where Git can read it in no other way; None for any other commit."""
    found = _PLAIN.fullmatch(content)
    if found is None or (found["new"] is not None) != (len(commit) > 40):
        return None
    return Signed(found[1] + found[4], found["armour"].replace(b"\n ", b"\n") + b"\n")


def verified(signed: Mapping[str, tuple[Signed, str]], signers: str) -> dict[str, bool]:
    """Whether each signature is by whom it is said to be: a principal of the file `signers` (ssh-keygen(1))."""
    from concurrent.futures import ThreadPoolExecutor  # slow to load, and few runs have so many commits

    with tempfile.TemporaryDirectory(prefix="registry-") as name, ThreadPoolExecutor(AT_ONCE) as pool:
        done = pool.map(lambda commit: _is_good(Path(name) / commit, *signed[commit], signers), signed)
        return dict(zip(signed, done, strict=True))


def _is_good(place: Path, one: Signed, principal: str, signers: str) -> bool:
    signature, payload = place.with_suffix(".sig"), place.with_suffix(".txt")
    signature.write_bytes(one.signature)
    payload.write_bytes(one.payload)
    words = ["ssh-keygen", "-Y", "verify", "-n", "git", "-f", signers, "-I", principal, "-s", str(signature)]
    nowhere = subprocess.DEVNULL
    try:
        with payload.open("rb") as said:
            done = subprocess.run(words, stdin=said, stdout=nowhere, stderr=nowhere, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise FatalError("ssh-keygen is not on the PATH; install OpenSSH 8.2 or newer") from error
    signature.unlink()
    payload.unlink()
    return done.returncode == 0
