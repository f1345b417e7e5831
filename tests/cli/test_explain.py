"""`registry explain`: the rules as a list, one by one, and as a page."""

import json
import re

import pytest

from tests.cli.stage import verb
from tests.repository import ROOT
from validator.cli.explain import HEADINGS, rules_page
from validator.rules import RULES


def explain(*words: str) -> str:
    done = verb(ROOT, "explain", *words)
    assert (done.exit_code, done.err) == (0, "")
    return done.out


def test_the_list_has_every_rule_with_its_first_line() -> None:
    lines = explain().splitlines()
    assert [line.split()[:3] for line in lines] == [[rule.CODE, rule.NAME, rule.LEVEL] for rule in RULES]
    assert all(line.endswith(".") for line in lines)
    assert [rule.CODE for rule in RULES] == sorted(rule.CODE for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.NAME)
def test_a_rule_by_code_or_name(rule: object) -> None:
    code, name = getattr(rule, "CODE", ""), getattr(rule, "NAME", "")
    text = explain(code)
    assert text == explain(name) == explain(code.lower())
    assert text.startswith(f"{code} {name} (")
    found = [heading for heading in HEADINGS if f"\n\n{heading}:" in text]
    assert found == list(HEADINGS)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("REG999", "REG"), ("number-takn", "number-taken"), ("take over", "takeover"), ("", "REG"), ("\x1b[31m", "")],
)
def test_a_rule_that_there_is_not(name: str, meant: str) -> None:
    done = verb(ROOT, "explain", name)
    assert (done.exit_code, done.out) == (2, "")
    assert re.search(rf"there is no rule .*; did you mean {meant}.*\? registry explain lists them", done.err)


def test_json() -> None:
    rules = json.loads(explain("--format", "json"))["rules"]
    assert [rule["code"] for rule in rules] == [rule.CODE for rule in RULES]
    (one,) = json.loads(explain("number-taken", "--format", "json"))["rules"]
    assert one["code"] == "REG103"
    assert one["documentation"].startswith(one["summary"])


def test_page_links_every_rule() -> None:
    text = rules_page()
    links = re.findall(r"^\| \[(REG\d+)\]\(#([a-z0-9-]+)\)", text, re.MULTILINE)
    headings = re.findall(r"^## (REG\d+) (.+)$", text, re.MULTILINE)
    assert [code for code, _ in links] == [code for code, _ in headings] == [rule.CODE for rule in RULES]
    assert [anchor for _, anchor in links] == [f"{code.lower()}-{name}" for code, name in headings]
