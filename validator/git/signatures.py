"""SSH signatures of commits: whose they are, and what makes two keys the same."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from validator.git.process import Process, last_line
from validator.model.errors import FatalError

# How Git ends when ssh-keygen turns a malformed signature down before it has read what is signed.
_BROKEN_PIPE = (-13, 141)


def signer(repo: Process, commit: str, keys: Iterable[tuple[str, str]]) -> str | None:
    """Whose SSH signature a commit carries, out of (name, public key) pairs; None where it is none of theirs.

    Only SSH signatures count (git-config(1), `gpg.ssh.allowedSignersFile`): a signature of another kind would be
    held against the keyring of whoever runs this.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as file:
        file.writelines(f'{name} namespaces="git" {material(key)}\n' for name, key in keys)
        file.flush()
        programs = ("gpg.program=false", "gpg.openpgp.program=false", "gpg.x509.program=false")
        settings = (*programs, "gpg.ssh.program=ssh-keygen", f"gpg.ssh.allowedSignersFile={file.name}")
        status, out, error = repo.run("log", "--no-walk", "--format=%G? %GS", commit, settings=settings)
    if status and status not in _BROKEN_PIPE:
        raise FatalError(f"git log: {last_line(error)}")
    verdict, _, name = out.decode(errors="replace").rstrip("\n").partition(" ")
    return name if verdict == "G" else None


def public_key(setting: str) -> str:
    """The public key that Git's `user.signingkey` stands for: the key itself, or the path of either half."""
    if setting.startswith(("key::", "ssh-", "ecdsa-", "sk-")):
        return setting.removeprefix("key::")
    path = Path(setting).expanduser()
    public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    try:
        return public.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FatalError(f"the public key {public} cannot be read") from error


def material(key: str) -> str:
    """A public key without its comment: what makes two of them the same."""
    return " ".join(key.split()[:2])
