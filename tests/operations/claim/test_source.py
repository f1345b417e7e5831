"""Findings on a claim, at the places of the file that the claim was read from."""

from tests.snapshots import COMMIT, TREE
from validator.model.findings import Finding, Level, Location, Verdict
from validator.operations.claim.source import in_source
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import write_claim

PATH = "registry/sessions/04.yaml"
SOURCE = """\
# mine
role: Outreach
number: 4
targets:
- metric: emails sent
  op: gte
"""
FIELDS = {"number": 4, "role": "Outreach", "goal": "g", "targets": [{"metric": "emails sent", "op": "gte"}]}


def finding(path: str, line: int, column: int) -> Finding:
    return Finding("REG006", "shape", Level.ERROR, Location(path, line, column), "wrong", "mend it", excerpt="x")


def moved(*findings: Finding, **fields: object) -> list[tuple[str, int, int, str | None]]:
    text = write_claim(FIELDS | fields)
    verdict = in_source(Verdict(COMMIT, COMMIT, TREE, findings), PATH, text, read("e.yaml", SOURCE.encode()))
    return [(*one.location, one.excerpt) for one in verdict.findings]


def test_a_value_a_key_and_a_part_of_a_list() -> None:
    text = write_claim(FIELDS).splitlines()
    role, element = text.index("role: Outreach") + 1, text.index("  - {metric: emails sent, op: gte}") + 1
    assert moved(finding(PATH, role, 7)) == [("e.yaml", 2, 7, "role: Outreach")]
    assert moved(finding(PATH, role, 1)) == [("e.yaml", 2, 7, "role: Outreach")]
    assert moved(finding(PATH, element, 5)) == [("e.yaml", 5, 3, "- metric: emails sent")]
    assert moved(finding(PATH, element, text[element - 1].index("gte") + 1)) == [("e.yaml", 6, 7, "  op: gte")]


def test_what_the_file_does_not_say_stays_where_it_is() -> None:
    text = write_claim(FIELDS).splitlines()
    goal, role = text.index("goal: g") + 1, text.index("role: Outreach") + 1
    for one in (finding(PATH, 1, 1), finding(PATH, goal, 7), finding("registry/charter.yaml", role, 7)):
        assert moved(one) == [(*one.location, "x")]
    assert moved(finding(PATH, role, 7), role="Another") == [(PATH, role, 7, "x")]


def test_findings_are_in_the_order_of_their_new_places() -> None:
    found = moved(finding(PATH, 2, 9), finding(PATH, 3, 7))
    assert [row[:2] for row in found] == [("e.yaml", 2), ("e.yaml", 3)]
