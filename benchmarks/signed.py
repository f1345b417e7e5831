"""A main of any length, each step of it an approver's signed merge of a claim, an amendment or a release."""

import hashlib
import subprocess
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.fleets import CHARTER, QUIET, START, claim

CAPACITY = 100
LAG = 5  # a proposal begins from main as it was so many steps ago
KINDS = {"commit": 1, "tree": 2, "blob": 3}
ROOT = "registry/charter.yaml"
Tree = Mapping[str, str]  # path below the top, to the id of a blob


class Line(NamedTuple):
    """A bare repository whose branch `main` has `steps` after its root; Git finds the approver's key in `signers`."""

    repo: Path
    signers: Path
    root: str
    steps: tuple[str, ...]


class Pack:
    """Objects on their way into a repository, without a process for each (gitformat-pack(5))."""

    def __init__(self) -> None:
        self._objects = dict[str, bytes]()

    def put(self, kind: str, body: bytes) -> str:
        """Add an object; its id."""
        oid = hashlib.sha1(f"{kind} {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()
        if oid not in self._objects:
            self._objects[oid] = _header(KINDS[kind], len(body)) + zlib.compress(body, 1)
        return oid

    def unpack(self, repo: Path) -> None:
        """Write all of them into a repository, as one pack."""
        body = b"PACK" + (2).to_bytes(4) + len(self._objects).to_bytes(4) + b"".join(self._objects.values())
        pack = body + hashlib.sha1(body, usedforsecurity=False).digest()
        words = ["git", "index-pack", "--stdin"]
        subprocess.run(words, cwd=repo, input=pack, stdout=subprocess.DEVNULL, check=True, env=QUIET)


def build(folder: Path, count: int, *, capacity: int = CAPACITY, keys: bool = False) -> Line:
    """A line of `count` steps after a root that holds a charter alone, in a new folder.

    With `keys` each number has a key of its own, which signs its proposals.
    """
    folder.mkdir(parents=True)
    repo, signers, pack = folder / "main.git", folder / "signers", Pack()
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repo], check=True, env=QUIET)
    owner = _key(folder, "owner")
    signers.write_text(f'@OWNER namespaces="git" {_public(owner)}\n')
    sessions = [_key(folder, f"session-{number}") if keys else None for number in range(1, capacity + 1)]
    commits = list(_history(pack, owner, sessions, count))
    pack.unpack(repo)
    subprocess.run(["git", "update-ref", "refs/heads/main", commits[-1]], cwd=repo, check=True, env=QUIET)
    return Line(repo, signers, commits[0], tuple(commits[1:]))


def _key(folder: Path, name: str) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name], check=True)
    return folder / name


def _public(key: Path) -> str:
    return key.with_suffix(".pub").read_text().strip()


def _history(pack: Pack, owner: Path, sessions: Sequence[Path | None], count: int) -> Iterator[str]:
    """The commits of main, the root first. Each number is claimed, amended and released, then the next round begins."""
    charter = CHARTER.format(capacity=len(sessions), prospects=17 * len(sessions))
    charter = charter.replace('{handle: "@OWNER"}', f'{{handle: "@OWNER", key: "{_public(owner)}"}}')
    files: Tree = {ROOT: pack.put("blob", charter.encode())}
    main = _commit(pack, files, (), "A charter", 0)
    line = [(main, files)]
    yield main
    for step in range(count):
        at, phase = step % len(sessions), step // len(sessions) % 3
        path, key = f"registry/sessions/{at + 1:02}.yaml", sessions[at]
        text = claim(at + 1) + (f"key: {_public(key)}\n" if key else "")
        blob = pack.put("blob", text.replace("daily", ("daily", "a day")[phase % 2]).encode()) if phase < 2 else ""
        start, before = line[0]
        proposal = _commit(pack, _with(before, path, blob), (start,), f"Claim number {at + 1}", step, key)
        files = _with(files, path, blob)
        message = f"Register session {at + 1}\n\nApproved-by: @OWNER\nSession-Id: marketing-outreach-{at + 1}"
        main = _commit(pack, files, (main, proposal), message, step, owner)
        line = [*line[-LAG:], (main, files)]
        yield main


def _with(files: Tree, path: str, blob: str) -> Tree:
    kept = {name: oid for name, oid in files.items() if name != path}
    return kept | ({path: blob} if blob else {})


def _commit(pack: Pack, files: Tree, parents: tuple[str, ...], message: str, step: int, key: Path | None = None) -> str:
    person = f"Bench <bench@example.org> {START + step} +0000"
    lines = [f"tree {_tree(pack, files)}", *(f"parent {parent}" for parent in parents)]
    head, text = "\n".join([*lines, f"author {person}", f"committer {person}"]) + "\n", f"\n{message}\n"
    if key:
        words = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(key)]
        armour = subprocess.run(words, input=(head + text).encode(), capture_output=True, check=True).stdout.decode()
        head += "gpgsig " + armour.rstrip("\n").replace("\n", "\n ") + "\n"
    return pack.put("commit", (head + text).encode())


def _tree(pack: Pack, files: Tree) -> str:
    rows, below = dict[str, tuple[str, str]](), dict[str, dict[str, str]]()
    for path, oid in files.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = oid
        else:
            rows[name] = f"100644 {name}\0", oid
    rows |= {name: (f"40000 {name}\0", _tree(pack, inner)) for name, inner in below.items()}
    ordered = sorted(rows, key=lambda name: name + ("/" if name in below else ""))
    return pack.put("tree", b"".join(rows[name][0].encode() + bytes.fromhex(rows[name][1]) for name in ordered))


def _header(kind: int, size: int) -> bytes:
    """The start of an object in a pack: its kind, and its size in groups of seven bits."""
    found, rest = [kind << 4 | size & 15], size >> 4
    while rest:
        found[-1] |= 128
        found.append(rest & 127)
        rest >>= 7
    return bytes(found)
