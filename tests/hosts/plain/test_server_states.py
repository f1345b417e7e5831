"""Servers without a main, without a key, with broken refs, or without signatures. J01, J02, … are the corpus's."""

from collections.abc import Iterator

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Ground, own
from tests.hosts.plain.stage import Stage, charter, claim_text, git, registry

TWO, THREE = "refs/heads/claim/02", "refs/heads/claim/03"
OWNS = "Step\n\nApproved-by: @OWNER\n"
CHARTER = "registry/charter.yaml"
MADE_UP = "deadbeef" * 5


@pytest.fixture(scope="module")
def server(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))


@pytest.fixture
def ground(server: Ground) -> Iterator[Ground]:
    """The server with its main and nothing else, before and after."""
    refs = {MAIN: server.main}
    server.restore(refs)
    yield server
    server.restore(refs)


def test_nothing_is_proposed_before_there_is_a_main(ground: Ground) -> None:
    """J01, J03: nor together with it."""
    main, claim = ground.main, ground.claim(3, "rival")
    reason = ground.rejection(claim)
    ground.restore({})
    rejection = (ZERO, reason, f"refs/rejected/claim/03/{reason[:12]}")
    for commands in ([(ZERO, claim, THREE)], [rejection], [(ZERO, claim, "refs/heads/broadcast")]):
        ground.refuses(*commands)
    ground.refuses((ZERO, main, MAIN), (ZERO, claim, THREE), why="there is no main to propose to yet")
    ground.refuses((claim, ZERO, THREE), why="lost race")
    assert not ground.play((ZERO, main, MAIN), (ZERO, claim, THREE)).taken
    assert ground.play((ZERO, main, MAIN)).taken
    assert ground.play((ZERO, claim, THREE)).taken


def test_a_first_main_has_a_charter_and_somebody_to_sign(ground: Ground) -> None:
    """J02: a broken, missing or keyless one is refused, with whatever else it has."""
    whole = ground.trees[ground.main]
    claims = {own(at): claim_text(at, f"session-{at}").encode() for at in (1, 2)}
    ground.restore({})
    for tree in (
        {}, {"README.md": b"x"}, {CHARTER: b"capacity: 12\n"}, {CHARTER: b"a: &a [*a]\n"}, claims,
        {CHARTER: charter(12, {}).encode()}, {**whole, own(2): claims[own(1)]}, {**whole, **claims},
        {**whole, own(1): claims[own(1)], own(2): claims[own(2)].replace(b"session-2", b"session-1")},
    ):  # fmt: skip
        ground.refuses((ZERO, ground.commit([], tree=tree), MAIN))
    ground.accepts((ZERO, ground.commit([], tree=whole), MAIN))


def test_a_server_without_a_key_refuses_and_says_why(ground: Ground) -> None:
    """J04: by its owner's mistake; unsigned steps are taken only where that was chosen."""
    keyless = ground.commit([ground.main], {CHARTER: charter(12, {}).encode()})
    ground.restore({MAIN: keyless})
    step = ground.commit([keyless], {own(3): claim_text(3, "thief").encode()})
    reason = ground.rejection(step)
    for command in ((keyless, step, MAIN), (ZERO, reason, f"refs/rejected/claim/03/{reason[:12]}")):
        answer = ground.decide(command)
        assert (answer.taken, answer.said.count("\n")) == (False, 1), answer.said
        assert "no approver in main's charter has a key" in answer.said
    assert not ground.play((keyless, step, MAIN)).taken
    ground.accepts((ZERO, step, THREE))
    found = registry(ground.server, "doctor")
    assert (found.returncode, "Traceback" in found.stderr) == (1, False), found.stdout + found.stderr


def test_a_broken_ref_stops_no_other(ground: Ground) -> None:
    """J05: missing or torn objects behind a proposal on the server."""
    torn = ground.claim(5, "torn")
    path = ground.server / "objects" / torn[:2] / torn[2:]
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:20])
    for oid in (MADE_UP, torn):
        ground.restore({MAIN: ground.main, "refs/heads/claim/05": oid})
        ground.accepts((ZERO, ground.claim(3, "rival"), THREE))
        ground.accepts((ground.main, ground.merge(ground.claim(4, "other")), MAIN))
        for command in ((oid, ZERO, "refs/heads/claim/05"), (oid, ground.claim(5, "thief"), "refs/heads/claim/05")):
            answer = ground.decide(command)
            assert not answer.taken, answer.said
            assert "Traceback" not in answer.said
    path.write_bytes(whole)


def test_without_signatures_the_other_rules_hold(ground: Ground) -> None:
    """J06: anyone may merge and turn down; nothing rides along, main is not rewritten, names are the same."""
    git(ground.server, "config", "registry.unsigned", "true")
    ground.restore({MAIN: ground.commit([], {CHARTER: charter(12, {}).encode()}, tree={})})
    main, claim = ground.main, ground.claim(2, "victim")
    step = ground.commit([main], {own(3): claim_text(3, "thief").encode()})
    below = ground.commit([main], {"evil.bin": b"x"})
    rider = ground.commit([below], {"evil.bin": None, own(4): claim_text(4, "thief").encode()})
    try:
        ground.accepts((main, step, MAIN))
        ground.does((ZERO, claim, TWO))
        for commands in (
            [(ZERO, rider, "refs/heads/claim/04")],
            [(main, ground.commit([main, rider], tree=ground.trees[rider]), MAIN)],
            [(main, ground.commit([], tree=ground.trees[main], message="Another\n"), MAIN)], [(main, ZERO, MAIN)],
            [(ZERO, claim, "refs/heads/topic")], [(claim, ground.claim(2, "thief"), TWO)], [(claim, ZERO, TWO)],
            [(ZERO, claim, TWO)], [(main, ground.commit([main, claim], tree=ground.trees[main]), MAIN)],
        ):  # fmt: skip
            ground.refuses(*commands)
        reason = ground.rejection(claim, who=None)
        ground.does((ZERO, reason, f"refs/rejected/claim/02/{reason[:12]}"))
        ground.accepts((claim, ZERO, TWO))
    finally:
        git(ground.server, "config", "registry.unsigned", "false")
