"""Many processes that want something of one server at once, and what has to be true afterwards."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.remote.stage import Done, Stage, answer, claim_words, ended, started


def race(runners: Iterable[tuple[Path, Sequence[str]]], *, apart: bool = False) -> list[Done]:
    """Run verbs at once, each in its own clone. `apart`: as if each were on a machine of its own, without turns."""
    processes = [started(folder, *words, **({"TMPDIR": str(folder)} if apart else {})) for folder, words in runners]
    return [ended(process) for process in processes]


def claim_any(stage: Stage, clones: Sequence[Path], *, apart: bool = False) -> list[Done]:
    """Every clone claims any number for a session of its own; each gets one, and no two the same."""
    done = race([(clone, claim_words(f"fleet-{clone.name}", "--any")) for clone in clones], apart=apart)
    assert [(one.returncode, one.stderr) for one in done if one.returncode] == []
    answers = [answer(one) for one in done]
    assert stage.proposers() == {
        one["number"]: f"fleet-{clone.name}" for one, clone in zip(answers, clones, strict=True)
    }
    assert len(stage.proposers()) == len(clones)
    assert stage.refs("refs/heads/claim/") == {f"refs/heads/{one['branch']}": one["commit"] for one in answers}
    assert all(one["pushed"] for one in answers)
    stage.is_sound()
    return done


def claim_seven(stage: Stage, clones: Sequence[Path], *, apart: bool = False) -> list[Done]:
    """Every clone claims number 7; one gets it, and all others say who that is and what is free."""
    done = race([(clone, claim_words(f"fleet-{clone.name}", "7")) for clone in clones], apart=apart)
    assert sorted(one.returncode for one in done) == [0, *[1] * (len(clones) - 1)], [one.stderr for one in done]
    (winner,) = stage.proposers().values()
    for one, clone in zip(done, clones, strict=True):
        told = answer(one)
        assert told["pushed"] is (one.returncode == 0) is (winner == f"fleet-{clone.name}")
        assert told["number"] == 7
        assert one.returncode == 0 or f"number 7 was proposed first by {winner} (commit " in told["note"]
    stage.is_sound()
    return done


def lost_races(done: Iterable[Done]) -> int:
    """How often a process had to look again."""
    return sum(one.stderr.count("looking again") for one in done)
