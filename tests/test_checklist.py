"""docs/checklist.md leaves out no sentence that asks for something, and names only what there is."""

import re

import pytest

from tests.repository import ROOT, tracked
from validator.cli import registry
from validator.rules import RULES

PAGE = (ROOT / "docs" / "checklist.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").replace("\\|", "\0").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not re.match(r"\|(-|\s*the document says)", line)
]
# How many sentences each section of the document has, steps and bullets counted one by one.
SENTENCES = {
    "Registration Format": 7,
    "Registration Protocol": 9,
    "Consensus Validation": 9,
    "Expected Registration Messages": 2,
    "Conflict Resolution": 12,
    "Consensus Metrics": 7,
    "Post-Consensus Actions": 5,
}


def test_every_sentence_has_a_row() -> None:
    sections = dict(re.findall(r"^## (.+)\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE))
    assert {name: table.count("\n") - 2 for name, table in sections.items()} == SENTENCES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_row_names_what_there_is(row: list[str]) -> None:
    sentence, does, proof = row
    assert sentence
    assert does
    for path in re.findall(r"`([^`]+)`", proof):
        assert tracked(ROOT / "tests" / path), path
    assert re.search(r"`[^`]+`", proof) or proof == "–"
    for code in re.findall(r"REG\d{3}", does):
        assert code in {rule.CODE for rule in RULES}
    for words in re.findall(r"`registry ([a-z]+)(?: ([a-z]+))?", does):
        verb = registry.commands[words[0]]
        assert words[0] != "consensus" or words[1] in vars(verb)["commands"]
