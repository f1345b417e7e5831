"""What a push may cost: limits are asked before anything is read. I01, I02, … are attacks of the corpus."""

import random
import resource
import subprocess
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Command, Ground, own, signature
from tests.hosts.plain.stage import ENVIRONMENT, Stage, claim_text, registry
from validator.git import program
from validator.git.brought import MAX_COMMITS, MAX_MESSAGE
from validator.git.signatures import MANY, Endorsement
from validator.hosts.plain.pre_receive import MAX_ANSWER
from validator.hosts.plain.proposals import MAX_CHARTERS
from validator.hosts.plain.push import MAX_REFS
from validator.model.findings import Verdict
from validator.operations.guards import Keys, endorsed
from validator.operations.judge import judge
from validator.operations.proposed import Proposed, judge_proposed
from validator.operations.steps import MAX_STEPS, Line
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot


@pytest.fixture(scope="module")
def played(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(template.copy(tmp_path_factory.mktemp("ground") / "stage"))


def names(count: int) -> list[str]:
    return [f"refs/heads/charter/a{at}" for at in range(count)]


def test_too_many_refs_are_refused_before_any_is_read(played: Ground) -> None:
    """I02."""
    many = [(ZERO, "1" * 40, ref) for ref in names(MAX_REFS + 1)]
    assert played.decide(*many).said == f"registry: this push names more than {MAX_REFS} refs; push fewer at once\n"
    assert "is no commit" in played.decide(*many[1:]).said
    assert "more than" in played.decide((ZERO, "1" * 40, "refs/heads/" + "x" * 5_000 * MAX_REFS)).said


def test_a_commit_is_judged_once(played: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """I01: however many refs name it."""
    times = list[Snapshot]()

    def counted(reader: Reader, head: Snapshot, base: Snapshot) -> Proposed:
        times.append(head)
        return judge_proposed(reader, head, base)

    monkeypatch.setattr("validator.hosts.plain.server.judge_proposed", counted)
    claim = played.claim(3, "rival")
    answer = played.decide(*((ZERO, claim, ref) for ref in names(MAX_REFS)))
    assert (answer.taken, len(times), answer.said.count(": refused\n")) == (False, 1, MAX_REFS)


def test_a_push_of_a_claim_starts_few_processes(played: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the refs are, the refs, the common ancestor, and one process for all objects; Git's start costs most."""
    started, start = list[Sequence[str | bytes]](), program.start

    def counted(words: Sequence[str | bytes], *others: Any) -> subprocess.Popen[bytes]:
        started.append(words)
        return start(words, *others)

    monkeypatch.setattr(program, "start", counted)
    assert played.decide((ZERO, played.claim(3, "rival"), "refs/heads/claim/03")).taken
    commands = ("rev-parse", "for-each-ref", "merge-base", "cat-file")
    assert sorted(next(str(word) for word in words if word in commands) for words in started) == sorted(commands)


def test_a_change_of_very_many_files_is_not_judged(played: Ground) -> None:
    """I01, I04."""
    wide = played.commit([played.main], {f"registry/sessions/{at}": b"" for at in range(20_000)})
    began = time.process_time()
    played.refuses((ZERO, wide, "refs/heads/claim/03"), why="touches more than 50 files; a proposal touches one")
    assert time.process_time() - began < 2


def test_answers_are_limited_in_length(played: Ground) -> None:
    """I12."""
    text = "".join(f"field{at}: {'x' * 60}\n" for at in range(200)).encode()
    claims = [played.commit([played.main], {own(at): text}, message=f"{at}\n") for at in range(1, 13)]
    answer = played.decide(*((ZERO, claim, f"refs/heads/claim/{at:02}") for at, claim in enumerate(claims, 1)))
    assert not answer.taken
    assert len(answer.said) <= MAX_ANSWER + 100
    assert answer.said.endswith(" more lines\n")


def test_large_commits_are_not_read(played: Ground) -> None:
    """I03: 30 MB, known from the object's header."""
    large = played.commit([played.main], {own(3): claim_text(3, "rival").encode()}, message="x" * 30_000_000)
    for ref in ("refs/heads/claim/03", "refs/heads/broadcast", f"refs/rejected/claim/02/{large[:12]}"):
        played.refuses((ZERO, large, ref), why="bytes; at most 1,048,576 are judged")
    played.refuses((played.main, large, MAIN), why="bytes; at most 1,048,576 are judged")


def test_large_files_are_not_read(played: Ground) -> None:
    """I06: 20 MB of zeros as the claim, or brought along below it."""
    zeros = bytes(20_000_000)
    edit: dict[str, bytes | None] = {own(3): claim_text(3, "rival").encode()}
    tips = [played.commit([played.main], {own(3): zeros})]
    tips += [
        played.commit([played.commit([played.main], {name: zeros})], {name: None, **edit}) for name in ("x", own(3))
    ]
    tips += [played.commit([played.main], {"registry/charter.yaml": zeros})]
    for tip in tips:
        began, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for ref in ("refs/heads/claim/03", "refs/heads/charter/x"):
            played.refuses((ZERO, tip, ref))
        played.refuses((played.main, played.merge(tip), MAIN))
        assert time.process_time() - began < 2
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 15_000  # kilobytes


def test_long_and_wide_histories_are_walked_once(played: Ground) -> None:
    """I09: 5,000 empty commits; merges of 60 levels, with 2^60 paths through them."""
    rows = [f"commit refs/heads/x\ncommitter a <a@b> 1767603600 +0000\ndata 0\nfrom {played.main}\n"]
    rows += ["commit refs/heads/x\ncommitter a <a@b> 1767603600 +0000\ndata 0\n"] * 5_000
    words = ["git", "fast-import", "--quiet"]
    subprocess.run(words, cwd=played.server, input="".join(rows).encode(), check=True, env=ENVIRONMENT)
    line = played.refs()["refs/heads/x"]
    played.point("refs/heads/x", None)
    left = right = played.main
    for level in range(60):
        left, right = (
            played.commit([left, right], tree=played.trees[played.main], message=f"{level} {side}\n") for side in "ab"
        )
    edit: dict[str, bytes | None] = {own(3): claim_text(3, "rival").encode()}
    for tip in (line, left):
        claim = played.commit([tip], edit, tree=played.trees[played.main])
        began = time.process_time()
        played.refuses((ZERO, claim, "refs/heads/claim/03"), why="REG309")
        played.refuses((played.main, claim, MAIN))
        played.refuses((played.main, played.commit([played.main, claim], edit, message="x\n"), MAIN))
        assert time.process_time() - began < 3
    why = "refs/heads/claim/03: refused\nthis push brings more than 2,500 commits"
    two = (ZERO, line, "refs/heads/charter/x"), (ZERO, played.commit([line], edit, tree={}), "refs/heads/claim/03")
    played.refuses(*two, why=why)


BOMBS = (
    "a: &a [x, x]\n" + "".join(f"{chr(at)}: &{chr(at)} [*{chr(at - 1)}, *{chr(at - 1)}]\n" for at in range(98, 120)),
    "[" * 8_000, "{" * 8_000, "{},\n" * 4_000, "- " * 8_000, "? " * 8_000, "a: " * 5_000, "!!python/object:x " * 800,
    "".join(f"field{at}: {'x' * 60}\n" for at in range(200)), "%YAML 1.2\n" * 1_000, "a: |\n" * 3_000, "\x00" * 16_000,
)  # fmt: skip


def test_twelve_claims_that_are_hard_to_read(played: Ground) -> None:
    """I10: in one push, with an answer that is limited."""
    claims = [
        played.commit([played.main], {own(at): text.encode()[: 16 * 1024]}, message=f"{at}\n")
        for at, text in enumerate(BOMBS, 1)
    ]
    began = time.process_time()
    answer = played.decide(*((ZERO, claim, f"refs/heads/claim/{at:02}") for at, claim in enumerate(claims, 1)))
    assert time.process_time() - began < 5
    assert not answer.taken
    assert all(f"refs/heads/claim/{at:02}: refused" in answer.said for at in range(1, 13))
    assert len(answer.said) <= MAX_ANSWER + 100


def test_steps_of_main_cost_the_same_each(played: Ground, long: bool) -> None:
    """I11: a migration of many signed steps; more than are judged at once are told to come in parts."""
    tip, key, line = played.main, played.stage.keys["OWNER"], list[str]()
    for at in range(MAX_STEPS if long else 12):
        text = f"{at}\n\nApproved-by: @OWNER\n"
        tip = played.commit([tip], {"notes.txt": str(at).encode()}, signer=key, message=text)
        line.append(tip)
    began = time.process_time()
    played.accepts((played.main, tip, MAIN))
    assert time.process_time() - began < len(line) * 0.1
    for at in range(MAX_STEPS + 1 - len(line)):
        tip = played.commit([tip], message=f"{at}\n")
    played.refuses((played.main, tip, MAIN), why="steps are too many to judge at once")


def worst(ground: Ground, refs: int) -> list[Command]:
    """A push that reaches the limits of commits, messages and files on every ref, and repeats nothing."""
    noise, commands = random.Random(0), list[Command]()
    for at in range(1, refs + 1):
        tip = ground.main
        for _ in range(MAX_COMMITS):
            text = claim_text(at % 12 + 1, f"s-{at}") + f"# {noise.randbytes(7_500).hex()}\n"
            message = noise.randbytes(MAX_MESSAGE // 2).hex()
            tip = ground.commit([tip], {own(at % 12 + 1): text.encode()}, message=message)
        commands.append((ZERO, tip, f"refs/heads/claim/{at % 12 + 1:02}" if at <= 12 else f"refs/heads/charter/a{at}"))
    return commands


@pytest.mark.takes_long
def test_the_largest_push_within_the_limits(played: Ground, long: bool) -> None:
    """I08: what each ref costs."""
    refs = MAX_REFS if long else 3
    commands = worst(played, refs)
    began = time.process_time()
    played.decide(*commands)
    assert time.process_time() - began < refs * 0.5


def test_a_commit_date_out_of_range_blocks_no_push(template: Stage, tmp_path: Path) -> None:
    """Main itself has such a commit, from before the guard."""
    ground = Ground(template.copy(tmp_path / "stage"))
    ground.point(
        MAIN, ground.commit([ground.main], {own(3): claim_text(3, "rival").encode()}, when="99999999999999 +0000")
    )
    for words in (
        ("schedule", "--ref", "main", "--week", "2026-W48", "--output", str(tmp_path / "x.ics")),
        ("history", "--ref", "main"),
    ):
        done = registry(ground.server, *words)
        assert "Traceback" not in done.stderr
        assert done.returncode == 0, done.stderr


def folder(ground: Ground, count: int) -> str:
    """The tree of very many empty files, which a push of a few kilobytes can hold."""
    blob = bytes.fromhex(ground.put("blob", b""))
    return ground.put("tree", b"".join(b"100644 %06d\0" % at + blob for at in range(count)))


def wide_root(ground: Ground, top: str) -> str:
    """A tree with such a folder alone."""
    return ground.tree({top: ("40000", folder(ground, 20_000))})


def test_a_history_of_its_own_with_very_many_files_is_not_judged(played: Ground) -> None:
    wide = wide_root(played, "registry")
    tips = [played.commit([], tree={}, root=wide, message=f"{at}\n") for at in range(2)]
    began = time.process_time()
    played.refuses((ZERO, tips[0], "refs/heads/claim/03"), why="claim/03 touches more than 50 files")
    played.refuses((played.main, tips[1], MAIN), why="main moves forward only")
    assert time.process_time() - began < 2


def test_steps_that_nobody_has_signed_are_not_read(played: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many files none is looked at, and of several steps the first one that is refused decides."""
    wide, plain = wide_root(played, "registry"), played.tree(played.trees[played.main])
    tip = played.main
    for at in range(6):
        tip = played.commit([tip], tree={}, root=plain if at % 2 else wide, message=f"{at}\n")
    began = time.process_time()
    played.refuses((played.main, tip, MAIN), why="touches more than 50 files, and no approver has signed it")
    assert time.process_time() - began < 1
    times = list[Snapshot]()

    def counted(head: Snapshot, base: Snapshot) -> Verdict:
        times.append(head)
        return judge(head, base)

    monkeypatch.setattr("validator.operations.steps.judge", counted)
    tip = played.main
    for at in range(3):
        tip = played.commit([tip], {"notes.txt": str(at).encode()}, message=f"{at}\n")
    answer = played.decide((played.main, tip, MAIN))
    assert "REG304" in answer.said
    assert len(times) == 1


def test_signatures_of_main_are_checked_in_parts(played: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step says that an approver has signed it: what comes after the first lie is not checked."""
    other = signature(played.stage.keys["OWNER"], b"other")
    tip = played.main
    for at in range(MANY + 2):
        text = f"{at}\n\nApproved-by: @OWNER\n"
        tip = played.commit([tip], {"notes.txt": str(at).encode()}, message=text, signature_of=lambda _: other)
    checked = list[int]()

    def counted(reader: Reader, line: Line, old: Keys) -> dict[str, Endorsement | None]:
        checked.append(len(line))
        return endorsed(reader, line, old)

    monkeypatch.setattr("validator.hosts.plain.signed_line.endorsed", counted)
    answer = played.decide((played.main, tip, MAIN))
    assert ("REG304" in answer.said, checked) == (True, [MANY])


def test_folders_that_a_proposal_makes_the_guard_read_are_limited(
    played: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits below a proposal may each hold a large folder; what an approver has signed may be as large as it is."""
    wide, plain = wide_root(played, "code"), played.tree(played.trees[played.main])
    tip = played.main
    for at in range(4):
        tip = played.commit([tip], tree={}, root=plain if at % 2 else wide, message=f"{at}\n")
    claim = played.commit([tip], {own(3): claim_text(3, "rival").encode()}, tree=played.trees[played.main])
    tracemalloc.start()
    played.refuses((ZERO, claim, "refs/heads/claim/03"), why="REG309")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    monkeypatch.setattr("validator.hosts.plain.server.MAX_PUSHED", 600_000)
    said = "refs/heads/claim/03: refused\nthis push holds"
    played.refuses((ZERO, claim, "refs/heads/claim/03"), why=f"{said} too many large folders to be judged")
    monkeypatch.setattr("validator.git.trees.MAX_FOLDER", 500_000)
    played.refuses((ZERO, claim, "refs/heads/claim/03"), why=f"{said} a folder of 680,000 bytes")
    code = played.tree({**played.trees[played.main], "code": ("40000", folder(played, 20_000))})
    text, key = "Add code\n\nApproved-by: @OWNER\n", played.stage.keys["OWNER"]
    played.accepts((played.main, played.commit([played.main], root=code, signer=key, message=text), MAIN))


def test_strangers_do_not_add_charter_drafts_without_end(template: Stage, tmp_path: Path) -> None:
    ground = Ground(template.copy(tmp_path / "stage"))
    text = ground.trees[ground.main]["registry/charter.yaml"]
    drafts = [ground.commit([ground.main], {"registry/charter.yaml": text + b"# %d\n" % at}) for at in range(3)]
    there = {f"refs/heads/charter/a{at}": drafts[0] for at in range(MAX_CHARTERS)}
    ground.restore({MAIN: ground.main, **there})
    ground.refuses((ZERO, drafts[1], "refs/heads/charter/more"), why="50 charter drafts are on the server")
    ground.accepts((drafts[0], drafts[1], "refs/heads/charter/a0"))
    edit: dict[str, bytes | None] = {"registry/charter.yaml": text + b"# more\n"}
    signed = ground.commit([ground.main], edit, signer=ground.stage.keys["DEPUTY"])
    ground.accepts((ZERO, signed, "refs/heads/charter/more"))
    ground.restore({MAIN: ground.main, **dict(list(there.items())[1:])})
    ground.accepts((ZERO, drafts[1], "refs/heads/charter/more"))
