"""Where attacks on a guarded server are played: objects made by hand, and pushes that `git push` would never send.

One server is copied for a test; all that anybody makes is put into its object store at once, unreachable, so that a
replay costs nothing. `decide` asks the guard in this process; `play` sends the packets to a real `git receive-pack`,
which runs the installed hook.
"""

import hashlib
import shutil
import subprocess
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.corpus.packets import ZERO, advertised, pack_of, push_raw
from tests.hosts.plain.stage import ENVIRONMENT, Stage, charter, claim_text, public
from validator.hosts.plain.pre_receive import pre_receive
from validator.model.errors import FatalError

MAIN = "refs/heads/main"
WHO = "session <session@example.invalid>"
WHEN = "1767603600 +0000"
Tree = dict[str, bytes]  # path to content of regular files
Command = tuple[str, str, str]  # old, new, ref


class Answer(NamedTuple):
    """Whether all of a push was taken, and what was said."""

    taken: bool
    said: str


class Ground:
    """A guarded server, and the objects with which it is attacked."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.server = stage, stage.bare
        self.trees = dict[str, Tree]()  # by commit
        self.main = self.refs()[MAIN]
        people = {name: public(key) for name, key in stage.keys.items()}
        self.trees[self.main] = {
            "registry/charter.yaml": charter(12, people).encode(),
            "registry/sessions/.gitkeep": b"",
        }

    def refs(self) -> dict[str, str]:
        return {name.decode(): oid.decode() for name, oid in advertised(self.server).items()}

    def put(self, kind: str, body: bytes) -> str:
        """Store an object; its id."""
        content = f"{kind} {len(body)}\0".encode() + body
        oid = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        path = self.server / "objects" / oid[:2] / oid[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(content, 1))
        return oid

    def tree(self, files: Mapping[str, bytes | tuple[str, str]]) -> str:
        """A tree of regular files by content, and of other entries by (mode, id)."""
        here, below = dict[str, tuple[str, str]](), dict[str, dict[str, bytes | tuple[str, str]]]()
        for path, content in files.items():
            name, _, rest = path.partition("/")
            if rest:
                below.setdefault(name, {})[rest] = content
            else:
                here[name] = content if isinstance(content, tuple) else ("100644", self.put("blob", content))
        here |= {name: ("40000", self.tree(inner)) for name, inner in below.items()}
        rows = sorted(here.items(), key=lambda row: row[0] + ("/" if row[1][0] == "40000" else ""))
        return self.put(
            "tree", b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for name, (mode, oid) in rows)
        )

    def commit(
        self,
        parents: Sequence[str],
        edits: Mapping[str, bytes | None] | None = None,
        *,
        message: str = "Claim\n",
        signer: Path | None = None,
        author: str = WHO,
        when: str = WHEN,
        headers: str = "",
        namespace: str = "git",
        tree: Tree | None = None,
        root: str | None = None,
        signature_of: Callable[[bytes], str] | None = None,
    ) -> str:
        """A commit on top of its first parent's tree (or of `tree`) with some files changed; its id.

        `root` is the id of a tree that no files describe: one with other modes, or malformed.
        """
        files = dict(tree if tree is not None else self.trees[parents[0]] if parents else {})
        for path, content in (edits or {}).items():
            files.pop(path, None)
            if content is not None:
                files[path] = content
        lines = [f"tree {root or self.tree(files)}", *(f"parent {parent}" for parent in parents)]
        head = "\n".join([*lines, f"author {author} {when}", f"committer {author} {when}"]) + "\n" + headers
        text = message.encode("utf-8", "surrogateescape")
        body = head.encode("utf-8", "surrogateescape") + b"\n" + text
        if signer or signature_of:
            made = signature_of(body) if signature_of else signature(Path(signer or ""), body, namespace)
            armour = made.rstrip("\n").replace("\n", "\n ")
            body = (head + f"gpgsig {armour}\n").encode("utf-8", "surrogateescape") + b"\n" + text
        oid = self.put("commit", body)
        self.trees[oid] = files
        return oid

    def claim(self, number: int, session: str, *parents: str, **fields: str) -> str:
        """A session's claim of a number, on main where no parent is named."""
        edit = {own(number): claim_text(number, session, **fields).encode()}
        return self.commit(parents or [self.main], edit)

    def merge(self, proposal: str, *, onto: str | None = None, who: str = "OWNER", message: str | None = None) -> str:
        """What an approver makes: main's tree with the proposal's own files, signed, with the trailer."""
        base = onto or self.main
        fork, theirs = self.trees[self.main], self.trees[proposal]
        edits = {path: theirs.get(path) for path in {*fork, *theirs} if fork.get(path) != theirs.get(path)}
        text = message or f"Register\n\nApproved-by: @{who}\n"
        return self.commit([base, proposal], edits, signer=self.stage.keys[who], message=text)

    def rejection(self, proposal: str, *, who: str | None = "OWNER", text: str = "No\n\nRejected-by: @OWNER\n") -> str:
        """What `registry reject` makes."""
        return self.commit([proposal], message=text, signer=self.stage.keys[who] if who else None)

    def point(self, ref: str, oid: str | None) -> None:
        """Move a ref as somebody with a shell on the server would."""
        words = ["update-ref", ref, oid] if oid else ["update-ref", "-d", ref]
        subprocess.run(["git", *words], cwd=self.server, check=True, capture_output=True, env=ENVIRONMENT)
        if ref == MAIN and oid:
            self.main = oid

    def restore(self, refs: Mapping[str, str]) -> None:
        """Give the server these refs and no others, for the next attack."""
        shutil.rmtree(self.server / "refs")
        for name in ("refs/heads", "refs/tags"):
            (self.server / name).mkdir(parents=True)
        (self.server / "packed-refs").unlink(missing_ok=True)
        for name, oid in refs.items():
            path = self.server / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{oid}\n")
        self.main = refs.get(MAIN, self.main)

    def decide(self, *commands: Command) -> Answer:
        """What the guard says of a push; nothing moves."""
        lines = b"".join(f"{old} {new} {ref}\n".encode("utf-8", "surrogateescape") for old, new, ref in commands)
        try:
            text, code = pre_receive(repo=self.server, lines=lines)
        except FatalError as error:
            return Answer(False, f"registry: {error}\n")
        return Answer(code == 0, text)

    def play(
        self,
        *commands: Command,
        capabilities: bytes = b"report-status",
        before: Sequence[bytes] = (),
        after: Sequence[bytes] = (),
        pack: bytes | None = None,
    ) -> Answer:
        """Send a push to `git receive-pack`; whether every command was carried out, and all that came back."""
        was = self.refs()
        wanted = was | {ref: new for _, new, ref in commands}
        news = [new for _, new, _ in commands if new != ZERO]
        if pack is None and news:
            pack = pack_of(self.server, news, list(was.values()))
        sent = [(old, new, ref.encode("utf-8", "surrogateescape")) for old, new, ref in commands]
        _, out, error = push_raw(self.server, sent, pack, capabilities=capabilities, before=before, after=after)
        now = self.refs()
        said = (out + error).decode("utf-8", "replace")
        assert "Traceback" not in said
        if now != was:
            assert now == {ref: oid for ref, oid in wanted.items() if oid != ZERO}, (
                "a push is taken whole or not at all"
            )
        return Answer(now != was, said)

    def refuses(self, *commands: Command, why: str = "") -> None:
        """Both orders of the commands are refused, with this reason."""
        for order in {commands, commands[::-1]}:
            answer = self.decide(*order)
            assert not answer.taken, (order, "was accepted")
            assert why in answer.said, answer.said

    def accepts(self, *commands: Command) -> None:
        answer = self.decide(*commands)
        assert answer.taken, answer.said

    def does(self, *commands: Command) -> None:
        """An honest push: accepted, and its refs moved."""
        self.accepts(*commands)
        for _, new, ref in commands:
            self.point(ref, None if new == ZERO else new)


def own(number: int) -> str:
    return f"registry/sessions/{number:02}.yaml"


def signature(key: Path, body: bytes, namespace: str = "git") -> str:
    """An SSH signature as Git asks for it (git-config(1), gpg.format)."""
    words = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(key)]
    done = subprocess.run(words, input=body, capture_output=True, check=True)
    return done.stdout.decode()
