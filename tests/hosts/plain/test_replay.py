"""`audit --steps` finds the first step of main that was not allowed, wherever it is.

The histories are made of objects, so no guard has seen them. T02, T29, … are names of tests/corpus/steps-attacks.md.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hosts.plain.ground import Ground, own, signature
from tests.hosts.plain.stage import Stage, charter, claim_text, git, make_key, public
from validator.git.repo import Repo
from validator.model.errors import FatalError, ShallowError
from validator.operations.replay import Replay, replay, root_of

CHARTER, APPROVAL = "registry/charter.yaml", "registry/consensus/approval.yaml"
ACKNOWLEDGED = "registry/consensus/acknowledgements/11.yaml"
OWNS, DEPUTYS = "Step\n\nApproved-by: @OWNER\n", "Step\n\nApproved-by: @DEPUTY\n"
STEPS = 18
Edits = Mapping[str, bytes | None]


class Line(NamedTuple):
    """A main that was always allowed: `commits` are its root and what came after it."""

    ground: Ground
    commits: list[str]


def text(number: int, **fields: str) -> bytes:
    return claim_text(number, fields.pop("session_id", f"session-{number}"), **fields).encode()


def signed(ground: Ground, parents: list[str], edits: Edits, who: str = "OWNER", message: str | None = None) -> str:
    """A step with an approver's signature."""
    message = message or f"Step\n\nApproved-by: @{who}\n"
    return ground.commit(parents, edits, signer=ground.stage.keys[who], message=message)


def merged(ground: Ground, base: str, edits: Edits, *, fork: str | None = None) -> str:
    """A step that merges a proposal of these files, made from an older main."""
    return signed(ground, [base, ground.commit([fork or base], edits)], edits)


def spoken(ground: Ground, base: str, edits: Edits, *, by: str, fork: str | None = None) -> str:
    """A step that merges a proposal which is signed with a session's own key, or a stranger's."""
    proposal = ground.commit([fork or base], edits, signer=session_key(ground, by))
    return signed(ground, [base, proposal], edits)


def session_key(ground: Ground, name: str) -> Path:
    path = ground.stage.folder / name
    return path if path.exists() else make_key(path)


def keyed(ground: Ground, number: int, by: str = "session", **fields: str) -> bytes:
    """A claim with the key that speaks for it."""
    return text(number, key=public(session_key(ground, by)), **fields)


@pytest.fixture(scope="module")
def line(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Numbers 11, with a key, and 12 come first; then claims, amendments and releases of 1 to 3, again and again."""
    ground = Ground(template.copy(tmp_path_factory.mktemp("line") / "stage"))
    commits = [ground.main, spoken(ground, ground.main, {own(11): keyed(ground, 11)}, by="session")]
    commits.append(merged(ground, commits[-1], {own(12): text(12)}, fork=ground.main))
    made: tuple[Callable[[int], bytes | None], ...] = (text, lambda n: text(n, status="PENDING"), lambda _: None)
    for at in range(STEPS - 2):
        number = at % 3 + 1
        edits = {own(number): made[at // 3 % 3](number)}
        commits.append(merged(ground, commits[-1], edits, fork=commits[-1 - at % 3]))
    return Line(ground, commits)


def replayed(ground: Ground, head: str, root: str, chunk: int = 500) -> Replay:
    return replay(repo=ground.server, ref=head, root=root, chunk=chunk)


def unsigned(ground: Ground, base: str) -> str:
    proposal = ground.commit([base], {own(9): text(9)})
    return ground.commit([base, proposal], {own(9): text(9)})


def codes(found: Replay) -> set[str]:
    return {finding.code for finding in found.verdict.findings}


def by_a_stranger(ground: Ground, base: str) -> str:
    return ground.commit([base], {own(9): text(9)}, signer=session_key(ground, "stranger"), message=OWNS)


def with_a_signature_of_another(ground: Ground, base: str) -> str:
    """T10."""
    armour = signature(ground.stage.keys["OWNER"], b"another text").rstrip("\n").replace("\n", "\n ")
    return ground.commit([base], {own(9): text(9)}, message=OWNS, headers=f"gpgsig {armour}\n")


def with_a_rider(ground: Ground, base: str) -> str:
    first = ground.commit([base], {"evil.bin": b"x"})
    second = ground.commit([first], {"evil.bin": None, own(9): text(9)})
    return signed(ground, [base, second], {own(9): text(9)})


def as_nobody_proposed(ground: Ground, base: str) -> str:
    proposal = ground.commit([base], {own(9): text(9)})
    return signed(ground, [base, proposal], {own(9): text(9, goal="Send 71 emails daily")})


def two_at_once(ground: Ground, base: str) -> str:
    """T52."""
    proposals = [ground.commit([base], {own(number): text(number)}) for number in (9, 10)]
    return signed(ground, [base, *proposals], {own(9): text(9), own(10): text(10)})


def with_another_blob(ground: Ground, base: str) -> str:
    """T14."""
    proposal = ground.commit([base], {own(9): keyed(ground, 9)}, signer=session_key(ground, "session"))
    return signed(ground, [base, proposal], {own(9): keyed(ground, 9) + b"\n"})


def acknowledgement(number: int) -> bytes:
    lines = (f"registry: sha256:{'0' * 64}", f"number: {number}", f"session_id: session-{number}", "ready: true")
    return "\n".join((*lines, "timestamp: 2026-01-05T08:00:00Z", "")).encode()


def approval(handle: str) -> bytes:
    return f'registry: sha256:{"0" * 64}\napproved_by: "{handle}"\ntimestamp: 2026-01-05T08:00:00Z\n'.encode()


# What nobody may do to main, and the code of what is said of it.
WAYS: Mapping[str, tuple[Callable[[Ground, str], str], str]] = {
    "T02 unsigned": (unsigned, "REG304"),
    "T02 unsigned with trailer": (lambda g, base: g.commit([base], {own(9): text(9)}, message=OWNS), "REG304"),
    "T03 no trailer": (lambda g, base: signed(g, [base], {own(9): text(9)}, message="Step\n"), "REG304"),
    "T04 another's trailer": (lambda g, base: signed(g, [base], {own(9): text(9)}, message=DEPUTYS), "REG304"),
    "T05 a stranger's key": (by_a_stranger, "REG304"),
    "T10 copied signature": (with_a_signature_of_another, "REG304"),
    "T12 keyed claim": (lambda g, base: merged(g, base, {own(9): keyed(g, 9)}), "REG308"),
    "T13 by a stranger": (lambda g, base: spoken(g, base, {own(9): keyed(g, 9)}, by="stranger"), "REG308"),
    "T14 another blob": (with_another_blob, "REG308"),
    "T15 squashed": (lambda g, base: signed(g, [base], {own(9): keyed(g, 9)}), "REG308"),
    "T16 amended": (lambda g, base: merged(g, base, {own(11): keyed(g, 11, status="PENDING")}), "REG308"),
    "T16 by a stranger": (
        lambda g, base: spoken(g, base, {own(11): keyed(g, 11, status="PENDING")}, by="stranger"),
        "REG308",
    ),
    "T16 by an approver": (lambda g, base: signed(g, [base], {own(11): keyed(g, 11, status="PENDING")}), "REG308"),
    "T17 rotated by the new key": (
        lambda g, base: spoken(g, base, {own(11): keyed(g, 11, "stranger")}, by="stranger"),
        "REG308",
    ),
    "T20 first key": (lambda g, base: spoken(g, base, {own(12): keyed(g, 12)}, by="session"), "REG308"),
    "T22 released": (lambda g, base: merged(g, base, {own(11): None}), "REG308"),
    "T32 acknowledged": (lambda g, base: signed(g, [base], {ACKNOWLEDGED: acknowledgement(11)}), "REG308"),
    "T34 in another's name": (lambda g, base: signed(g, [base], {ACKNOWLEDGED: acknowledgement(12)}), "REG402"),
    "T26 takeover": (lambda g, base: signed(g, [base], {own(12): text(12, session_id="thief")}), "REG301"),
    "T28 two claims": (lambda g, base: signed(g, [base], {own(9): text(9), own(10): text(10)}), "REG302"),
    "T28 claim and README": (lambda g, base: signed(g, [base], {own(9): text(9), "README.md": b"x"}), "REG302"),
    "T29 rider": (with_a_rider, "REG309"),
    "T30 long message": (lambda g, base: signed(g, [base], {own(9): text(9)}, message="x" * 65537 + OWNS), "REG309"),
    "T35 another's record": (lambda g, base: signed(g, [base], {APPROVAL: approval("@DEPUTY")}), "REG402"),
    "T43 no charter": (lambda g, base: signed(g, [base], {CHARTER: None}), "REG007"),
    "T43 broken charter": (lambda g, base: signed(g, [base], {CHARTER: b"capacity: [\n"}), "REG002"),
    "T51 as nobody proposed": (as_nobody_proposed, "REG310"),
    "T51 left out": (lambda g, base: signed(g, [base, g.commit([base], {own(9): text(9)})], {}), "REG310"),
    "T52 two at once": (two_at_once, "REG310"),
}


def test_every_honest_step_is_proved(line: Line) -> None:
    for chunk in (1, 4, STEPS, 500):
        told = list[tuple[int, int]]()
        found = replay(
            repo=line.ground.server, ref=line.commits[-1], root=line.commits[0], chunk=chunk,
            progress=lambda done, steps: told.append((done, steps)),  # noqa: B023 - called in this turn
        )  # fmt: skip
        assert (found.bad, found.steps, found.approved, found.unproved) == (None, STEPS, {"@OWNER": STEPS}, ())
        assert (found.verdict.accepted, found.verdict.base, found.verdict.head) == (True, found.root, line.commits[-1])
        assert told[-1] == (STEPS, STEPS)
        assert [done for done, _ in told] == sorted({min(at, STEPS) for at in range(chunk, STEPS + chunk, chunk)})
    assert replayed(line.ground, line.commits[0], line.commits[0]).steps == 0


@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(2, STEPS), way=st.sampled_from(sorted(WAYS)), later=st.sampled_from(sorted(WAYS)),
    after=st.integers(0, 2), chunk=st.integers(1, STEPS + 3),
)  # fmt: skip
@pytest.mark.takes_long
def test_the_first_bad_step_is_found_wherever_it_is(
    line: Line, place: int, way: str, later: str, after: int, chunk: int
) -> None:
    """T02 to T56: in any place, whatever comes on top of it, however main is cut into chunks."""
    ground, (make, code) = line.ground, WAYS[way]
    bad = head = make(ground, line.commits[place])
    for _ in range(after):
        head = WAYS[later][0](ground, head)
    found = replayed(ground, head, line.commits[0], chunk=chunk)
    assert found.bad is not None
    assert (found.bad.number, found.bad.commit, found.bad.parent) == (place + 1, bad, line.commits[place])
    assert code in codes(found)
    assert {finding.step for finding in found.verdict.findings} == {bad}
    assert (found.approved, found.verdict.accepted) == ({"@OWNER": place}, False)


def test_what_a_session_with_a_key_may_do(line: Line) -> None:
    """T18, T19, T21, T23: a new key signed by the old one, by an approver, from a slot; a release by an approver."""
    ground, start = line.ground, line.commits[2]
    plan = ground.trees[start][CHARTER] + b""
    rotated = spoken(ground, start, {own(11): keyed(ground, 11, "new")}, by="session")
    steps = [
        spoken(ground, rotated, {own(11): keyed(ground, 11, "new", status="PENDING")}, by="new"),
        spoken(ground, signed(ground, [start], {own(11): keyed(ground, 11, "new")}), {own(11): None}, by="new"),
        signed(ground, [start], {own(11): None}),
    ]
    for head in steps:
        assert replayed(ground, head, line.commits[0]).bad is None
    role = plan.index(b"number: 12,")
    slot = plan[:role] + f'key: "{public(session_key(ground, "session"))}", '.encode() + plan[role:]
    planned = signed(ground, [start], {CHARTER: slot})
    first = spoken(ground, planned, {own(12): keyed(ground, 12)}, by="session")
    assert replayed(ground, first, line.commits[0]).bad is None
    # Signed by the old key after the new one came, and from before a release (T18, T24).
    late = spoken(ground, rotated, {own(11): keyed(ground, 11, "new", status="PENDING")}, by="session")
    again = spoken(ground, steps[2], {own(11): keyed(ground, 11)}, by="session", fork=line.commits[0])
    for head in (late, again):
        found = replayed(ground, head, line.commits[0])
        assert found.bad is not None
        assert (found.bad.commit, "REG308" in codes(found)) == (head, True)


def test_who_may_sign_is_said_by_the_parents_charter(line: Line) -> None:
    """T06, T07, T08: approvers come and go, and keys change."""
    ground, root = line.ground, line.commits[0]
    keys = {name: public(key) for name, key in ground.stage.keys.items()}
    alone = {CHARTER: charter(12, {"OWNER": keys["OWNER"]}).encode()}
    both = {CHARTER: ground.trees[root][CHARTER]}
    without = signed(ground, [root], alone)
    again = signed(ground, [without], both)
    honest = signed(ground, [signed(ground, [again], {own(4): text(4)}, "DEPUTY")], {own(5): text(5)})
    found = replayed(ground, honest, root)
    assert (found.bad, found.approved) == (None, {"@OWNER": 3, "@DEPUTY": 1})
    removed = signed(ground, [signed(ground, [without], {own(5): text(5)})], {own(4): text(4)}, "DEPUTY")
    bad = replayed(ground, removed, root).bad
    assert bad is not None
    assert (bad.number, bad.commit, bad.signed_by, bad.formerly) == (3, removed, None, "@DEPUTY")
    new = make_key(ground.stage.folder / "new-key")
    swapped = signed(ground, [root], {CHARTER: charter(12, keys | {"OWNER": public(new)}).encode()})
    bad = replayed(ground, signed(ground, [swapped], {own(4): text(4)}), root).bad
    assert bad is not None
    assert (bad.number, bad.signed_by, bad.formerly) == (2, None, "@OWNER")
    fresh = ground.commit([swapped], {own(4): text(4)}, signer=new, message=OWNS)
    assert replayed(ground, fresh, root).bad is None
    # An approver's own signature on what nobody may do is said as such.
    bad = replayed(ground, signed(ground, [root], {own(4): text(4)}, message="Step\n"), root).bad
    assert bad is not None
    assert (bad.signed_by, bad.formerly, bad.committer) == ("@OWNER", None, "session <session@example.invalid>")


@pytest.mark.parametrize(
    ("root", "why"),
    [
        ("{short}", "takes the full id"),
        ("main", "takes the full id"),
        ("{upper}", "takes the full id"),
        ("{root}^{{}}", "takes the full id"),
        ("0" * 40, "is not in this clone"),
        ("a" * 40, "is not in this clone"),
        ("{tag}", "is not in this clone"),
        ("{proposal}", "does not stand on the first-parent line"),
        ("{other}", "does not stand on the first-parent line"),
        ("{later}", "does not stand on the first-parent line"),
        ("{bare}", "registry/charter.yaml is missing or broken"),
    ],
)
def test_a_root_is_a_full_id_on_mains_line(line: Line, root: str, why: str) -> None:
    """T39, T40, T41, T43."""
    ground, first, head = line.ground, line.commits[0], line.commits[3]
    tag = ground.put("tag", f"object {first}\ntype commit\ntag v\ntagger A <a@example.invalid> 1 +0000\n\nx\n".encode())
    bare = ground.commit([], tree={})
    if root == "{bare}":
        head = signed(ground, [bare], {CHARTER: ground.trees[first][CHARTER]})
    named = root.format(
        root=first, short=first[:12], upper=first.upper(), tag=tag, later=line.commits[4], bare=bare,
        proposal=Repo(ground.server).parents(line.commits[1])[1],
        other=ground.commit([], tree=ground.trees[first], message="The same again\n"),
    )  # fmt: skip
    with pytest.raises(FatalError, match=why):
        replayed(ground, head, named)


def test_a_root_holds_no_claims_and_no_records(line: Line) -> None:
    """T42."""
    ground, first = line.ground, line.commits[0]
    for held in ({own(4): text(4)}, {APPROVAL: approval("@OWNER")}):
        root = ground.commit([], tree={**ground.trees[first], **held})
        found = replayed(ground, signed(ground, [root], {own(5): text(5)}), root)
        assert found.bad is not None
        assert (found.bad.number, found.bad.commit, found.bad.parent, codes(found)) == (0, root, None, {"REG304"})
        assert f"the root holds {min(held)}" in found.verdict.findings[0].message


def test_the_root_that_is_to_be_pinned(line: Line) -> None:
    ground, repo = line.ground, Repo(line.ground.server)
    assert {root_of(repo, commit) for commit in line.commits} == {line.commits[0]}
    changed = ground.commit([line.commits[0]], {"README.md": b"x", "registry/sessions/.gitkeep": b"x"})
    assert root_of(repo, changed) == changed
    first = ground.commit([], tree=ground.trees[line.commits[1]])
    assert root_of(repo, first) is None


def test_without_keys_each_step_is_listed_as_unproved(line: Line) -> None:
    """T44, T45, T57: without a key in the charter nobody has to sign, and each step is listed."""
    ground = line.ground
    with_key = ground.trees[line.commits[0]][CHARTER]
    root = ground.commit([], tree={CHARTER: charter(12, {}).encode()})
    owned = text(4, owner='"github:583231"')
    steps: list[Edits] = [{"README.md": b"x"}, {own(4): owned}, {own(5): text(5)}]
    steps += [{own(4): owned + b"labels: {a: b}\n"}, {CHARTER: with_key}]
    messages = ("Text (#7)\n", "Merge pull request #12 from x/y\n\nClaim\n", "Claim (see #9)\n", "Amend\n", "A key\n")
    head, commits = root, list[str]()
    for edits, message in zip(steps, messages, strict=True):
        head = ground.commit([head], edits, message=message)
        commits.append(head)
    found = replayed(ground, head, root)
    assert (found.bad, found.approved, found.verdict.accepted) == (None, {}, True)
    both = ("approval", "author")
    gaps = [("approval",), both, ("approval",), both, ("approval",)]
    expected = list(zip(range(1, 6), commits, gaps, (7, 12, None, None, None), strict=True))
    assert list(map(tuple, found.unproved)) == expected
    # From the first key on every step is signed, and the last key may go with a signature.
    bad = replayed(ground, ground.commit([head], {own(6): text(6)}), root).bad
    assert bad is not None
    assert bad.number == 6
    keyless = signed(ground, [head], {CHARTER: charter(12, {}).encode()})
    found = replayed(ground, ground.commit([keyless], {own(6): text(6)}), root)
    assert (found.bad, found.approved, [one.number for one in found.unproved]) == (
        None,
        {"@OWNER": 1},
        [1, 2, 3, 4, 5, 7],
    )


def test_times_decide_nothing(line: Line) -> None:
    """T53."""
    ground, head = line.ground, line.commits[0]
    for number, when in enumerate(
        ("1767603600 +0000", "0 +0000", "4102444800 -1200", "1 +9999", "1767603600 +0000"), 4
    ):
        proposal = ground.commit([head], {own(number): text(number)})
        head = ground.commit(
            [head, proposal], {own(number): text(number)}, signer=ground.stage.keys["OWNER"], message=OWNS, when=when
        )
    found = replayed(ground, head, line.commits[0])
    assert (found.bad, found.approved) == (None, {"@OWNER": 5})


def test_the_objects_alone_are_judged(line: Line, tmp_path: Path) -> None:
    """T46: a replaced commit, a graft and a commit graph that tells of other parents change nothing."""
    ground, at = line.ground, 4
    copy = Ground(ground.stage.copy(tmp_path / "stage"))
    copy.trees |= ground.trees
    bad = WAYS["T02 unsigned"][0](copy, line.commits[at])
    head = signed(copy, [bad], {own(8): text(8)})
    git(copy.server, "update-ref", f"refs/replace/{bad}", line.commits[at + 1])
    (copy.server / "info").mkdir(exist_ok=True)
    (copy.server / "info/grafts").write_text(f"{head} {line.commits[at]}\n")
    found = replayed(copy, head, line.commits[0]).bad
    assert found is not None
    assert found.commit == bad


def test_a_commit_graph_is_not_believed(line: Line, tmp_path: Path) -> None:
    """T46: one that was made while a graft hid the bad step."""
    ground = Ground(line.ground.stage.copy(tmp_path / "stage"))
    ground.trees |= line.ground.trees
    bad = WAYS["T02 unsigned"][0](ground, line.commits[4])
    head = signed(ground, [bad], {own(8): text(8)})
    ground.point("refs/heads/main", head)
    git(ground.server, "commit-graph", "write", "--reachable")
    graph = ground.server / "objects/info/commit-graph"
    content = graph.read_bytes()
    order = sorted(git(ground.server, "rev-list", "main").split())
    data = content.index(bytes.fromhex(Repo(ground.server).tree_of(head)))
    lying = content[: data + 20] + order.index(line.commits[4]).to_bytes(4) + content[data + 24 :]
    graph.chmod(0o644)
    graph.write_bytes(lying)
    assert git(ground.server, "rev-list", "--first-parent", "main").split()[1] == line.commits[4], "Git believes it"
    found = replayed(ground, head, line.commits[0]).bad
    assert found is not None
    assert found.commit == bad


def test_a_clone_that_cannot_tell_says_so(line: Line, tmp_path: Path) -> None:
    """T47."""
    ground = line.ground
    git(ground.server, "update-ref", "refs/heads/claim/01", line.commits[-1])
    url = f"file://{ground.server}"
    options = ["--quiet", "--no-local", "--branch", "claim/01"]
    git(tmp_path, "clone", *options, "--depth", "5", url, "shallow")
    git(ground.server, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", *options, "--no-checkout", "--filter=blob:none", url, "partial")
    for name in ("shallow", "partial"):
        with pytest.raises(ShallowError, match="run: git fetch"):
            replay(repo=tmp_path / name, ref="HEAD", root=line.commits[0])
    git(tmp_path, "clone", *options, url, "whole")
    assert replay(repo=tmp_path / "whole", ref="HEAD", root=line.commits[0]).bad is None


def test_a_registry_with_ids_of_sha256(template: Stage, tmp_path: Path) -> None:
    """T58."""
    key, words = template.keys["OWNER"], ("-c", "gpg.format=ssh", "-c", f"user.signingkey={template.keys['OWNER']}")
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=main", "fleet")
    folder, ids = tmp_path / "fleet", list[str]()
    own_charter = charter(12, {"OWNER": public(key)}).encode()
    rows: list[tuple[Edits, str]] = [({CHARTER: own_charter}, "Root\n"), ({own(4): text(4)}, OWNS)]
    rows.append(({own(5): text(5)}, "Step\n"))
    for edits, message in rows:
        for path, content in edits.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content or b"")
        git(folder, "add", "--all")
        git(folder, *words, "commit", "--quiet", "--gpg-sign", "--message", message)
        ids.append(git(folder, "rev-parse", "HEAD").strip())
    assert replay(repo=folder, ref=ids[1], root=ids[0]).approved == {"@OWNER": 1}
    bad = replay(repo=folder, ref=ids[2], root=ids[0]).bad
    assert bad is not None
    assert (bad.number, bad.commit) == (2, ids[2])
