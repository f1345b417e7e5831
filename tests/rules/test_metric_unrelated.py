"""Which metrics belong to a sentence: those of every labelled goal of the corpus do."""

import pytest

from tests.corpus.goals import CORPUS
from tests.snapshots import charter, claim, registry, snapshot
from validator.rules import metric_unrelated

READ = [
    (goal, *map(str.strip, target.split("|")[:4]))
    for goal, expected, targets, *_ in (
        line.split("\t") for line in CORPUS.read_text("utf-8").splitlines() if line and not line.startswith("#")
    )
    if expected == "read"
    for target in targets.split(";")
    if target.split("|")[0].strip()
]


def warned(goal: str, metric: str, unit: str, value: float = 17, **plan: object) -> list[str]:
    target = {"metric": metric, "op": "gte", "value": value, "unit": unit}
    found = snapshot(registry(claim(1, goal=goal, targets=[target]), charter=charter(**plan)))
    return [problem.message for problem in metric_unrelated.check(found, found)]


def test_no_labelled_goal_is_warned_of() -> None:
    assert len(READ) > 200
    assert [row for row in READ if warned(row[0], row[1], row[4] or row[1])] == []


@pytest.mark.parametrize(
    ("goal", "metric", "unit"),
    [
        ("Send 17 emails daily", "emails sent", "emails"),
        ("Answer within 17 ms", "latency", "ms"),
        ("Keep it at 17%", "share of errors", "%"),
        ("Win 17 SLAs", "service level agreements", "units"),
        ("Win 17 service level agreements", "SLA", "units"),
        ("Fix 17 bugs", "bug", "units"),
        ("Schließe 17 売上高 Verträge", "売上", "件"),
        ("Отправить 17 писем", "emails sent", "emails"),
    ],
)
def test_related(goal: str, metric: str, unit: str) -> None:
    assert warned(goal, metric, unit) == []


@pytest.mark.parametrize(
    ("goal", "metric", "unit"),
    [
        ("Meet 17 customers", "happiness index", "points"),
        ("Meet 17 customers", "number of the total", "units"),
        ("Cut 17 trees", "car", "units"),
        ("Send it to 17 in the team by the day", "time in total", "units"),
    ],
)
def test_unrelated(goal: str, metric: str, unit: str) -> None:
    assert warned(goal, metric, unit) == [f'the goal does not speak of "{metric}"']


def test_other_names_of_the_charter_s_metrics_are_related() -> None:
    metrics = [{"name": "MRR", "aliases": ["subscription income"], "unit": "USD", "per": "month"}]
    goal = "Reach 17 of subscription income"
    assert warned(goal, "MRR", "thalers") == ['the goal does not speak of "MRR"']
    assert warned(goal, "MRR", "thalers", metrics=metrics) == []
