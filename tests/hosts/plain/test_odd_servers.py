"""Servers with symbolic refs, replaced objects or a cut history; pushes at the same time. L01, … are the corpus's."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO, pack_of, push_raw
from tests.hosts.plain.ground import MAIN, Answer, Command, Ground, own
from tests.hosts.plain.stage import Stage, charter, claim_text, git, make_key, public

FOUR, FIVE = "refs/heads/claim/04", "refs/heads/claim/05"
OWNS = "Step\n\nApproved-by: @OWNER\n"
CHARTER = "registry/charter.yaml"


@pytest.fixture(scope="module")
def server(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A server where `ann` has proposed number 4."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("odd") / "stage"))
    ground.point(FOUR, ground.claim(4, "ann"))
    return ground


@pytest.fixture
def ground(server: Ground) -> Iterator[Ground]:
    """The server as it was, before and after."""
    refs = server.refs()
    yield server
    for path in ("info/grafts", "shallow", "objects/info/alternates"):
        (server.server / path).unlink(missing_ok=True)
    shutil.rmtree(server.server / "objects/info/commit-graphs", ignore_errors=True)
    server.restore(refs)


def another_name(ground: Ground, ref: str, target: str) -> None:
    git(ground.server, "symbolic-ref", ref, target)


def test_a_ref_that_is_another_name_moves_nothing(ground: Ground) -> None:
    """L01-L03: not what it names, nor what is not there yet."""
    main, proposal, thief = ground.main, ground.refs()[FOUR], ground.claim(5, "thief")
    another_name(ground, FIVE, FOUR)
    for old in (proposal, ZERO):
        ground.refuses((old, thief, FIVE))
        ground.refuses((old, ZERO, FIVE))
    another_name(ground, FIVE, "refs/heads/claim/06")
    ground.refuses((ZERO, thief, FIVE))
    assert not ground.play((ZERO, thief, FIVE)).taken
    reason = ground.rejection(proposal)
    closing = f"refs/rejected/claim/04/{reason[:12]}"
    for ref in ("refs/heads/broadcast", closing, f"refs/withdrawn/claim/04/{reason[:12]}"):
        another_name(ground, ref, MAIN)
        for old in (main, ZERO):
            ground.refuses((old, reason, ref))
    assert ground.refs()[MAIN] == main
    git(ground.server, "symbolic-ref", "--delete", closing)
    ground.accepts((ZERO, reason, closing))


def test_replaced_objects_are_not_believed(ground: Ground, tmp_path: Path) -> None:
    """L04-L06: a commit, a tree or a blob that another one stands for."""
    main, files = ground.main, ground.trees[ground.main]
    people = {"THIEF": public(make_key(tmp_path / "thief"))}
    owned = {**files, CHARTER: charter(12, people).encode()}
    made = {own(3): claim_text(3, "thief").encode()}
    step = ground.commit([main], made, signer=tmp_path / "thief", message="Step\n\nApproved-by: @THIEF\n")
    unsigned = ground.commit([main], made)
    signed = ground.commit([main], made, signer=ground.stage.keys["OWNER"], message=OWNS)
    standing = {
        main: ground.commit([], tree=owned),
        ground.tree(files): ground.tree(owned),
        ground.put("blob", files[CHARTER]): ground.put("blob", owned[CHARTER]),
        unsigned: signed,
    }
    for real, other in standing.items():
        git(ground.server, "update-ref", f"refs/replace/{real}", other)
        for commit in (step, unsigned):
            ground.refuses((main, commit, MAIN), why="REG304")
        git(ground.server, "update-ref", "-d", f"refs/replace/{real}")
    git(ground.server, "update-ref", f"refs/replace/{unsigned}", signed)
    assert not ground.play((main, unsigned, MAIN)).taken
    git(ground.server, "update-ref", "-d", f"refs/replace/{unsigned}")
    ground.accepts((main, signed, MAIN))


def test_what_a_graft_says_is_merged_is_not(ground: Ground) -> None:
    """L07: the proposal stays."""
    proposal = ground.refs()[FOUR]
    parents = git(ground.server, "rev-list", "--parents", "-1", ground.main).split()
    (ground.server / "info").mkdir(exist_ok=True)
    (ground.server / "info/grafts").write_text(" ".join([*parents, proposal]) + "\n")
    ground.refuses((proposal, ZERO, FOUR), why="after it is merged, turned down or withdrawn")
    assert not ground.play((proposal, ZERO, FOUR)).taken


def test_a_commit_graph_that_lies_is_not_believed(ground: Ground) -> None:
    """L08: it says that the proposal is main's only parent."""
    proposal, start = ground.refs()[FOUR], ground.main
    main = ground.commit([start], {own(3): claim_text(3, "rival").encode()})
    ground.point(MAIN, main)
    git(ground.server, "commit-graph", "write", "--reachable")
    graph = ground.server / "objects/info/commit-graph"
    content, order = graph.read_bytes(), sorted(git(ground.server, "rev-list", "--all").split())
    data = content.index(bytes.fromhex(ground.tree(ground.trees[main])))
    graph.chmod(0o644)
    graph.write_bytes(content[: data + 20] + order.index(proposal).to_bytes(4) + content[data + 24 :])
    try:
        assert git(ground.server, "rev-list", "--first-parent", "main").split()[1] == proposal, "Git believes it"
        ground.refuses((proposal, ZERO, FOUR), why="after it is merged, turned down or withdrawn")
        assert not ground.play((proposal, ZERO, FOUR)).taken
    finally:
        graph.unlink()


def test_a_server_with_a_cut_history_lets_nothing_unsigned_in(ground: Ground) -> None:
    """L09: an honest push is judged, or told what is wrong in a line."""
    main = ground.commit([ground.main], {own(3): claim_text(3, "rival").encode()}, signer=ground.stage.keys["OWNER"])
    ground.point(MAIN, main)
    (ground.server / "shallow").write_text(f"{main}\n")
    unsigned = ground.commit([main], {own(5): claim_text(5, "thief").encode()})
    ground.refuses((main, unsigned, MAIN))
    answer = ground.decide((ZERO, unsigned, FIVE))
    assert "Traceback" not in answer.said
    assert answer.taken or answer.said.count("\n") <= 3, answer.said


def test_objects_of_another_store_are_judged_the_same(ground: Ground, tmp_path: Path) -> None:
    """L10: a push that lacks them, where the server finds them."""
    git(tmp_path, "clone", "--quiet", "--bare", str(ground.server), "second.git")
    second = Ground.__new__(Ground)
    second.stage, second.server, second.trees, second.main = ground.stage, tmp_path / "second.git", {}, ground.main
    second.trees[ground.main] = ground.trees[ground.main]
    good, bad = second.claim(5, "ann-five"), second.commit([ground.main], {"evil.bin": b"x"})
    (ground.server / "objects/info/alternates").write_text(f"{tmp_path}/second.git/objects\n")
    empty = pack_of(ground.server, [])
    assert not ground.play((ZERO, bad, FIVE), pack=empty).taken
    assert not ground.play((ground.main, good, MAIN), pack=empty).taken
    assert ground.play((ZERO, good, FIVE), pack=empty).taken


def at_once(ground: Ground, *pushes: tuple[Command, ...]) -> list[Answer]:
    """Push at the same time; each answers for itself."""

    def push(commands: tuple[Command, ...]) -> Answer:
        news = [new for _, new, _ in commands if new != ZERO]
        pack = pack_of(ground.server, news, list(ground.refs().values())) if news else None
        _, out, error = push_raw(ground.server, [(old, new, ref.encode()) for old, new, ref in commands], pack)
        said = (out + error).decode("utf-8", "replace")
        assert "Traceback" not in said
        return Answer("unpack ok" in said and "\x00ng " not in said and "ng refs/" not in said, said)

    with ThreadPoolExecutor(len(pushes)) as pool:
        return list(pool.map(push, pushes))


def rounds(long: bool) -> range:
    return range(20 if long else 2)


@pytest.mark.takes_long
def test_of_two_steps_at_once_one_lands(ground: Ground, long: bool) -> None:
    """L11."""
    for _ in rounds(long):
        refs = ground.refs()
        steps = [ground.merge(ground.claim(at, f"session-{at}")) for at in (7, 8)]
        answers = at_once(ground, *(((refs[MAIN], step, MAIN),) for step in steps))
        now = ground.refs()[MAIN]
        assert [answer.taken for answer in answers] == [step == now for step in steps], answers
        assert now in steps
        ground.restore(refs)


@pytest.mark.takes_long
def test_a_deletion_and_a_replacement_at_once(ground: Ground, long: bool) -> None:
    """L12: each is told what has happened."""
    for _ in rounds(long):
        refs = ground.refs()
        proposal, better = refs[FOUR], ground.claim(4, "ann", status="PENDING")
        reason = ground.rejection(proposal)
        ground.point(f"refs/rejected/claim/04/{reason[:12]}", reason)
        gone, moved = at_once(ground, ((proposal, ZERO, FOUR),), ((proposal, better, FOUR),))
        assert gone.taken != moved.taken
        assert ground.refs().get(FOUR) == (better if moved.taken else None)
        ground.restore(refs)


@pytest.mark.takes_long
def test_a_merge_and_a_foreign_replacement_at_once(ground: Ground, long: bool) -> None:
    """L13: nothing of the thief's stands."""
    for _ in rounds(long):
        refs = ground.refs()
        ground.main = refs[MAIN]
        proposal, thief = refs[FOUR], ground.claim(4, "thief")
        merge = ground.merge(proposal)
        merged, replaced = at_once(ground, ((refs[MAIN], merge, MAIN),), ((proposal, thief, FOUR),))
        assert (merged.taken, replaced.taken) == (True, False)
        assert (ground.refs()[MAIN], ground.refs()[FOUR]) == (merge, proposal)
        ground.restore(refs)
