"""docs/checklist.md leaves out no sentence that asks for something, and names the test that proves each."""

import ast
import re

import pytest

from tests.repository import ROOT
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

# The sentence that no software can prove.
OURS_TO_TELL = "Revenue generation begins"
# Sentences that once had only a file or a folder to their name, and the first of their proofs.
PROOFS = {
    "GOAL: [measurable objective]": "rules/cases/goal-not-measurable/no-targets",
    "Consensus is achieved when:": "cli/test_consensus.py::test_status_exits_0_from_the_approval_on",
    "Human approves final registry": ("cli/test_consensus.py::test_what_is_approved_is_the_registry_as_it_is_on_main"),
    "All sessions follow this format for clarity and consensus.": (
        "cli/test_broadcast.py::test_every_session_gets_the_final_registry"
    ),
    "Orchestrator broadcasts final registry to all sessions": (
        "cli/test_broadcast.py::test_every_session_gets_the_final_registry"
    ),
    "Human reviews and approves registry": (
        "cli/test_consensus.py::test_the_human_decides_on_one_page_with_all_of_the_registry"
    ),
    "Week 1 workflow scheduled": "rules/cases/premature-record/nothing-is-scheduled",
}


def test_every_sentence_has_a_row() -> None:
    sections = dict(re.findall(r"^## (.+)\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE))
    assert {name: table.count("\n") - 2 for name, table in sections.items()} == SENTENCES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_row_names_verbs_and_rules_that_there_are(row: list[str]) -> None:
    sentence, does, _ = row
    assert sentence
    assert does
    for code in re.findall(r"REG\d{3}", does):
        assert code in {rule.CODE for rule in RULES}
    for words in re.findall(r"`registry ([a-z]+)(?: ([a-z]+))?", does):
        verb = registry.commands[words[0]]
        assert words[0] != "consensus" or words[1] in vars(verb)["commands"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_row_names_the_tests_that_prove_its_sentence(row: list[str]) -> None:
    """A row names single tests, not files or folders, and for each code a case with that finding."""
    sentence, does, proof = row
    named = re.findall(r"`([^`]+)`", proof)
    assert named or sentence == OURS_TO_TELL
    cases = [name for name in named if name.startswith("rules/cases/")]
    for name in set(named) - set(cases):
        file, _, function = name.partition("::")
        parsed = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        assert function in {node.name for node in parsed.body if isinstance(node, ast.FunctionDef)}, name
    refused = [(ROOT / "tests" / case / "expected.txt").read_text("utf-8") for case in cases]
    assert all(re.search(r"^error\[|^warning\[", text, re.MULTILINE) for text in refused)
    for code in re.findall(r"REG\d{3}", does):
        assert any(f"[{code}]" in text for text in refused), code


def test_every_row_of_the_checklist_names_a_proof() -> None:
    """Which sentence rests on which test: whoever gives a row another proof says so here."""
    first = {sentence: proof.split("`")[1] for sentence, _, proof in ROWS if sentence in PROOFS}
    assert first == PROOFS
