"""Names of refs that somebody could take for another: created, and deleted where a server has them already.

B01, B02, … are attacks of the corpus.
"""

import subprocess
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO, push_raw
from tests.hosts.plain.ground import MAIN, Ground, own
from tests.hosts.plain.stage import Stage, claim_text, registry

MADE_UP = "1" * 40
NAMES = {
    "B01": [
        "refs/heads/m\u0430in", "refs/heads/\uff4dain", "refs/heads/main\u200b", "refs/heads/caf\u00e9",
        "refs/heads/cafe\u0301", "refs/heads/claim/0\u0662",
    ],
    "B02": [
        "refs/heads/remotes/origin/main", "refs/remotes/origin/main", "refs/heads/origin/main",
        "refs/heads/refs/heads/main", "refs/main",
    ],
    "B03": ["refs/heads/main/x", "refs/heads/main/claim/03"],
    "B04": ["HEAD", "refs/heads/HEAD", "FETCH_HEAD", "main", "refs/heads/", "claim/03", "refs/heads", "../main"],
    "B05": [
        "refs/heads/claim", "refs/heads/record", "refs/heads/record/acknowledgements", "refs/heads/charter",
        "refs/heads/release", "refs/rejected", "refs/rejected/claim", "refs/rejected/claim/02",
    ],
    "B06": [
        f"refs/heads/{name}"
        for name in (
            "claim/2", "claim/\uff10\uff12", "claim/02 ", "claim/02.lock", "claim/02/x", "claim/-1", "claim/100000",
            "Claim/02", "CLAIM/02", "claim//02", "claim/02.yaml", "claim/2e0", "claims/02", "claim/",
        )
    ],
    "B07": [
        f"refs/heads/record/{name}"
        for name in (
            "approval", "activation", "confirmation.yaml", "acknowledgements/02/x", "acknowledgements/2", "digest",
            "acknowledgements/", "Confirmation",
        )
    ],
    "B08": [
        f"refs/heads/charter/{name}"
        for name in ("../../main", "-x", "x/y", "a" * 300, "\uff41", "a b", ".x", "x.lock", "a..b", "@", "")
    ],
    "B09": [f"refs/replace/{MADE_UP}", "refs/replace/{main}", "refs/grafts/x"],
    "B10": [
        "refs/tags/v1", "refs/notes/commits", "refs/stash", "refs/pull/1/head", "refs/worktree/x", "refs/original/x",
        "refs/withdrawn/charter/x",
        f"refs/withdrawn/main/{MADE_UP[:12]}", f"refs/rejected/tags/v1/{MADE_UP[:12]}",
        "refs/bisect/bad", "refs/changes/01/1/1", "refs/meta/config",
    ],
    "B11": ["refs/heads/gh-readonly-queue/main/pr-1-" + MADE_UP],
    "B12": ["refs/heads/broadcast2", "refs/heads/broadcast/x", "refs/heads/broadcast\u00e9", "refs/heads/Broadcast"],
    "B14": [
        "refs/heads/\udcff\udcfe", "refs/heads/claim/02\udcc0", "refs/heads/claim/" + "0" * 4000,
        "refs/heads/\x1b[2J", "refs/heads/::set-env name=x::y", "refs/heads/claim/03%0A::error::x",
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def played(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))


@pytest.mark.parametrize("attack", NAMES)
def test_no_ref_has_another_name(played: Ground, attack: str) -> None:
    """B01-B12, B14: neither a claim nor main's own commit, nor the end of such a ref on a server that has it."""
    claim = played.claim(3, "rival")
    for name in NAMES[attack]:
        ref = name.format(main=played.main)
        for new in (claim, played.main):
            played.refuses((ZERO, new, ref), why="this server has no such ref")
        played.refuses((claim, ZERO, ref), (ZERO, claim, "refs/heads/claim/03"), why="this server has no such ref")
    played.accepts((ZERO, claim, "refs/heads/claim/03"))


def test_numbers_that_no_fleet_of_twelve_has(played: Ground) -> None:
    """B06, B07: as claims, releases and records of their own number."""
    for name in ("00", "002", "13", "99999"):
        number = int(name)
        edit = {f"registry/sessions/{name}.yaml": claim_text(number, "rival").encode()}
        played.refuses((ZERO, played.commit([played.main], edit), f"refs/heads/claim/{name}"))
        record = {f"registry/consensus/acknowledgements/{name}.yaml": b"number: 13\n"}
        played.refuses((ZERO, played.commit([played.main], record), f"refs/heads/record/acknowledgements/{name}"))
        played.refuses((ZERO, played.claim(3, "rival"), f"refs/heads/release/{name}"))


def test_a_ref_where_a_folder_has_to_be_stops_nobody(template: Stage, tmp_path: Path) -> None:
    """B05: on a server that has one from before the guard, its owner can take it away; others are judged."""
    ground = Ground(template.copy(tmp_path / "stage"))
    ground.point("refs/heads/release", ground.main)
    ground.refuses((ground.main, ZERO, "refs/heads/release"))
    ground.accepts((ZERO, ground.claim(3, "rival"), "refs/heads/claim/03"))


def test_replaced_objects_are_judged_as_they_are(template: Stage, tmp_path: Path) -> None:
    """B09: on a server whose owner has such refs, the guard reads what a clone gets."""
    ground = Ground(template.copy(tmp_path / "stage"))
    unsigned = ground.commit([ground.main], {own(3): claim_text(3, "thief").encode()})
    signed = ground.merge(ground.claim(3, "rival"))
    evil = ground.commit([ground.main], {"evil.bin": b"x", own(3): claim_text(3, "thief").encode()})
    ground.restore({MAIN: ground.main, f"refs/replace/{unsigned}": signed, f"refs/replace/{evil}": signed})
    ground.refuses((ground.main, unsigned, MAIN), why="REG304")
    ground.refuses((ZERO, evil, "refs/heads/claim/03"), why="REG302")
    ground.accepts((ground.main, signed, MAIN))


def test_names_of_any_bytes_are_escaped_in_the_answer(played: Ground) -> None:
    """B14: as packets; what comes back is safe for a terminal."""
    claim, before = played.claim(3, "rival"), played.refs()
    pack = subprocess.run(
        ["git", "pack-objects", "--revs", "--stdout", "-q"], cwd=played.server, input=f"{claim}\n".encode(),
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    for name in (b"refs/heads/\xff\xfe", b"refs/heads/a\xc2\x9b2J", b"refs/heads/\xe2\x80\xaex", b"refs/heads/::x"):
        _, out, error = push_raw(played.server, [(ZERO, claim, name)], pack)
        assert b"this server has no such ref" in error
        assert b"Traceback" not in error
        assert not any(odd in error for odd in (b"\x1b", b"\xc2\x9b", b"\xe2\x80\xae")), error
        assert played.refs() == before, out
    odd = played.commit([played.main], {"a\x1b[2J\u202eb": b"x"})
    for ref in ("refs/heads/claim/03", "refs/heads/charter/x"):
        answer = played.decide((ZERO, odd, ref))
        assert (answer.taken, "\\x1b[2J\\u202e" in answer.said) == (False, True), answer.said


def test_a_large_draft_of_the_charter_slows_no_reader(template: Stage, tmp_path: Path) -> None:
    """I13: it may be proposed; whoever looks at it gets an answer."""
    ground = Ground(template.copy(tmp_path / "stage"))
    text = ground.trees[ground.main]["registry/charter.yaml"]
    short = b"".join(line for line in text.splitlines(keepends=True) if b"number:" not in line and b"slots" not in line)
    big = short.replace(b"capacity: 12", b"capacity: 99999")
    name = "refs/heads/charter/big"
    ground.does((ZERO, ground.commit([ground.main], {"registry/charter.yaml": big}), name))
    for verb in ("status", "history", "audit"):
        done = registry(ground.server, verb, "--ref", "charter/big")
        assert done.returncode in (0, 1), done.stderr
        assert len(done.stdout) < 20_000_000
