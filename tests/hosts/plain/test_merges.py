"""Signed commits on main that were made for something else, or that merge unproposed content.

The names C01, D09, … are those of tests/corpus/guard-attacks.md.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Ground, own
from tests.hosts.plain.stage import Stage, claim_text

TWO, THREE = "refs/heads/claim/02", "refs/heads/claim/03"
OWNS = "Step\n\nApproved-by: @OWNER\n"


@pytest.fixture(scope="module")
def ground(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A server where number 1 is registered and `victim` has proposed number 2; nothing moves its refs."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))
    ground.point(MAIN, ground.commit([ground.main], {own(1): text(1)}, signer=key(ground), message=OWNS))
    ground.point(TWO, ground.claim(2, "victim"))
    return ground


@pytest.fixture
def moving(ground: Ground, tmp_path: Path) -> Ground:
    """The same for a test that moves refs."""
    moving = Ground(ground.stage.copy(tmp_path / "stage"))
    moving.trees |= ground.trees
    return moving


def key(ground: Ground, name: str = "OWNER") -> Path:
    return ground.stage.keys[name]


def text(number: int, **fields: str) -> bytes:
    return claim_text(number, "victim" if number == 2 else f"session-{number}", **fields).encode()


def step(ground: Ground, *parents: str, message: str = OWNS, **edits: bytes | None) -> str:
    """A signed step of main with an approval; edits by number."""
    files = {own(int(name.removeprefix("n"))): content for name, content in edits.items()}
    return ground.commit(parents, files, signer=key(ground), message=message)


def refused(ground: Ground, new: str, why: str) -> None:
    ground.refuses((ground.main, new, MAIN), why=why)


def test_what_was_signed_for_something_else_moves_no_main(ground: Ground) -> None:
    """C01, C02, C08, C11, C19: a draft, a rejection, a tag inside a commit, a commit without an approval."""
    main, proposal = ground.main, ground.refs()[TWO]
    draft = ground.commit([main], {own(3): text(3)}, signer=key(ground))
    refused(ground, draft, "its message names nobody as approving it")
    quoting = ground.rejection(draft, text="So be it\n\nApproved-by: @OWNER\n\nRejected-by: @OWNER\n")
    refused(ground, quoting, "its message names nobody as approving it")
    tagged = (
        f"mergetag object {proposal}\n type commit\n tag v1\n tagger A <a@example.invalid> 1767603600 +0000\n \n yes\n"
    )
    refused(ground, ground.commit([main, proposal], {own(2): text(2)}, headers=tagged, message=OWNS), "REG304")
    refused(ground, ground.commit([main], signer=key(ground), message="Nothing\n"), "REG304")
    refused(ground, ground.commit([main], {own(1): None}, signer=key(ground), message="Free it\n"), "REG304")


def test_a_step_fits_on_the_main_that_it_was_made_for(moving: Ground) -> None:
    """C03, C14, C15: main has moved, more comes on top, the approver is none any more."""
    ground, proposal = moving, moving.refs()[TWO]
    leaked = ground.merge(proposal)
    refused(ground, ground.commit([leaked], {own(3): text(3)}, signer=key(ground)), "REG304")
    deputys = ground.merge(proposal, who="DEPUTY")
    ground.point(MAIN, step(ground, ground.main, n4=text(4)))
    refused(ground, leaked, "REG306")
    charter = ground.trees[ground.main]["registry/charter.yaml"]
    alone = b"".join(line for line in charter.splitlines(keepends=True) if b"@DEPUTY" not in line)
    ground.point(
        MAIN,
        ground.commit([ground.main], {"registry/charter.yaml": alone}, signer=key(ground), message=OWNS),
    )
    refused(ground, deputys, "REG306")
    refused(ground, ground.merge(proposal, onto=ground.main, who="DEPUTY"), "is not signed by an approver")
    ground.accepts((ground.main, honest(ground, proposal), MAIN))


def honest(ground: Ground, proposal: str) -> str:
    """The approver's merge of the victim's claim into main as it is."""
    return ground.commit([ground.main, proposal], {own(2): text(2)}, signer=key(ground), message=OWNS)


def altered(ground: Ground) -> Mapping[str, tuple[str, str]]:
    """Merges of the victim's proposal, and what is said of them."""
    main, proposal = ground.main, ground.refs()[TWO]
    other = ground.claim(3, "session-3")
    empty = ground.commit([proposal])
    return {
        "D01 edited": (step(ground, main, proposal, n2=text(2, goal="Send 71 emails daily")), "REG310"),
        "D02 with another claim": (step(ground, main, proposal, n2=text(2), n3=text(3)), "REG310"),
        "D03 left out": (step(ground, main, proposal), "REG310"),
        "D08 the wrong way round, with the proposal as a step": (step(ground, proposal, main, n2=text(2)), "REG304"),
        "D09 another taken back": (step(ground, main, proposal, n2=text(2), n1=None), "REG310"),
        "D10 octopus": (step(ground, main, proposal, other, n2=text(2), n3=text(3)), "merges 2 changes at once"),
        "D11 left out below an empty commit": (step(ground, main, empty), "REG310"),
        "another root": (step(ground, main, ground.commit([], tree=ground.trees[proposal]), n2=text(2)), "REG305"),
    }


def test_a_merge_holds_what_it_merges(ground: Ground) -> None:
    """D01-D03, D08-D11."""
    for case, (merge, why) in altered(ground).items():
        answer = ground.decide((ground.main, merge, MAIN))
        assert (answer.taken, why in answer.said) == (False, True), (case, answer.said)
    ground.accepts((ground.main, honest(ground, ground.refs()[TWO]), MAIN))


def test_a_change_of_an_older_version_is_proposed_again(moving: Ground) -> None:
    """D04-D07, D14: main has amended, amended back, or freed and registered anew what a proposal began from."""
    ground, fork = moving, moving.main
    line = text(1, status="PENDING")
    amended = ground.commit([fork], {own(1): line})
    released = ground.commit([fork], {own(1): None})
    for history in ([text(1, labels="{team: a}")], [text(1, labels="{team: a}"), text(1)], [None, text(1)]):
        ground.point(MAIN, fork)
        for content in history:
            ground.point(MAIN, step(ground, ground.main, n1=content))
        both = text(1, status="PENDING", labels="{team: a}")
        for made in (line, both):
            refused(ground, step(ground, ground.main, amended, n1=made), "REG305")
        refused(ground, step(ground, ground.main, released, n1=None), "REG305")
        ground.refuses((ZERO, amended, "refs/heads/claim/01"), why="REG305")
        ground.refuses((ZERO, released, "refs/heads/release/01"), why="REG305")
    again = ground.commit([ground.main], {own(1): line})
    ground.accepts((ZERO, again, "refs/heads/claim/01"))
    ground.accepts((ground.main, step(ground, ground.main, again, n1=line), MAIN))


def test_a_step_is_held_to_the_steps_before_it_in_the_push(moving: Ground) -> None:
    """D05 in one push: an earlier step amends the claim, the next one takes that back, the third is from before."""
    ground, fork = moving, moving.main
    amended = ground.commit([fork], {own(1): text(1, status="PENDING")})
    other = step(ground, fork, n3=text(3))
    back = step(ground, step(ground, other, n1=text(1, labels="{team: a}")), n1=text(1))
    refused(ground, step(ground, back, amended, n1=text(1, status="PENDING")), "REG305")
    ground.accepts((fork, step(ground, other, amended, n1=text(1, status="PENDING")), MAIN))


def test_what_a_merge_left_out_does_not_count_as_merged(moving: Ground) -> None:
    """An approver merges code whose history has the victim's proposal in it: that has not landed by it."""
    ground, proposal = moving, moving.refs()[TWO]
    code = ground.commit([ground.main, proposal], {"README.md": b"code\n"})
    merge = ground.commit([ground.main, code], {"README.md": b"code\n"}, signer=key(ground), message=OWNS)
    ground.point(MAIN, merge)
    ground.refuses((proposal, ZERO, TWO), why="a proposal goes after it is merged, turned down or withdrawn")
    thief = ground.claim(2, "thief")
    ground.refuses((proposal, thief, TWO), why="this proposal is victim's")
    ground.accepts((proposal, ground.claim(2, "victim", status="PENDING"), TWO))


def test_rejected_commits_do_not_land(moving: Ground) -> None:
    """C05, D12, D13: nor below another commit, and in no merge that was signed before."""
    ground, proposal = moving, moving.refs()[TWO]
    signed, fixed = honest(ground, proposal), ground.commit([proposal], {own(2): text(2, status="PENDING")})
    reason = ground.rejection(proposal)
    ground.does((ZERO, reason, f"refs/rejected/claim/02/{reason[:12]}"))
    refused(ground, signed, "was turned down")
    refused(ground, step(ground, ground.main, fixed, n2=text(2, status="PENDING")), "was turned down")
    ground.refuses((proposal, fixed, TWO), why="was turned down")
    ground.does((proposal, ZERO, TWO))
    ground.refuses((ZERO, proposal, TWO), why="was turned down")
    ground.accepts((ZERO, ground.claim(2, "victim", status="PENDING"), TWO))
