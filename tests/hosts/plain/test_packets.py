"""Packets that `git push` never sends, to a real `git receive-pack`: A17, A18, … are attacks of the corpus.

One server for all of them. Each is refused as a whole, and an honest claim gets in afterwards.
"""

import hashlib
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO, push_raw
from tests.hosts.plain.ground import MAIN, Command, Ground, own, signature
from tests.hosts.plain.stage import Stage, claim_text, make_key, run

TWO, THREE = "refs/heads/claim/02", "refs/heads/claim/03"
MADE_UP = "deadbeef" * 5


@pytest.fixture(scope="module")
def server(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A server where `victim` has proposed number 2, which takes push options and certificates."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))
    for setting in ("receive.advertisePushOptions=true", "receive.certNonceSeed=seed"):
        run(["git", "config", *setting.split("=")], ground.server)
    ground.point(TWO, ground.claim(2, "victim"))
    return ground


@pytest.fixture
def ground(server: Ground) -> Iterator[Ground]:
    """The same, with its refs as at first; the test's end is an honest claim that gets in."""
    refs = server.refs()
    yield server
    assert server.refs() == refs, "an attack has moved a ref"
    assert server.play((ZERO, server.claim(3, "rival"), THREE)).taken
    server.restore(refs)


def unsigned(ground: Ground, number: int = 3) -> str:
    """What a thief would like main to be."""
    return ground.commit([ground.main], {own(number): claim_text(number, "thief").encode()})


def _moves(ground: Ground) -> dict[str, list[Command]]:
    """What is said of old values, as packets."""
    main, proposal = ground.main, ground.refs()[TWO]
    thief, better = ground.claim(2, "thief"), ground.claim(2, "victim", status="PENDING")
    merge, reason = ground.merge(proposal), ground.rejection(proposal)
    step, gone = unsigned(ground), (proposal, ZERO, TWO)
    return {
        "A02": [(ZERO, step, MAIN), gone],
        "A03": [(main, ground.commit([main, proposal], {own(2): ground.trees[proposal][own(2)]}), MAIN), gone],
        "A04": [(main, merge, MAIN), gone],
        "A05": [(ZERO, reason, f"refs/rejected/claim/02/{reason[:12]}"), gone],
        "A09": [(MADE_UP, thief, TWO)],
        "A10": [(ZERO, thief, TWO)],
        "A11": [(proposal, better, TWO), (proposal, thief, TWO)],
        "A12": [(main, merge, MAIN), (merge, step, MAIN)],
        "A13": [(ZERO, ZERO, "refs/heads/claim/09"), (ZERO, ZERO, MAIN)],
        "A16": [(ZERO, ground.claim(3, "thief"), f"{THREE}\n{main} {step} {MAIN}"), gone],
    }


def test_forged_old_values_move_nothing(ground: Ground) -> None:
    """A02-A05, A09-A13, A16: every second one with `atomic`; other orders are asked of the guard itself."""
    for at, (case, commands) in enumerate(_moves(ground).items()):
        answer = ground.play(*commands, capabilities=b"report-status" + (b" atomic" if at % 2 else b""))
        assert (answer.taken, "pre-receive hook declined" in answer.said) == (False, True), (case, answer.said)


def test_objects_that_are_missing_or_were_refused_before(ground: Ground) -> None:
    """A15: what is on no ref counts for no more than what a push brings."""
    absent = ground.play((ZERO, MADE_UP, THREE), pack=_empty())
    assert not absent.taken
    kept = unsigned(ground)  # in the object store, on no ref
    for command, why in (((ground.main, kept, MAIN), "REG304"), ((ZERO, kept, TWO), "the old value")):
        answer = ground.play(command, pack=_empty())
        assert not answer.taken, why


def _empty() -> bytes:
    words = ["git", "pack-objects", "--stdout", "-q"]
    return subprocess.run(words, input=b"", capture_output=True, check=True).stdout


def test_a_shallow_push_hides_no_commit(ground: Ground) -> None:
    """A17: the history that is judged is the one that would land."""
    below = ground.commit([ground.main], {"evil.bin": b"x"})
    tip = ground.commit([below], {"evil.bin": None, own(3): claim_text(3, "thief").encode()})
    words = ["git", "pack-objects", "--stdout", "-q"]
    alone = subprocess.run(words, cwd=ground.server, input=f"{tip}\n".encode(), capture_output=True, check=True)
    for cut, pack in ((tip, alone.stdout), (below, None), (ground.main, None)):
        assert not ground.play((ZERO, tip, THREE), before=[f"shallow {cut}".encode()], pack=pack).taken
    run(["git", "config", "receive.shallowUpdate", "true"], ground.server)
    try:
        assert not ground.play((ZERO, tip, THREE), before=[f"shallow {tip}".encode()]).taken
        assert not (ground.server / "shallow").exists()
    finally:
        run(["git", "config", "--unset", "receive.shallowUpdate"], ground.server)


def test_push_options_change_no_verdict(ground: Ground) -> None:
    """A18: nobody reads them, however many."""
    bad, capabilities = (ground.main, unsigned(ground), MAIN), b"report-status push-options"
    for options in ([b"ci.skip", b"GIT_DIR=/", b"--unsigned", b"registry.unsigned=true"], [b"x" * 1000] * 1000):
        answer = ground.play(bad, capabilities=capabilities, after=options)
        assert (answer.taken, "REG304" in answer.said) == (False, True), answer.said


@pytest.mark.takes_long
def test_a_certificate_of_a_push_is_no_approval(ground: Ground, tmp_path: Path) -> None:
    """A19: signed by a stranger or by an approver, and with other commands than the push."""
    step = (ground.main, unsigned(ground), MAIN)
    text = "certificate version 0.1\npusher x <x@example.invalid> 1767603600 +0000\nnonce x\n\n" + " ".join(step) + "\n"
    pack = _pack(ground, step[1])
    for signer in (make_key(tmp_path / "stranger"), ground.stage.keys["OWNER"]):
        signed = text + signature(signer, text.encode())
        lines = [f"{line}\n".encode() for line in signed.splitlines()]
        certificate = [b"push-cert\0report-status", *lines, b"push-cert-end\n"]
        for commands in ([], [(ZERO, ground.claim(3, "thief"), THREE.encode())]):
            before = ground.refs()
            _, out, error = push_raw(ground.server, commands, pack, before=certificate)
            assert ground.refs() == before, out + error
            assert b"Traceback" not in out + error
            assert commands or b"REG304" in out + error


def _pack(ground: Ground, *tips: str) -> bytes:
    words = ["git", "pack-objects", "--revs", "--stdout", "-q"]
    asked = "".join(f"{tip}\n" for tip in tips).encode()
    return subprocess.run(words, cwd=ground.server, input=asked, capture_output=True, check=True).stdout


@pytest.mark.takes_long
def test_pushes_at_the_same_time_get_no_more_than_one_after_another(server: Ground, long: bool) -> None:
    """A20: an approver's merge, and around it a thief's merge of the same and a thief's claim of that number."""
    refs, proposal = server.refs(), server.refs()[TWO]
    merge, thief = server.merge(proposal), server.claim(2, "thief")
    theirs = server.commit([server.main, proposal], {own(2): server.trees[proposal][own(2)]})
    bad = [(server.main, theirs, MAIN), (proposal, thief, TWO), (proposal, ZERO, TWO), (merge, theirs, MAIN)]
    pushes = [*bad, (server.main, merge, MAIN), *bad] + (bad * 12 if long else [])
    pack = _pack(server, merge, theirs, thief)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: push_raw(server.server, [(one[0], one[1], one[2].encode())], pack), pushes))
    now = server.refs()
    assert now[MAIN] == merge
    assert now.get(TWO, proposal) == proposal
    server.restore(refs)


def test_the_environment_of_a_pushing_client_changes_no_verdict(ground: Ground, tmp_path: Path) -> None:
    """A21: on a folder of this machine, where `git push` starts `git receive-pack` itself."""
    step = unsigned(ground)
    (tmp_path / "grafts").write_text(f"{step}\n")
    (tmp_path / "config").write_text("[core]\n\thooksPath = /dev/null\n[registry]\n\tunsigned = true\n")
    hostile = {
        "GIT_CONFIG_PARAMETERS": "'core.hooksPath=/dev/null' 'registry.unsigned=true'",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "config"),
        "GIT_REPLACE_REF_BASE": "refs/heads/", "GIT_SHALLOW_FILE": str(tmp_path / "shallow"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(tmp_path), "GIT_GRAFT_FILE": str(tmp_path / "grafts"),
        "GIT_QUARANTINE_PATH": str(tmp_path),
    }  # fmt: skip
    (tmp_path / "shallow").write_text(f"{ground.main}\n")
    words = ["git", "-C", str(ground.server), "push", f"file://{ground.server}", f"{step}:{MAIN}"]
    for variables in (*({name: value} for name, value in hostile.items()), hostile):
        done = run(words, tmp_path, **variables)
        assert done.returncode, variables
        assert "Traceback" not in done.stderr, variables


# objects that only a program of one's own writes


def test_malformed_trees_are_refused_by_git_and_by_the_guard(ground: Ground) -> None:
    """E17: as Git's own check refuses them, and where a server has switched that off."""
    blob, text = ground.put("blob", b"x"), ground.put("blob", claim_text(3, "thief").encode())
    base, sessions = ground.trees[ground.main], [("03.yaml", text)]
    charter = ground.put("blob", base["registry/charter.yaml"])
    twice = [("03.yaml", text), ("03.yaml", blob)]
    bad = {
        "twice": _root(ground, charter, twice), "other case": _root(ground, charter, [*sessions, ("03.yAml", blob)]),
        "not sorted": _root(ground, charter, [*sessions, ("01.yaml", blob)]),
        "a path as a name": _root(ground, charter, [*sessions, ("a/b", blob)]),
        "two folders": _root(ground, charter, sessions, registry=2),
        **{name: _root(ground, charter, sessions, (name, blob)) for name in (".git", "..", ".", ".GIT")},
    }  # fmt: skip
    for case, root in bad.items():
        tip = ground.commit([ground.main], root=root)
        assert not ground.play((ZERO, tip, THREE)).taken, case
        assert not ground.decide((ZERO, tip, THREE)).taken, case
        assert not ground.decide((ground.main, ground.commit([ground.main, tip], root=root), MAIN)).taken, case


def test_entries_that_are_no_files_are_no_claims(ground: Ground) -> None:
    """A name for an object of another kind, links, modules and folders, in the claim's place and beside it."""
    base, text = ground.trees[ground.main], claim_text(3, "thief").encode()
    blob, folder = ground.put("blob", text), ground.tree({"x": text})
    for mode, oid in (
        ("100644", ground.main), ("100644", folder), ("160000", ground.main), ("120000", blob), ("100744", blob),
        ("0", blob), ("777777777", blob), ("40000", folder), ("40000", ground.put("tree", b"")),
    ):  # fmt: skip
        for files in ([(own(3), (mode, oid))], [(own(3), text), ("beside", (mode, oid))]):
            tip = ground.commit([ground.main], root=ground.tree(dict([*base.items(), *files])))
            ground.refuses((ZERO, tip, THREE))
    for path in ("registry/sessions/.gitkeep", "Registry/sessions/04.yaml", f"{own(3)}/x", "a\nb", ".gitmodules"):
        odd = {path: b"x"} if path == f"{own(3)}/x" else {own(3): text, path: b"x"}
        ground.refuses((ZERO, ground.commit([ground.main], root=ground.tree({**base, **odd})), THREE))
    ground.accepts((ZERO, ground.commit([ground.main], root=ground.tree({**base, own(3): text})), THREE))


def _root(
    ground: Ground, charter: str, sessions: list[tuple[str, str]], *more: tuple[str, str], registry: int = 1
) -> str:
    """A tree like main's with these claims; nothing is sorted, and nothing said only once."""
    keep = (".gitkeep", ground.put("blob", b""))
    claims = _tree(ground, [("100644", name, oid) for name, oid in (keep, *sessions)])
    folder = _tree(ground, [("100644", "charter.yaml", charter), ("40000", "sessions", claims)])
    return _tree(ground, [*(("100644", *one) for one in more), *[("40000", "registry", folder)] * registry])


def _tree(ground: Ground, rows: list[tuple[str, str, str]]) -> str:
    return ground.put("tree", b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in rows))


@pytest.mark.takes_long
def test_a_pack_of_deltas_that_grows_ten_thousandfold(ground: Ground) -> None:
    """I07: 16 MB out of 1 KB. Git unpacks them before any hook runs; the guard reads none."""
    sizes = [2**power for power in range(20, 25)]
    oids = [_zeros(size) for size in sizes]
    deltas = [(oid, _doubling(size)) for oid, size in zip(oids[:-1], sizes[:-1], strict=True)]
    pack = _pack_of_deltas(b"\0" * sizes[0], deltas)
    assert len(pack) < 2_000
    charter = ground.put("blob", ground.trees[ground.main]["registry/charter.yaml"])
    for place in ("the claim", "a file beside it"):
        own_file = ground.put("blob", claim_text(3, "thief").encode())
        more = [] if place == "the claim" else [("README.md", oids[-1])]
        root = _root(ground, charter, [("03.yaml", own_file if more else oids[-1])], *more)
        answer = ground.play((ZERO, ground.commit([ground.main], root=root), THREE), pack=pack)
        assert (answer.taken, "pre-receive hook declined" in answer.said) == (False, True), answer.said


def _zeros(size: int) -> str:
    return hashlib.sha1(b"blob %d\0" % size + bytes(size), usedforsecurity=False).hexdigest()


def _doubling(size: int) -> bytes:
    """A delta that makes twice as many zeros out of so many (gitformat-pack(5))."""
    copies, left = b"", 2 * size
    while left:
        count = min(left, size, 0xFFFFFF)
        copies += b"\xf0" + count.to_bytes(3, "little")
        left -= count
    return _varint(size) + _varint(2 * size) + copies


def _varint(number: int) -> bytes:
    return bytes([number & 0x7F | 0x80]) + _varint(number >> 7) if number > 0x7F else bytes([number])


def _pack_of_deltas(first: bytes, deltas: Sequence[tuple[str, bytes]]) -> bytes:
    """A pack of one blob, and of deltas, each against the object of that id."""
    entries = [_entry(3, len(first)) + zlib.compress(first)]
    entries += [_entry(7, len(delta)) + bytes.fromhex(oid) + zlib.compress(delta) for oid, delta in deltas]
    body = b"PACK" + (2).to_bytes(4) + len(entries).to_bytes(4) + b"".join(entries)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _entry(kind: int, size: int) -> bytes:
    """The head of an object in a pack: its kind, and its size seven bits at a time after the first four."""
    low, rest = kind << 4 | size & 0xF, size >> 4
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
