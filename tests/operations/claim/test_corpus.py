"""The reader against goals that were written and labelled by people who had not seen it (tests/corpus/goals.tsv)."""

from collections import Counter
from functools import cache

from tests.corpus.goals import Goal, Judgement, goals, judge, matrices
from tests.repository import ROOT
from validator.operations.claim.goal import draft_targets

EXPECTED = ROOT / "tests/corpus/goals.expected.txt"


@cache
def judged() -> tuple[tuple[Goal, Judgement], ...]:
    drafts = [(goal, draft_targets(goal.text)) for goal in goals()]
    return tuple((goal, judge(goal, draft.targets, asked=bool(draft.unread))) for goal, draft in drafts)


def figures() -> str:
    """How the goals were read, and what is confused with what."""
    lines = list[str]()
    for is_read, title in ((True, "goals to read"), (False, "goals to ask about")):
        counts = Counter(judgement.verdict for goal, judgement in judged() if goal.is_read is is_read)
        shares = ", ".join(f"{name} {n} ({n / counts.total():.0%})" for name, n in sorted(counts.items()))
        lines.append(f"{counts.total()} {title}: {shares}")
    strict = sum(
        read.op != meant.op
        for _, judgement in judged()
        for meant, read in judgement.pairs
        if read and meant.op != "ask"
    )
    lines += [f"operators that differ: {strict}", "", matrices(judgement for _, judgement in judged()), ""]
    for verdict in ("wrong", "part"):
        lines += [f"{verdict}: {goal.text}" for goal, judgement in judged() if judgement.verdict == verdict]
    return "\n".join(lines).rstrip("\n") + "\n"


def test_no_goal_is_read_wrongly() -> None:
    assert [goal.text for goal, judgement in judged() if judgement.verdict == "wrong"] == []


def test_figures_of_the_corpus(bless: bool) -> None:
    """Shares and confusion matrices as expected output, so that a change of the reader is visible."""
    if bless:
        EXPECTED.write_text(figures(), "utf-8")
    assert figures() == EXPECTED.read_text("utf-8")
