"""Names that are warned of beside another, and those that are not."""

import random
from itertools import combinations

import pytest

from tests.repository import ROOT
from validator.model.near import near_keys, one_letter_apart

TITLES = (ROOT / "tests/corpus/titles.txt").read_text("utf-8").splitlines()
SEED = [
    line.split("role: ")[1].rstrip("}")
    for line in (ROOT / "registry/charter.yaml").read_text("utf-8").splitlines()
    if "role: " in line
]


def near(one: str, other: str) -> bool:
    known = dict(near_keys(one))
    return any(key in known and one_letter_apart(word, known[key]) for key, word in near_keys(other))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *[
            ("Outreach AI", other)
            for other in ("Outreach A\u00cd", "Outr\u00e9ach AI", "AI Outreach", "AI for Outreach")
        ],
        *[("Outreach AI", other) for other in ("Outreach AT", "Outreach AJ", "Outreech AI")],
        *[("Morning Batch 1", other) for other in ("Morning Batch One", "1st Morning Batch", "Morning Batch #1")],
        *[("Batch 2", "Batch Z"), ("Batch 5", "Batch S"), ("Batch 8", "Batch B"), ("Line 2 Batch 1", "Batch 1 Line 2")],
        *[("outreach-1", other) for other in ("outreach-i", "1-outreach", "outreach-one")],
        *[("watch-1", "vvatch-1"), ("Sales", "Scales"), ("Clerk", "Clerks"), ("\u0130zmir", "Izmir"), ("\u00f8", "o")],
    ],
)
def test_what_a_reader_mixes_up(name: str, other: str) -> None:
    assert near(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *[("Outreach AI", other) for other in ("Outreach ML", "Inreach AI", "Research AI", "Outreach AI - Batch 2")],
        *[("Morning Batch 1", other) for other in ("Morning Batch 2", "Morning Batch 11", "Evening Batch 1")],
        *[("Engineer II", other) for other in ("Engineer I", "Engineer III", "Engineer IV")],
        *[("Pod A", "Pod B"), ("Pod A", "Pod"), ("Line 4", "Line 14"), ("Batch 1 Line 2", "Batch 2 Line 1")],
        *[
            ("outreach-1", other)
            for other in ("outreach", "outreach-eu", "outreach-1-eu", "outreach-1a", "outreach-11")
        ],
        *[("C++ Developer", "C# Developer"), (".NET Architect", "Net Architect"), ("P&L Lead", "PR Lead")],
        *[("Sales Engineer", "Senior Sales Engineer"), ("HR Lead", "PR Lead"), ("doud", "cl0ud"), ("L1", "L2")],
    ],
)
def test_what_a_reader_does_not_mix_up(name: str, other: str) -> None:
    assert not near(name, other)


def test_a_thousand_names_and_the_twelve_of_the_seed_are_not_near() -> None:
    names = list(dict.fromkeys([*TITLES, *SEED]))
    rows = dict[object, list[tuple[str, str]]]()
    for name in names:
        for key, word in near_keys(name):
            rows.setdefault(key, []).append((name, word))
    pairs = [pair for row in rows.values() for pair in combinations(row, 2)]
    assert len(SEED) == 12
    assert [(one, other) for (one, first), (other, word) in pairs if one_letter_apart(first, word)] == []


def test_names_in_another_order_are_near() -> None:
    chance = random.Random(3)
    plain = [title.split() for title in TITLES if title.replace(" ", "").isalpha() and len(set(title.split())) > 2]
    assert len(plain) > 100
    for words in plain:
        other = chance.sample(words, len(words))
        assert near(" ".join(words), " ".join(other))
