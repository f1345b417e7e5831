"""Conversion between units, and which libraries it loads."""

import subprocess
import sys
from fractions import Fraction

import pytest
from iso4217 import Currency

from tests.repository import ROOT
from validator.model.shapes import Period
from validator.model.units import COMMON, factor, is_measure, is_share, thousands

WORTH: list[tuple[str, Period | None, str, Period | None, Fraction | int | None]] = [
    ("minutes", None, "hours", None, Fraction(1, 60)),
    ("MINUTES", None, "h", None, Fraction(1, 60)),
    ("min", None, "secs", None, 60),
    ("ms", None, "s", None, Fraction(1, 1000)),
    ("weeks", None, "days", None, 7),
    ("business days", None, "days", None, None),
    ("kUSD", None, "USD", None, 1000),
    ("k$", "month", "dollars", "month", 1000),
    ("million EUR", "year", "€", "year", 10**6),
    ("million €", None, "thousand EUR", None, 1000),
    ("$", "year", "USD", "month", Fraction(1, 12)),
    ("USD/month", None, "usd", "month", 1),
    ("US dollars per year", None, "USD", "year", 1),
    ("SEK", None, "kSEK", None, Fraction(1, 1000)),
    ("XYZ", None, "USD", None, None),
    ("USD", "month", "EUR", "month", None),
    ("USD", "month", "USD", None, None),
    ("%", None, "percent", None, 1),
    ("pct", None, "per cent", None, 1),
    ("percents", None, "ratio", None, Fraction(1, 100)),
    ("percentage points", None, "bps", None, 100),
    ("percent", None, "points", None, None),
    ("MB", None, "kB", None, 1000),
    ("MiB", None, "KiB", None, 1024),
    ("GWh", "year", "kWh", "year", 10**6),
    ("emails", "day", "e-mail", "week", 7),
    ("emails", "day", "letters", "day", None),
    ("emails", "hour", "emails", "quarter", Fraction(1461 * 24, 16)),
    ("__import__('os')", None, "1/0", None, None),
    ("s" * 400, None, "second", None, None),
    ("%", None, "", None, None),
]


@pytest.mark.parametrize(("unit", "per", "other", "other_per", "worth"), WORTH)
def test_units_are_converted(
    unit: str, per: Period | None, other: str, other_per: Period | None, worth: Fraction | int | None
) -> None:
    assert factor(unit, per, other, other_per) == worth
    back = factor(other, other_per, unit, per)
    assert back == (1 / Fraction(worth) if worth else None)


@pytest.mark.parametrize(
    ("per", "other", "times"), [("day", "week", 5), ("hour", "day", 8), ("week", "year", Fraction(1461, 28))]
)
def test_working_time(per: Period, other: Period, times: Fraction | int) -> None:
    assert factor("emails", per, "emails", other, working=True) == times


def test_what_counts_no_work() -> None:
    measures = ["%", "Percent", "pct", "points", "ratio", "seconds", "min", "Hours", "$", "usd", "kUSD", "€", "dollars"]
    measures += ["MB", "ms", "kWh", "SEK", "USD/month", "x"]
    assert [unit for unit in measures if not is_measure(unit)] == []
    counted = ["emails", "e-mails", "all", "tops", "try", "tickets", "PRs", "CVEs", "calls", "books"]
    assert [unit for unit in counted if is_measure(unit)] == []


def test_shares_and_thousands() -> None:
    assert all(map(is_share, ("percent", "Percents", "%", "pct", "per cent", "percentage")))
    assert not any(map(is_share, ("ratio", "points", "emails")))
    assert [thousands(unit) for unit in ("USD", "kUSD", "k€", "million USD", "emails", "kilo")] == [
        1,
        1000,
        1000,
        10**6,
        1,
        1,
    ]


LOADED = """
import sys
from validator.model.shapes import Target
from validator.model.targets import contradict
from validator.registry.workload import counts
one = Target(metric="mails", op="gte", value=5, unit="mails", per="day")
for other in ({}, {"unit": "mail"}, {"metric": "replies", "unit": "hours", "per": None}):
    contradict(one, one.model_copy(update=other)), counts(one)
assert not {"pint", "iso4217"} & {*sys.modules}, "loaded although nothing differs"
contradict(one, one.model_copy(update={"per": "week"}))
assert "pint" in sys.modules and "iso4217" not in sys.modules
contradict(one, one.model_copy(update={"unit": "SEK"}))
assert "iso4217" not in sys.modules
contradict(one, one.model_copy(update={"unit": "THB"}))
assert "iso4217" in sys.modules
"""


def test_what_is_known_without_the_library_is_money() -> None:
    assert {Currency(code).code for code in COMMON} == COMMON


def test_the_libraries_are_loaded_only_where_two_units_differ() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
