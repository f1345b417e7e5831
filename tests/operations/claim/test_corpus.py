"""The reader against goals that were written and labelled by people who had not seen it (tests/corpus/goals.tsv)."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.corpus.goals import CORPUS, PLACES, TRADES, Goal, Judgement, goals, judge, matrices
from validator.model.units import fold_unit
from validator.operations.claim.goal import draft_targets


@cache
def judged(corpus: Path = CORPUS) -> tuple[tuple[Goal, Judgement], ...]:
    drafts = [(goal, draft_targets(goal.text)) for goal in goals(corpus)]
    return tuple((goal, judge(goal, draft.targets, asked=bool(draft.unread))) for goal, draft in drafts)


def figures(corpus: Path) -> str:
    """How the goals were read, and what is confused with what."""
    lines = list[str]()
    for is_read, title in ((True, "goals to read"), (False, "goals to ask about")):
        counts = Counter(judgement.verdict for goal, judgement in judged(corpus) if goal.is_read is is_read)
        shares = ", ".join(f"{name} {n} ({n / counts.total():.0%})" for name, n in sorted(counts.items()))
        lines.append(f"{counts.total()} {title}: {shares}")
    strict = sum(
        read.op != meant.op
        for _, judgement in judged(corpus)
        for meant, read in judgement.pairs
        if read and meant.op != "ask"
    )
    lines += [f"operators that differ: {strict}", "", matrices(judgement for _, judgement in judged(corpus)), ""]
    for verdict in ("wrong", "part"):
        lines += [f"{verdict}: {goal.text}" for goal, judgement in judged(corpus) if judgement.verdict == verdict]
    return "\n".join(lines).rstrip("\n") + "\n"


@pytest.mark.parametrize("corpus", [CORPUS, TRADES, PLACES], ids=["software", "trades", "places"])
def test_no_goal_is_read_wrongly(corpus: Path) -> None:
    assert [goal.text for goal, judgement in judged(corpus) if judgement.verdict == "wrong"] == []


def test_a_count_has_the_unit_of_what_is_counted() -> None:
    """`misprints an issue` counts misprints; the kind of a unit alone does not tell."""
    read = [
        (fold_unit(meant.unit), fold_unit(target.unit))
        for _, judgement in judged(TRADES)
        for meant, target in judgement.pairs
        if target and meant.kind == "count"
    ]
    assert read
    assert [pair for pair in read if pair[0] != pair[1]] == []


@pytest.mark.parametrize("corpus", [CORPUS, TRADES, PLACES], ids=["software", "trades", "places"])
def test_figures_of_the_corpus(corpus: Path, bless: bool) -> None:
    """Shares and confusion matrices as expected output, so that a change of the reader is visible."""
    expected = corpus.with_suffix(".expected.txt")
    if bless:
        expected.write_text(figures(corpus), "utf-8")
    assert figures(corpus) == expected.read_text("utf-8")
