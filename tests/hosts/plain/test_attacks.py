"""Attacks by somebody who can only push, each followed by an honest push that is accepted.

The names A01, B09, … are those of tests/corpus/guard-attacks.md.
"""

from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Ground, own
from tests.hosts.plain.stage import Stage, claim_text, make_key
from validator.git.refs import STALE

TWO, THREE = "refs/heads/claim/02", "refs/heads/claim/03"
MADE_UP = "deadbeef" * 5


@pytest.fixture(scope="module")
def played(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A server where `victim` has proposed number 2; for tests that leave it as it is."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))
    ground.point(TWO, ground.claim(2, "victim"))
    return ground


@pytest.fixture
def ground(played: Ground, tmp_path: Path) -> Ground:
    """The same for a test that moves refs."""
    ground = Ground(played.stage.copy(tmp_path / "stage"))
    ground.trees |= played.trees
    return ground


def victims(ground: Ground) -> str:
    return ground.refs()[TWO]


def rejected(proposal: str, reason: str, branch: str = "claim/02") -> Command:
    return ZERO, reason, f"refs/rejected/{branch}/{reason[:12]}"


# what a client says of old refs


def test_a_forged_creation_of_main_is_refused(played: Ground) -> None:
    """A01-A03: main as if it were being born, and with it the victim's proposal as if it were merged."""
    proposal, thief = victims(played), played.claim(2, "thief")
    merged = played.commit([played.main, proposal], {own(2): played.trees[proposal][own(2)]})
    gone, stolen = (proposal, ZERO, TWO), (ZERO, thief, TWO)
    played.refuses((ZERO, merged, MAIN), gone, stolen, why="more than once")
    played.refuses((ZERO, merged, MAIN), gone, why=STALE)
    played.refuses((played.main, merged, MAIN), gone, why="REG304")
    played.refuses(gone, why="a proposal goes after it is merged, turned down or withdrawn")
    played.refuses(stolen, why=STALE)


def test_the_raw_packets_of_that_attack_are_refused(ground: Ground) -> None:
    """A01 as it is sent: Git would have refused main alone, and carried out the rest."""
    proposal, thief = victims(ground), ground.claim(2, "thief")
    merged = ground.commit([ground.main, proposal], {own(2): ground.trees[proposal][own(2)]})
    before = ground.refs()
    for capabilities in (b"report-status", b"report-status atomic"):
        answer = ground.play((ZERO, merged, MAIN), (proposal, ZERO, TWO), (ZERO, thief, TWO), capabilities=capabilities)
        assert "pre-receive hook declined" in answer.said
        assert ground.refs() == before
    assert ground.play((proposal, ground.claim(2, "victim", status="PENDING"), TWO)).taken


def test_a_deletion_cannot_rely_on_the_same_push(ground: Ground) -> None:
    """A04, A05: not on the approver's own merge, nor on a real rejection; both make two pushes."""
    proposal = victims(ground)
    merge, reason = ground.merge(proposal), ground.rejection(proposal)
    gone = (proposal, ZERO, TWO)
    ground.refuses((ground.main, merge, MAIN), gone, why="in a push of its own")
    ground.refuses(rejected(proposal, reason), gone, why="in a push of its own")
    ground.accepts((ground.main, merge, MAIN))
    ground.does(rejected(proposal, reason))
    ground.refuses((ground.main, merge, MAIN), why="was turned down")  # C05
    ground.does(gone)
    ground.refuses((ZERO, proposal, TWO), why="was turned down")  # D12
    ground.refuses((ZERO, ground.claim(2, "victim", proposal, status="PENDING"), TWO), why="was turned down")
    ground.accepts((ZERO, ground.claim(2, "thief"), TWO))


def test_an_old_rejection_cannot_be_reused(ground: Ground) -> None:
    """A06-A08, H05-H07."""
    first = victims(ground)
    reason = ground.rejection(first)
    ground.does(rejected(first, reason))
    ground.does((first, ZERO, TWO))
    second = ground.claim(2, "victim", status="PENDING")
    ground.does((ZERO, second, TWO))
    ground.refuses((first, ZERO, TWO), why=STALE)
    ground.refuses((second, ZERO, TWO), why="a proposal goes after it is merged, turned down or withdrawn")
    ground.refuses(rejected(first, reason), why=STALE)
    ground.refuses((reason, ZERO, rejected(first, reason)[2]), why="a rejection is final")
    later = ground.rejection(first, text="Again\n\nRejected-by: @OWNER\n")
    ground.refuses(rejected(first, later), why="this is no rejection of what claim/02 is now")
    ground.does(rejected(second, ground.rejection(second)))
    ground.does((second, ZERO, TWO))


def test_a_forged_old_value_moves_no_branch(played: Ground) -> None:
    """A09-A11, A13, A14."""
    proposal, thief = victims(played), played.claim(2, "thief")
    for old in (MADE_UP, ZERO, played.main, thief):
        played.refuses((old, thief, TWO), why=STALE)
    for old in (proposal.upper(), proposal[:39], f"{proposal}0", "x" * 40, ""):
        played.refuses((old, thief, TWO), why="these are not the lines of a pre-receive hook")
    played.refuses(("0" * 64, played.claim(3, "thief"), THREE), why="these are not the lines of a pre-receive hook")
    better = played.claim(2, "victim", status="PENDING")
    for commands in (
        [(proposal, better, TWO), (proposal, thief, TWO)],
        [(proposal, proposal, TWO), (proposal, ZERO, TWO)],
        [(better, ZERO, TWO), (ZERO, thief, TWO)],
        [(proposal, better, TWO)] * 2,
    ):
        played.refuses(*commands, why="more than once")
    for ref in ("refs/heads/claim/09", "refs/heads/release/02", "refs/heads/broadcast"):
        played.refuses((ZERO, ZERO, ref), why="there is no such ref to delete")
    played.refuses((ZERO, ZERO, MAIN), why=STALE)
    played.accepts((proposal, better, TWO))
    played.accepts((proposal, proposal, TWO))


@pytest.mark.parametrize("ref", ["refs/heads/claim/03\n{M} {N} refs/heads/main", "refs/heads/claim/03\0x", "claim/03 "])
def test_a_ref_name_that_git_refuses_hides_no_other_ref(played: Ground, ref: str) -> None:
    """A16: the hook reads two lines where Git sees one odd name, refuses that, and carries out the rest."""
    thief = played.claim(3, "thief")
    unsigned = played.commit([played.main], {own(3): claim_text(3, "thief").encode()})
    odd = ref.format(M=played.main, N=unsigned)
    played.refuses((victims(played), played.claim(2, "thief"), TWO), (ZERO, thief, odd))


def test_a_symbolic_ref_is_no_way_to_main(ground: Ground) -> None:
    """B13: what is pushed to it would move main."""
    (ground.server / "refs/heads/claim/05").parent.mkdir(exist_ok=True)
    (ground.server / "refs/heads/claim/05").write_text("ref: refs/heads/main\n")
    thief = ground.claim(5, "thief")
    ref = "refs/heads/claim/05"
    for old in (ground.main, ZERO):
        ground.refuses((old, thief, ref), why=STALE)
        ground.refuses((old, ZERO, ref))
    ground.accepts((ZERO, ground.claim(3, "rival"), THREE))


def test_only_commits_are_proposed(played: Ground) -> None:
    """H08, I05: no tag is followed, and no other object read."""
    claim = played.claim(3, "thief")
    tag = played.put("tag", f"object {claim}\ntype commit\ntag x\ntagger {'A <a@b>'} 1 +0000\n\nx\n".encode())
    chain = played.put("tag", f"object {tag}\ntype tag\ntag y\ntagger {'A <a@b>'} 1 +0000\n\nx\n".encode())
    for oid in (tag, chain, played.tree({"a": b"x"}), played.put("blob", b"x"), MADE_UP):
        for ref in (THREE, f"refs/rejected/claim/02/{oid[:12]}", "refs/heads/broadcast"):
            played.refuses((ZERO, oid, ref), why="is no commit")
        played.refuses((played.main, oid, MAIN), why="is no commit")
    played.accepts((ZERO, claim, THREE))


def test_a_rejection_is_made_by_an_approver_in_one_form(played: Ground, tmp_path: Path) -> None:
    """H04, H05."""
    proposal = victims(played)
    good, stranger = played.rejection(proposal), make_key(tmp_path / "stranger")
    bad = {
        "unsigned": played.rejection(proposal, who=None),
        "stranger's": played.commit([proposal], message="No\n\nRejected-by: @OWNER\n", signer=stranger),
        "no trailer": played.rejection(proposal, text="No\n"),
        "another's trailer": played.rejection(proposal, text="No\n\nRejected-by: @DEPUTY\n"),
        "approval": played.rejection(proposal, text="No\n\nApproved-by: @OWNER\n"),
        "two parents": played.commit(
            [proposal, played.commit([played.main], {"evil.bin": b"x"})],
            message="No\n\nRejected-by: @OWNER\n", signer=played.stage.keys["OWNER"],
        ),
        "a file": played.commit(
            [proposal], {"evil.bin": b"x"}, message="No\n\nRejected-by: @OWNER\n", signer=played.stage.keys["OWNER"]
        ),
        "another proposal's": played.rejection(played.claim(3, "rival")),
        "too long": played.rejection(proposal, text=f"{'x' * 70_000}\n\nRejected-by: @OWNER\n"),
        "another encoding": played.commit(
            [proposal], message="No\n\nRejected-by: @OWNER\n", headers="encoding latin-1\n",
            signer=played.stage.keys["OWNER"],
        ),
    }  # fmt: skip
    for reason in bad.values():
        played.refuses(rejected(proposal, reason))
    for ref in ("0" * 12, good[:11], good[:13], good, good[:12].upper()):
        played.refuses((ZERO, good, f"refs/rejected/claim/02/{ref}"))
    played.refuses(rejected(proposal, good, "claim/03"))
    played.refuses(rejected(proposal, good, "main"))
    played.accepts(rejected(proposal, good))


def test_another_session_cannot_replace_a_proposal(played: Ground) -> None:
    """H10-H12."""
    proposal = victims(played)
    for session in ("thief", "victim-2", "vict\u0456m"):
        played.refuses((proposal, played.claim(2, session), TWO))
        played.refuses((proposal, played.claim(2, session, proposal), TWO))
    played.refuses((proposal, played.commit([played.main], {own(2): b"number: 2\nnumber: 2\n"}), TWO))
    played.accepts((proposal, played.claim(2, "victim", role="Desk 2 - write books"), TWO))
