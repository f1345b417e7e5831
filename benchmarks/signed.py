"""A main of any length, each step of it an approver's signed merge of a claim, an amendment or a release."""

import bisect
import hashlib
import subprocess
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.fleets import CHARTER, QUIET, START, claim

CAPACITY = 100
LAG = 5  # a proposal begins from main as it was so many steps ago
KINDS = {"commit": 1, "tree": 2, "blob": 3}
DELTA, DEEPEST, LARGE = 7, 40, 512  # an object as it differs from another; how many in a row; bytes of one that is


class Line(NamedTuple):
    """A bare repository whose branch `main` has `steps` after its root; Git finds the approver's key in `signers`."""

    repo: Path
    signers: Path
    root: str
    steps: tuple[str, ...]


class Files(NamedTuple):
    """A registry: the blob of its charter, and the entries of its folder of claims, in Git's order."""

    charter: str
    claims: list[bytes]


class Pack:
    """Objects on their way into a repository, without a process for each (gitformat-pack(5))."""

    def __init__(self) -> None:
        self._objects = dict[str, bytes]()
        self._last = ("", b"", 0)  # the last large tree: its id, its content, and from how many others it is made

    def put(self, kind: str, body: bytes) -> str:
        """Add an object; its id. A large tree is kept by what differs from the one before, as Git does."""
        oid = hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()
        if oid not in self._objects:
            self._objects[oid] = self._tree(oid, body) if kind == "tree" and len(body) > LARGE else _whole(kind, body)
        return oid

    def _tree(self, oid: str, body: bytes) -> bytes:
        before, content, depth = self._last
        if not before or depth == DEEPEST:
            self._last = (oid, body, 0)
            return _whole("tree", body)
        self._last = (oid, body, depth + 1)
        delta = _delta(content, body)
        return _header(DELTA, len(delta)) + bytes.fromhex(before) + zlib.compress(delta, 1)

    def unpack(self, repo: Path) -> None:
        """Write all of them into a repository, as one pack."""
        body = b"PACK" + (2).to_bytes(4) + len(self._objects).to_bytes(4) + b"".join(self._objects.values())
        pack = body + hashlib.sha1(body, usedforsecurity=False).digest()
        words = ["git", "index-pack", "--stdin"]
        subprocess.run(words, cwd=repo, input=pack, stdout=subprocess.DEVNULL, check=True, env=QUIET)


def build(folder: Path, count: int, *, capacity: int = CAPACITY, keys: bool = False, bad: int = 0) -> Line:
    """A line of `count` steps after a root that holds a charter alone, in a new folder.

    With `keys` each number has a key of its own, which signs its proposals. The `bad` step, counted from 1, is signed
    by nobody, as somebody with a shell on the server can make it; those after it are signed like the others.
    """
    folder.mkdir(parents=True)
    repo, signers, pack = folder / "main.git", folder / "signers", Pack()
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repo], check=True, env=QUIET)
    owner = _key(folder, "owner")
    signers.write_text(f'@OWNER namespaces="git" {_public(owner)}\n')
    sessions = [_key(folder, f"session-{number}") if keys else None for number in range(1, capacity + 1)]
    commits = list(_history(pack, owner, sessions, count, bad))
    pack.unpack(repo)
    subprocess.run(["git", "update-ref", "refs/heads/main", commits[-1]], cwd=repo, check=True, env=QUIET)
    return Line(repo, signers, commits[0], tuple(commits[1:]))


def _key(folder: Path, name: str) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name], check=True)
    return folder / name


def _public(key: Path) -> str:
    return key.with_suffix(".pub").read_text().strip()


def _history(pack: Pack, owner: Path, sessions: Sequence[Path | None], count: int, bad: int) -> Iterator[str]:
    """The commits of main, the root first. Each number is claimed, amended and released, then the next round begins."""
    charter = CHARTER.format(capacity=len(sessions), prospects=17 * len(sessions))
    charter = charter.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{_public(owner)}"}}')
    files = Files(pack.put("blob", charter.encode()), [])
    main = _commit(pack, files, (), "A charter", 0)
    line = [(main, files)]
    yield main
    for step in range(count):
        at, phase = step % len(sessions), step // len(sessions) % 3
        key = sessions[at]
        text = claim(at + 1) + (f"key: {_public(key)}\n" if key else "")
        blob = pack.put("blob", text.replace("daily", ("daily", "a day")[phase % 2]).encode()) if phase < 2 else ""
        start, before = line[0]
        proposal = _commit(pack, _with(before, at + 1, blob), (start,), f"Claim number {at + 1}", step, key)
        files = _with(files, at + 1, blob)
        message = f"Register session {at + 1}\n\nApproved-by: @OWNER\nSession-Id: marketing-outreach-{at + 1}"
        main = _commit(pack, files, (main, proposal), message, step, None if step + 1 == bad else owner)
        line = [*line[-LAG:], (main, files)]
        yield main


def _with(files: Files, number: int, blob: str) -> Files:
    """The same with another claim of a number; without one where `blob` is empty."""
    name, claims = f"100644 {number:02}.yaml", list(files.claims)
    at = bisect.bisect_left(claims, name.encode())
    if at < len(claims) and claims[at].startswith(name.encode() + b"\0"):
        del claims[at]
    if blob:
        claims.insert(at, _entry(name, blob))
    return files._replace(claims=claims)


def _commit(
    pack: Pack, files: Files, parents: tuple[str, ...], message: str, step: int, key: Path | None = None
) -> str:
    person = f"Bench <bench@example.org> {START + step} +0000"
    lines = [f"tree {_tree(pack, files)}", *(f"parent {parent}" for parent in parents)]
    head, text = "\n".join([*lines, f"author {person}", f"committer {person}"]) + "\n", f"\n{message}\n"
    if key:
        words = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(key)]
        armour = subprocess.run(words, input=(head + text).encode(), capture_output=True, check=True).stdout.decode()
        head += "gpgsig " + armour.rstrip("\n").replace("\n", "\n ") + "\n"
    return pack.put("commit", (head + text).encode())


def _tree(pack: Pack, files: Files) -> str:
    """The tree of a registry."""
    registry = [("100644 charter.yaml", files.charter)]
    if files.claims:
        registry.append(("40000 sessions", pack.put("tree", b"".join(files.claims))))
    below = b"".join(_entry(name, oid) for name, oid in registry)
    return pack.put("tree", _entry("40000 registry", pack.put("tree", below)))


def _entry(name: str, oid: str) -> bytes:
    return name.encode() + b"\0" + bytes.fromhex(oid)


def _header(kind: int, size: int) -> bytes:
    """The start of an object in a pack: its kind, and its size in groups of seven bits."""
    found, rest = [kind << 4 | size & 15], size >> 4
    while rest:
        found[-1] |= 128
        found.append(rest & 127)
        rest >>= 7
    return bytes(found)


def _whole(kind: str, body: bytes) -> bytes:
    return _header(KINDS[kind], len(body)) + zlib.compress(body, 1)


def _delta(old: bytes, new: bytes) -> bytes:
    """How to make one text of another: what they have in common at both ends is copied (gitformat-pack(5))."""
    most = min(len(old), len(new))
    start = _common(lambda size: old[:size] == new[:size], most)
    end = _common(lambda size: old[len(old) - size :] == new[len(new) - size :], most - start)
    middle = new[start : len(new) - end]
    inserted = b"".join(
        bytes([len(part)]) + part for part in (middle[at : at + 127] for at in range(0, len(middle), 127))
    )
    return _size(len(old)) + _size(len(new)) + _copy(0, start) + inserted + _copy(len(old) - end, end)


def _common(same: Callable[[int], bool], most: int) -> int:
    """The largest size up to `most` for which two texts are the same."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(middle) else (low, middle - 1)
    return low


def _size(size: int) -> bytes:
    found = bytearray()
    while size >= 128:
        found.append(size & 127 | 128)
        size >>= 7
    return bytes([*found, size])


def _copy(start: int, size: int) -> bytes:
    if not size:
        return b""
    assert size < 1 << 24, "one order copies so much"
    return bytes([0b11111111]) + start.to_bytes(4, "little") + size.to_bytes(3, "little")
