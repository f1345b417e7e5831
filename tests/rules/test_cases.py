"""Every rule against real repositories: the whole text report is compared; `pytest --bless` accepts what is printed."""

import re
from pathlib import Path

import pytest

from tests.repository import tracked
from tests.rules.case import CASES, report
from validator.model.findings import Level
from validator.rules import RULES, Rule

FOLDERS = sorted({CASES.joinpath(*path.relative_to(CASES).parts[:2]) for path in tracked(CASES)})
SECTIONS = ("What it means", "Why", "Example", "Way out")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_report_is_as_expected(folder: Path, tmp_path: Path, bless: bool) -> None:
    printed = report(folder, tmp_path)
    expected = folder / "expected.txt"
    if bless:
        expected.write_text(printed, encoding="utf-8", newline="")
    assert printed == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.NAME)
def test_rule_has_a_passing_and_a_failing_case(rule: Rule) -> None:
    files = [path for path in tracked(CASES / rule.NAME) if path.name == "expected.txt"]
    reports = [path.read_text(encoding="utf-8") for path in files]
    failing = [f"{rule.LEVEL}[{rule.CODE}] {rule.NAME}: " in text for text in reports]
    assert True in failing, f"no case under {rule.NAME}/ shows {rule.CODE}"
    assert False in failing, f"every case under {rule.NAME}/ shows {rule.CODE}"


def test_cases_belong_to_rules() -> None:
    assert {folder.parent.name for folder in FOLDERS} <= {rule.NAME for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.NAME)
def test_rule_documents_itself(rule: Rule) -> None:
    documentation = rule.__doc__ or ""
    summary, *sections = documentation.strip().split("\n\n")
    assert re.fullmatch(r"[A-Z][^\n]*\.", summary)
    headings = re.findall(r"^([A-Z][a-z ]+):(?=[ \n])", "\n\n".join(sections), re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)
    assert all(len(line) <= 120 for line in documentation.splitlines())


def test_codes_and_names_identify_a_rule() -> None:
    assert [rule.CODE for rule in RULES] == sorted({rule.CODE for rule in RULES})
    assert all(re.fullmatch(r"REG[0-5][0-9]{2}", rule.CODE) for rule in RULES)
    modules = [str(vars(rule)["__name__"]).rpartition(".")[2].replace("_", "-") for rule in RULES]
    assert [rule.NAME for rule in RULES] == modules
    assert all(isinstance(rule.LEVEL, Level) for rule in RULES)
