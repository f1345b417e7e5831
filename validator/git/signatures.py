"""SSH signatures of commits: who signed, and whether two keys are the same."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from validator.git.process import Process
from validator.git.program import last_line
from validator.model.errors import FatalError
from validator.model.keys import normal_key

APPROVED = "Approved-by: "
# Git itself finds the trailers: those of the last paragraph, where that is a block of them, and in the bytes as signed.
_TRAILERS = "%(trailers:key=Approved-by,unfold=false)%x00%(trailers)"
_ENDORSED = ("--no-walk", "--encoding=none", f"--format=%G?%x00%GS%x00{_TRAILERS}")
# How Git ends when ssh-keygen rejects a malformed signature before it has read the signed text.
_BROKEN_PIPE = (-13, 141)


class Endorsement(NamedTuple):
    """Who has signed a commit (a name; None for nobody known), and whom its trailers `Approved-by` name."""

    signer: str | None
    approvals: tuple[str, ...]


def signer(repo: Process, commit: str, keys: Iterable[tuple[str, str]]) -> str | None:
    """Whose SSH signature a commit carries, out of (name, public key) pairs; None where it is none of theirs."""
    return endorsement(repo, commit, keys).signer


def endorsement(repo: Process, commit: str, keys: Iterable[tuple[str, str]]) -> Endorsement:
    """Whose SSH signature a commit carries, out of (name, public key) pairs, and whose approval its message states.

    Only SSH signatures count (git-config(1), `gpg.ssh.allowedSignersFile`): a signature of another kind would be
    checked with the keyring of whoever runs this.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as file:
        file.writelines(f'{name} namespaces="git" {normal_key(key)}\n' for name, key in keys)
        file.flush()
        programs = ("gpg.program=false", "gpg.openpgp.program=false", "gpg.x509.program=false")
        settings = (*programs, "gpg.ssh.program=ssh-keygen", f"gpg.ssh.allowedSignersFile={file.name}")
        status, out, error = repo.run("log", *_ENDORSED, commit, settings=settings)
    if status and status not in _BROKEN_PIPE:
        raise FatalError(f"git log: {last_line(error)}")
    verdict, name, parsed, block = out.decode(errors="replace").split("\0", 3) if out else ("", "", "", "")
    return Endorsement(name if verdict == "G" else None, tuple(_approvals(parsed, block.split("\n"))))


def _approvals(parsed: str, block: list[str]) -> Iterable[str]:
    """Whom the trailers name, as Git reads them; one that is not written as this program writes it is kept whole.

    Git takes any case for the key, and folded lines. What a human could overlook is no approval.
    """
    for trailer in parsed.splitlines():
        name = trailer.removeprefix(APPROVED)
        yield name if trailer.startswith(APPROVED) and trailer in block else trailer


def public_key(setting: str, folder: Path) -> str:
    """The public key that Git's `user.signingkey` names: the key itself, or the path of its public or private file.

    A relative path begins in `folder`, where Git is run.
    """
    if setting.startswith(("key::", "ssh-", "ecdsa-", "sk-")):
        return setting.removeprefix("key::")
    path = folder / Path(setting).expanduser()
    public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    try:
        return public.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FatalError(f"the public key {public} cannot be read") from error
