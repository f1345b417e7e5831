"""Which names are of the same things, and which perhaps: the table of pairs, and words with odd plurals."""

import pytest

from tests.model.unit_pairs import DIFFERENT, SAME, UNCLEAR
from validator.model.nouns import is_plural, may_be_same, noun
from validator.model.units import factor, fold_unit

ALIKE = """
axe axes|pie pies|shoe shoes|use uses|case cases|nurse nurses|glass glasses|cache caches|prize prizes|tax taxes
potato potatoes|video videos|movie movies|knife knives|valve valves|cafe cafes|specimen specimens|analysis analyses
woman women|craftsman craftsmen|child children|person people|address addresses|bus buses|toe toes|day days|key keys
"""


def test_units_of_many_trades() -> None:
    wrong = [pair for pair in SAME if factor(pair[0], "day", pair[1], "day") is None]
    wrong += [pair for pair in (*DIFFERENT, *UNCLEAR) if factor(pair[0], "day", pair[1], "day") is not None]
    wrong += [pair for pair in DIFFERENT if may_be_same(*pair) and "letters from patients" not in pair]
    assert wrong == []


def test_plurals() -> None:
    pairs = [pair.split() for pair in ALIKE.strip().replace("\n", "|").split("|")]
    assert [(one, many) for one, many in pairs if noun(one) != noun(many)] == []
    assert len({noun(one) for one, _ in pairs}) == len(pairs)
    assert [one for one, many in pairs if is_plural(one) or not is_plural(many)] == []


@pytest.mark.parametrize(
    "name", ["outreach", "sales", "cold sales", "analysis", "logistics", "news", "business", "status"]
)
def test_no_plural(name: str) -> None:
    assert not is_plural(name)


def test_the_head_decides() -> None:
    assert is_plural("Boxes of apple juice")
    assert is_plural("letters to one patient")
    assert not is_plural("analysis of letters")
    assert noun("boxes of green apples") == noun("green-apple box")
    assert may_be_same("letters to patients", "patient letters")
    assert not may_be_same("of", "letters")


@pytest.mark.parametrize("unit", ["%", "$", "..", " "])
def test_signs_are_no_nouns(unit: str) -> None:
    assert fold_unit(unit) == unit.strip()
