"""Who takes a proposal away, and what comes after it. H01, H02, … are attacks of the corpus."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Ground, own
from tests.hosts.plain.stage import ENVIRONMENT, Stage, claim_text

TWO, THREE = "refs/heads/claim/02", "refs/heads/claim/03"
OWNS = "Step\n\nApproved-by: @OWNER\n"


@pytest.fixture
def ground(template: Stage, tmp_path: Path) -> Ground:
    """A server where `victim` has proposed number 2."""
    ground = Ground(template.copy(tmp_path / "stage"))
    ground.point(TWO, ground.claim(2, "victim"))
    return ground


def test_an_open_proposal_stays_until_it_is_answered(ground: Ground) -> None:
    """H01, H02: with an honest merge or rejection it goes, and then the name is free for whoever comes."""
    proposal = ground.refs()[TWO]
    ground.refuses((proposal, ZERO, TWO), why="after it is merged, turned down or withdrawn")
    answer = ground.play((proposal, ZERO, TWO))
    assert (answer.taken, "after it is merged, turned down or withdrawn" in answer.said) == (False, True)
    ground.does((ground.main, ground.merge(proposal), MAIN))
    ground.main = ground.refs()[MAIN]
    ground.does((proposal, ZERO, TWO))
    ground.refuses((ZERO, proposal, TWO), why="is no branch for a change of nothing")
    amended = ground.commit([ground.main], {own(2): claim_text(2, "victim", status="PENDING").encode()})
    ground.accepts((ZERO, amended, TWO))  # in the holder's name: open without keys
    ground.refuses((ZERO, ground.claim(2, "thief", ground.main), TWO), why="REG301")


def test_a_copy_on_main_does_not_end_a_proposal(ground: Ground) -> None:
    """H03: merged as a squash, so that no commit says that this proposal has landed."""
    proposal = ground.refs()[TWO]
    squash = ground.commit([ground.main], {own(2): ground.trees[proposal][own(2)]}, signer=owner(ground), message=OWNS)
    ground.does((ground.main, squash, MAIN))
    ground.refuses((proposal, ZERO, TWO), why="after it is merged, turned down or withdrawn")
    reason = ground.rejection(proposal)
    ground.does((ZERO, reason, f"refs/rejected/claim/02/{reason[:12]}"))
    ground.does((proposal, ZERO, TWO))


def owner(ground: Ground) -> Path:
    return ground.stage.keys["OWNER"]


def test_many_rejections_do_not_slow_a_push(ground: Ground, long: bool) -> None:
    """H09: their number changes what one later push costs by little."""
    claim = ground.claim(3, "rival")
    before = cost(ground, claim)
    count, proposal = 2_000 if long else 500, ground.refs()[TWO]
    head = "commit refs/rejected/claim/02/{at:012x}\ncommitter a <a@b> 1767603600 +0000\n"
    rows = [f"{head.format(at=at)}data 2\n{at % 10}\nfrom {proposal}\n" for at in range(count)]
    words = ["git", "fast-import", "--quiet", "--force"]
    subprocess.run(words, cwd=ground.server, input="".join(rows).encode(), check=True, env=ENVIRONMENT)
    assert len(ground.refs()) == count + 2
    assert cost(ground, claim) < 2 * before + 0.1
    ground.accepts((proposal, ZERO, TWO))


def cost(ground: Ground, claim: str) -> float:
    """Seconds of processor time that the guard and its Git take, the best of three."""

    def once() -> float:
        began = time.process_time()
        ground.accepts((ZERO, claim, THREE))
        return time.process_time() - began

    return min(once() for _ in range(3))


def test_the_holder_amends_beside_anothers_proposal(ground: Ground) -> None:
    """H13: a proposal that can no longer land stops nobody."""
    claim: dict[str, bytes | None] = {own(2): claim_text(2, "holder").encode()}
    ground.point(MAIN, ground.commit([ground.main], claim, signer=owner(ground), message=OWNS))
    stray = ground.refs()[TWO]
    amended = ground.commit([ground.main], {own(2): claim_text(2, "holder", status="PENDING").encode()})
    ground.accepts((stray, amended, TWO))
    ground.refuses((stray, ground.claim(2, "thief", ground.main), TWO))
