"""A broken proposal on an unguarded server never blocks the others.

Everybody else's verbs do their work, and those that judge name the bad one.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.stage import ENVIRONMENT, Stage, fleet, git, try_git, verb
from tests.properties.strategies import any_bytes, tries

GOOD = fleet(4).encode()
NAMES = st.sampled_from(
    [b"registry", b"registry/sessions", b"registry/sessions/11.yaml", b"registry/charter.yaml", b".git", b"a\nb",
     b"\xff", b"..", b"registry/sessions/011.yaml", b"REGISTRY", b"registry/consensus/confirmation.yaml", b"a" * 5_000]
)  # fmt: skip
MODES = st.sampled_from([b"100644", b"100755", b"120000", b"160000", b"40000", b"100600", b"1"])
entries = st.lists(st.tuples(MODES, NAMES, any_bytes), min_size=1, max_size=4)


class Others(Stage):
    """A server without a guard, where number 1 is registered; a session, and a claim that it wants to make."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.main = self.registered(1)
        self.session = self.clone("session")
        self.draft = folder / "05.yaml"
        self.draft.write_text(fleet(5), encoding="utf-8")
        git(self.bare, "config", "gc.auto", "0")

    def write(self, kind: str, content: bytes) -> str:
        """An object of any content; its id."""
        words = ("hash-object", "-w", "--literally", "-t", kind, "--stdin")
        done = subprocess.run(["git", *words], cwd=self.bare, env=ENVIRONMENT, input=content, check=True, stdout=-1)
        return done.stdout.decode().strip()

    def tree(self, *rows: tuple[bytes, bytes, str]) -> str:
        raw = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in rows)
        return self.write("tree", raw)

    def commit(self, tree: str) -> str:
        who = "stranger <stranger@example.invalid> 1795165200 +0000"
        lines = f"tree {tree}\nparent {self.main}\nauthor {who}\ncommitter {who}\n\nA proposal\n"
        return self.write("commit", lines.encode())

    def propose(self, commit: str) -> None:
        """Put it on a branch; Git itself would not take all of it as a name for a branch."""
        place = self.bare / "refs/heads/claim/11"
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"{commit}\n")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Others]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            patch.delenv(name)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield Others(tmp_path_factory.mktemp("others"))


@tries(0.1)
@given(any_bytes)
@example(b"%YAML 1.3\n---\n" + GOOD)
@example(b"[" * 300)
@example(b"a: \xff\n")
def test_any_bytes_as_a_claim(others: Others, data: bytes) -> None:
    sessions = others.tree((b"100644", b"11.yaml", others.write("blob", data)))
    tree = others.tree((b"40000", b"registry", others.tree((b"40000", b"sessions", sessions))))
    others.propose(others.commit(tree))
    assert "claim/11" in everybody_works(others)


@tries(0.1)
@given(entries)
@example([(b"40000", b"registry", b"")])
@example([(b"120000", b"registry", b"/etc"), (b"160000", b"sessions", b"")])
@example([(b"1", b"registry", b""), (b"1", b"registry", b"")])
@pytest.mark.takes_long
def test_any_tree_as_a_proposal(others: Others, rows: list[tuple[bytes, bytes, bytes]]) -> None:
    tree = others.tree(*((mode, name, others.write("blob", data)) for mode, name, data in rows))
    others.propose(others.commit(tree))
    assert "claim/11" in everybody_works(others)


@tries(0.1)
@given(any_bytes)
@example(b"author \xff <> 99999999999999999999 +9999\ncommitter  <> -1 +0000\nencoding none\n\n\xff\0")
@example(b"parent MAIN\nparent MAIN\nauthor x <x> 0 +0000\ncommitter x <x> 0 +0000\n\n" + b"x" * 2_000_000)
@pytest.mark.takes_long
def test_any_commit_as_a_proposal(others: Others, lines: bytes) -> None:
    tree = git(others.bare, "rev-parse", "main^{tree}").strip().encode()
    start = b"" if lines.startswith((b"author", b"parent")) else b"author x <x> 0 +0000\ncommitter x <x> 0 +0000\n"
    content = b"tree %s\n%s%s" % (tree, start, lines.replace(b"MAIN", others.main.encode()))
    others.propose(others.write("commit", content))
    assert "claim/11" in everybody_works(others)


REFS = st.sampled_from(
    [*(f"refs/{kind}/claim/{at}" for kind in ("rejected", "withdrawn") for at in ("05/x", "11/x", "x/y", "04")),
     *(f"refs/{name}" for name in ("tags/main", "tags/claim/05", "notes/commits", "replace/x", "pull/5/head", "x"))]
)  # fmt: skip
OBJECTS = st.tuples(REFS, st.sampled_from(["blob", "tree", "commit", "tag"]), any_bytes)


@pytest.mark.takes_long
@tries(0.1)
@given(st.lists(OBJECTS, min_size=1, max_size=8))
@example([(f"refs/{kind}/claim/05/x", "blob", b"\xff") for kind in ("rejected", "withdrawn")])
@example([("refs/rejected/claim/05/x", "commit", b"\xff"), ("refs/withdrawn/claim/05/x", "tree", b"")])
def test_any_object_under_any_ref_but_a_branch(others: Others, rows: list[tuple[str, str, bytes]]) -> None:
    """Git takes everything there, unlike for a branch; but no push with a broken tree, nor any push beside one."""
    for ref, kind, data in rows:
        try_git(others.bare, "update-ref", ref, others.write(kind, b"" if kind == "tree" else data))
    try:
        everybody_works(others)
    finally:
        for ref in others.refs("refs/").keys() - {"refs/heads/main"}:
            git(others.bare, "update-ref", "--no-deref", "-d", ref)


def test_any_name_beside_the_proposals(others: Others) -> None:
    """Odd names of branches, of which the longest can be no file in a clone."""
    names = (
        "claim/é",
        "claim/-x",
        "claim/11/deep",
        "release/1",
        "charter/-",
        "record/x",
        "claim/1e3",
        "HEAD",
        "origin/main",
    )
    packed = (f"claim/{'x' * 300}", f"claim/{'/'.join(['d' * 200] * 19)}", "claim/\udcff")
    try_git(others.bare, "update-ref", "-d", "refs/heads/claim/11")
    for name in names:
        git(others.bare, "update-ref", f"refs/heads/{name}", others.main)
    rows = sorted(f"{others.main} refs/heads/{name}\n".encode("utf-8", "surrogateescape") for name in packed)
    (others.bare / "packed-refs").write_bytes(b"# pack-refs with: peeled fully-peeled sorted \n" + b"".join(rows))
    try:
        everybody_works(others)
    finally:
        (others.bare / "packed-refs").unlink()
        for name in names:
            git(others.bare, "update-ref", "-d", f"refs/heads/{name}")


@pytest.mark.parametrize("target", ["ref: refs/heads/main", "ref: refs/heads/claim/11", "ref: refs/heads/nowhere"])
def test_a_branch_that_is_another_name_of_one(others: Others, target: str) -> None:
    others.propose(target)
    everybody_works(others)
    git(others.bare, "symbolic-ref", "--delete", "refs/heads/claim/11")


@pytest.mark.parametrize("kind", ["nothing", "tree", "commit"])
def test_a_server_with_a_broken_branch(others: Others, kind: str) -> None:
    """Git refuses pushes there until it is repaired; reading works and names the branch."""
    others.propose("f" * 40 if kind == "nothing" else others.write(kind, b""))
    shown = verb(others.session, "proposals", "--format", "json")
    assert shown.exit_code == 0, shown
    assert ["claim/11" for one in shown.document["proposals"] if one["name"] == "claim/11"] or kind == "nothing"
    assert verb(others.session, "whoami", "--session-id", "marketing-outreach-2", "--fetch").exit_code == 1
    (others.bare / "refs/heads/claim/11").unlink()


def everybody_works(stage: Others) -> str:
    """What the others hear of the proposals, after each of them has done its work."""
    claimed = verb(stage.session, "claim", "5", "--from", str(stage.draft), "--push")
    assert claimed.exit_code == 0, claimed
    shown = verb(stage.session, "proposals")
    assert shown.exit_code == 0, shown
    assert "claim/05" in shown.out
    judged = verb(stage.session, "conflicts")
    assert judged.exit_code in (0, 1), judged
    asked = verb(stage.session, "whoami", "--session-id", "marketing-outreach-2", "--fetch")
    assert " has to approve number 5" in asked.out, asked
    assert verb(stage.session, "status").exit_code == 0
    approved = verb(stage.human, "approve", "5", "--yes")
    assert "claim/05 is on main" in approved.out, approved
    git(stage.bare, "update-ref", "refs/heads/main", stage.main)
    return shown.out
