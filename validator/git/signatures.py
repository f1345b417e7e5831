"""SSH signatures of commits: who signed, and whether two keys are the same."""

import base64
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from validator.git.checking import plain, verified
from validator.git.objects import Objects
from validator.git.process import Process
from validator.git.program import last_line
from validator.model.errors import FatalError, LimitError
from validator.model.keys import normal_key

APPROVED = "Approved-by: "
# Git itself finds the trailers: those of the last paragraph, where that is a block of them, and in the bytes as signed.
_TRAILERS = "%(trailers:key=Approved-by,unfold=false)%x00%(trailers)"
_ENDORSED = ("--no-walk=unsorted", "--stdin", "-z", "--encoding=none", f"--format=%H%x00%G?%x00%GS%x00{_TRAILERS}")
_FIELDS = 5  # of a commit in this format
# How Git ends when ssh-keygen rejects a malformed signature before it has read the signed text.
_BROKEN_PIPE = (-13, 141)
_NO_SIGNATURE = "fatal: bad/incompatible signature"  # and how where `gpgsig` holds something else altogether
_ARMOUR = rb"-----BEGIN SSH SIGNATURE-----\n((?: .*\n)*?) -----END SSH SIGNATURE-----"
_SIGNATURE = re.compile(rb"^gpgsig(?:-sha256)? " + _ARMOUR, re.MULTILINE)
_MAGIC, _KIND = b"SSHSIG", re.compile(rb"(?!.*-cert-)[a-z0-9@.-]{1,64}")
# From so many commits on, ssh-keygen is run for several at once, and once for each; Git runs it twice, and waits.
MANY = 25
# Bytes of a commit: one with more has a longer message than may land. So many are in memory at once.
MAX_SIGNED, READ_AT_ONCE = 80 * 1024, 100


class Endorsement(NamedTuple):
    """Who has signed a commit (a name; None for nobody known), and whom its trailers `Approved-by` name."""

    signer: str | None
    approvals: tuple[str, ...]


def signer(repo: Objects, commit: str, keys: Iterable[tuple[str, str]]) -> str | None:
    """Whose SSH signature a commit carries, out of (name, public key) pairs; None where it is none of theirs."""
    return endorsement(repo, commit, keys).signer


def endorsement(repo: Objects, commit: str, keys: Iterable[tuple[str, str]]) -> Endorsement:
    """Whose SSH signature a commit carries, out of (name, public key) pairs, and whose approval its message states."""
    return endorsements(repo, [commit], keys)[commit]


def endorsements(repo: Objects, commits: Sequence[str], keys: Iterable[tuple[str, str]]) -> dict[str, Endorsement]:
    """The same of many commits, by commit; a few processes check their signatures side by side.

    Only SSH signatures count (git-config(1), `gpg.ssh.allowedSignersFile`): a signature of another kind would be
    checked with the keyring of whoever runs this.

    Raises LimitError where the repository has fewer checks left.
    """
    if repo.checks_left is not None:
        repo.checks_left -= len(commits)
        if repo.checks_left < 0:
            raise LimitError("this push holds too many signed commits to be judged; push fewer at once")
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as file:
        known = list(keys)
        file.writelines(f'{name} namespaces="git" {normal_key(key)}\n' for name, key in known)
        file.flush()
        if len(commits) <= MANY:
            return _endorsed(repo, commits, file.name)
        names = {normal_key(key): name for name, key in reversed(known)}
        signers = _checked(repo, commits, names, file.name)
        found = _endorsed(repo, [commit for commit in commits if commit not in signers], file.name)
        told = _endorsed(repo, list(signers), file.name, checked=True)
        return found | {commit: one._replace(signer=signers[commit]) for commit, one in told.items()}


def _checked(repo: Objects, commits: Sequence[str], names: Mapping[str, str], file: str) -> dict[str, str | None]:
    """Who has signed each commit that is written as Git writes it; the others are left out. `names` are by key."""
    light, found = (
        [commit for commit, size in repo.sizes(commits).items() if size <= MAX_SIGNED],
        dict[str, str | None](),
    )
    for at in range(0, len(light), READ_AT_ONCE):
        contents = repo.blobs(light[at : at + READ_AT_ONCE])
        signed = {commit: one for commit, content in contents.items() if (one := plain(commit, content))}
        named = {commit: names.get(_named_key(contents[commit]) or "") for commit in signed}
        good = verified({commit: (signed[commit], name) for commit, name in named.items() if name}, file)
        found |= {commit: name if good.get(commit) else None for commit, name in named.items()}
    return found


def signing_keys(repo: Objects, commits: Sequence[str]) -> dict[str, str | None]:
    """The public key whose SSH signature each commit carries, in its normal form; None where it carries no valid one.

    The keys are those that the signatures themselves name; whether they are valid is asked of all at once.
    """
    named = named_keys(repo, commits)
    keys = sorted(set(named.values()))
    found = endorsements(repo, list(named), [(f"key-{at}", key) for at, key in enumerate(keys)]) if named else {}
    signed = {commit: one.signer for commit, one in found.items() if one.signer}
    return {commit: keys[int(signed[commit].removeprefix("key-"))] if commit in signed else None for commit in commits}


def named_keys(repo: Objects, commits: Sequence[str]) -> dict[str, str]:
    """The public key that the signature of each commit names, in its normal form; whether it is valid nobody asks."""
    light = [commit for commit, size in repo.sizes(commits).items() if size <= MAX_SIGNED]
    named = dict[str, str]()
    for at in range(0, len(light), READ_AT_ONCE):
        contents = repo.blobs(light[at : at + READ_AT_ONCE])
        named |= {commit: key for commit, content in contents.items() if (key := _named_key(content))}
    return named


def _named_key(commit: bytes) -> str | None:
    """The key that the SSH signature of a commit says it is made with (PROTOCOL.sshsig); a certificate is none."""
    found = _SIGNATURE.search(commit.partition(b"\n\n")[0])
    if not found:
        return None
    try:
        blob = base64.b64decode(b"".join(found[1].split()), validate=True)
    except ValueError:
        return None
    key = _field(blob, len(_MAGIC) + 4) if blob.startswith(_MAGIC) else b""
    kind = _field(key, 0)
    return f"{kind.decode()} {base64.b64encode(key).decode()}" if _KIND.fullmatch(kind) else None


def _field(data: bytes, at: int) -> bytes:
    """A string of the SSH protocol (RFC 4251): four bytes with its length, then itself; what is cut off is left out."""
    return data[at + 4 : at + 4 + int.from_bytes(data[at : at + 4])]


def _endorsed(repo: Process, commits: Sequence[str], signers: str, *, checked: bool = False) -> dict[str, Endorsement]:
    """What Git says of each commit; of those that are `checked` already only whom they name."""
    programs = ("gpg.program=false", "gpg.openpgp.program=false", "gpg.x509.program=false")
    settings = (*programs, "gpg.ssh.program=ssh-keygen", f"gpg.ssh.allowedSignersFile={signers}")
    found = dict[str, Endorsement]()
    while left := [commit for commit in commits if commit not in found]:
        asked = "".join(f"{commit}\n" for commit in left).encode()
        form = [word.replace("%G?%x00%GS", "N%x00") if checked else word for word in _ENDORSED]
        status, out, error = repo.run("log", *form, stdin=asked, settings=settings)
        if status and status not in _BROKEN_PIPE and not error.startswith(_NO_SIGNATURE):
            raise FatalError(f"git log: {last_line(error)}")
        found |= _read(out)
        # Where Git has ended early, it is for the signature of the first commit that it does not tell of.
        if untold := next((commit for commit in left if commit not in found), None):
            found[untold] = Endorsement(None, ())
    return found


def _read(out: bytes) -> dict[str, Endorsement]:
    fields, found = out.decode(errors="replace").split("\0"), dict[str, Endorsement]()
    for at in range(0, len(fields) - _FIELDS + 1, _FIELDS):
        commit, verdict, name, parsed, block = fields[at : at + _FIELDS]
        approvals = tuple(_approvals(parsed, block.split("\n")))
        found[commit] = Endorsement(name if verdict == "G" else None, approvals)
    return found


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
        if not public.is_file():  # a pipe would never end
            raise FatalError(f"the public key {public} cannot be read")
        return public.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FatalError(f"the public key {public} cannot be read") from error
