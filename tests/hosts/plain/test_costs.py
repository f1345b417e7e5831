"""What a push may cost: limits are asked before anything is read. I01, I02, … are attacks of the corpus."""

import time
from pathlib import Path

import pytest

from tests.corpus.packets import ZERO
from tests.hosts.plain.ground import MAIN, Ground, own
from tests.hosts.plain.stage import Stage, claim_text, registry
from validator.hosts.plain.pre_receive import MAX_ANSWER
from validator.hosts.plain.push import MAX_REFS
from validator.model.findings import Verdict
from validator.operations.judge import judge
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

    def counted(head: Snapshot, base: Snapshot) -> Verdict:
        times.append(head)
        return judge(head, base)

    monkeypatch.setattr("validator.hosts.plain.server.judge", counted)
    claim = played.claim(3, "rival")
    answer = played.decide(*((ZERO, claim, ref) for ref in names(MAX_REFS)))
    assert (answer.taken, len(times)) == (False, 1)


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


def test_a_commit_date_out_of_range_blocks_no_push(template: Stage, tmp_path: Path) -> None:
    """I12.7: main itself has such a commit, from before the guard."""
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
