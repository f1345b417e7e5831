"""Many processes that want something of one server at once, and what has to be true afterwards."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.hosts.plain.stage import Done, Stage, answer, claim_words, ended, registry, started

SEVEN = "7"


def race(runners: Iterable[tuple[Path, Sequence[str]]], *, apart: bool = False) -> list[Done]:
    """Run verbs at once, each in its own clone. `apart`: as if each were on a machine of its own, without turns."""
    processes = [started(folder, *words, **({"TMPDIR": str(folder)} if apart else {})) for folder, words in runners]
    return [ended(process) for process in processes]


def race_for(number: str, clones: Sequence[Path], *, apart: bool) -> list[Done]:
    """Every clone claims a number, or `--any`, for a session of its own."""
    return race([(clone, claim_words(session(clone), number)) for clone in clones], apart=apart)


def session(clone: Path) -> str:
    return f"fleet-{clone.name}"


def all_have_one(stage: Stage, clones: Sequence[Path], done: Sequence[Done]) -> None:
    """After a race for any number: each has one, no two the same, and the server has what they were told."""
    assert [(one.returncode, one.stderr) for one in done if one.returncode] == []
    answers = [answer(one) for one in done]
    assert all(one["pushed"] for one in answers)
    assert len({one["number"] for one in answers}) == len(clones)
    assert stage.proposers() == {one["number"]: session(clone) for one, clone in zip(answers, clones, strict=True)}
    assert stage.refs("refs/heads/claim/") == {f"refs/heads/{one['branch']}": one["commit"] for one in answers}
    all_are_whole(stage)


def one_has_seven(stage: Stage, clones: Sequence[Path], done: Sequence[Done]) -> None:
    """After a race for number 7: one has it, and all others say who that is, and what is free."""
    assert sorted(one.returncode for one in done) == [0, *[1] * (len(clones) - 1)], [one.stderr for one in done]
    ((number, winner),) = stage.proposers().items()
    assert number == int(SEVEN)
    (proposal,) = stage.refs("refs/heads/claim/").values()
    for one, clone in zip(done, clones, strict=True):
        told = answer(one)
        assert told["pushed"] is (one.returncode == 0) is (winner == session(clone))
        assert told["number"] == number
        if one.returncode:
            assert told["note"].startswith(f"number 7 was proposed first by {winner} (commit {proposal[:12]}); free ")
    all_are_whole(stage)


def all_are_whole(stage: Stage) -> None:
    """Every proposal on the server is one that the gate accepts and nobody competes with; nothing else is there."""
    assert all(ref == "refs/heads/main" or ref.startswith("refs/heads/claim/") for ref in stage.refs())
    rows = answer(registry(stage.human, "proposals", "--format", "json", check=True))["proposals"]
    assert len(rows) == len(stage.proposers())
    assert [row for row in rows if (row["verdict"], row["competitors"], row["findings"]) != ("accepted", [], [])] == []
    stage.is_sound()


def lost_races(done: Iterable[Done]) -> int:
    """How often a process had to look again."""
    return sum(one.stderr.count("trying again") for one in done)
