"""What is a quantity in a sentence, with its unit, and what only looks like one."""

import pytest

from validator.model.bounds import leads_to, split_bound, split_period
from validator.model.quantities import tokens


def quantities(sentence: str) -> list[tuple[float | None, str]]:
    return [(token.value, token.unit) for token in tokens(sentence) if token.is_quantity]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("$120k MRR", (120000, "USD")),
        ("€1.2M of it", (1200000, "EUR")),
        ("CHF 80'000 a month", (80000, "CHF")),
        ("2.5 million USD", (2500000, "USD")),
        ("95 %+ of it", (95, "percent")),
        ("ten percent", (10, "percent")),
        ("4.6 out of 5", (4.6, "points")),
        ("80ms", (80, "ms")),
        ("250 kB", (250, "kB")),
        ("ten working days", (10, "working days")),
        ("twenty-five calls", (25, "")),
        ("two hundred calls", (200, "")),
        ("a dozen calls", (12, "")),
        ("twice", (2, "times")),
        ("three times", (3, "times")),
        ("within the hour", (1, "hour")),
        ("under a month", (1, "month")),
        ("5m", (None, "")),
        ("1.000", (None, "")),
        ("0.125 s", (0.125, "s")),
        ("12_000", (None, "")),
        ("2026-12-15", (None, "")),
        ("24/7", (None, "")),
        ("6m30s", (None, "")),
        ("1,5", (None, "")),
        ("one third", (None, "")),
        ("2k hours", (None, "")),
        ("9999999999999999 m", (None, "")),
    ],
)
def test_quantity_and_unit(sentence: str, found: tuple[float | None, str]) -> None:
    assert quantities(sentence) == [found]


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2026 think",
        "room 17",
        "the 99th percentile",
        "v2 of it",
        "P1 bugs and sev-1 alerts",
        "JIRA-1234",
        "Migrate to Python 3.12",
        "phase 2",
        "channel #5",
        "no one",
        "Q3 and FY26",
        "on March 3",
        "twenty f\u0131ve mails, s\u0130x calls",  # where case is ignored, these two letters are an i
    ],
)
def test_names_and_years_are_words(sentence: str) -> None:
    assert quantities(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "op", "per"),
    [
        ("at most 40 open tickets", "lte", None),
        ("17 daily", None, "day"),
        ("17+ a week", "gte", "week"),
        ("no longer than 4 h", "lte", None),
        ("usage never above 85 percent", "lte", None),
        ("let it not drop below 50 jobs per year", "gte", "year"),
        ("300 ms or less", "lte", None),
        ("4 or more each month", "gte", "month"),
        ("3 in 2026", None, "year"),
        ("3 this quarter", None, "quarter"),
        ("10 pages per on-call week", None, "week"),
    ],
)
def test_bound_and_period(sentence: str, op: str | None, per: str | None) -> None:
    period = split_period(tokens(sentence))
    at = next(at for at, token in enumerate(period.words) if token.is_quantity)
    bound = split_bound(period.words[:at], period.words[at], period.words[at + 1 :])
    assert (bound.op, period.per, period.clear, bound.clear) == (op, per, True, True)


@pytest.mark.parametrize(
    ("sentence", "per"), [("weekly meetings under 1 hour", None), ("weekly idle time under 1 hour", "week")]
)
def test_hours_of_what_is_weekly_are_no_hours_a_week(sentence: str, per: str | None) -> None:
    assert split_period(tokens(sentence)).per == per


@pytest.mark.parametrize(
    "sentence", ["30 per sprint", "5 every other day", "3 a week each month", "for the daily report 5"]
)
def test_period_of_no_fixed_length_or_two(sentence: str) -> None:
    assert not split_period(tokens(sentence)).clear


@pytest.mark.parametrize("sentence", ["not 5", "at most 5+", "never not above 5", "at least 5 or less"])
def test_bound_that_contradicts_itself(sentence: str) -> None:
    words = tokens(sentence)
    at = next(at for at, token in enumerate(words) if token.is_quantity)
    assert not split_bound(words[:at], words[at], words[at + 1 :]).clear


@pytest.mark.parametrize(
    ("before", "op"),
    [
        ("", None),
        ("raise NPS by", None),
        ("reply to", None),
        ("raise NPS to", "gte"),
        ("reduce open bugs to", "lte"),
        ("lower costs, raise NPS to", "gte"),
    ],
)
def test_where_a_change_leads_to(before: str, op: str | None) -> None:
    assert leads_to(tokens(before)) == op
