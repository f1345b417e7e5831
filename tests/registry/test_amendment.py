"""Amendments of a claim's text: what is changed, and what stays byte for byte."""

import difflib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.registry.yaml.amendment import amend
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import write_claim

CLAIM = """\
# yaml-language-server: $schema=../../schema/session.schema.json
number: 4          # ours from week 1
role:   'Outreach AI'

# what we promise
goal: >-
  Send 17 emails
  daily
targets:           # both are measured by the mail server
- metric: emails sent
  value: 17        # a day
  op: gte

# how many arrive
- {metric: "delivery rate", op: gte, value: 95,
   unit: percent}
responsibilities:
  - Write   # in the morning
  - Send
  # nothing else
# who we are
session_id: outreach-1
labels: {team: outreach, shift: "1"}
# the end
"""
TARGETS = read("", CLAIM.encode()).value["targets"]


def changed(changes: dict[str, Any], text: str = CLAIM) -> list[str]:
    """The lines that an amendment takes away and brings; its fields are the old ones with the changes."""
    old, new = read("", text.encode()), amend(text, changes)
    document = read("", new.encode())
    assert not old.faults
    assert not document.faults
    assert document.value == {name: value for name, value in (old.value | changes).items() if value is not None}
    rows = difflib.unified_diff(text.splitlines(), new.splitlines(), n=0, lineterm="")
    return [row for row in rows if not row.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({}, []),
        ({"number": 4, "runtime_id": None}, []),
        ({"number": 5}, ["-number: 4          # ours from week 1", "+number: 5          # ours from week 1"]),
        ({"role": "Mail, and calls"}, ["-role:   'Outreach AI'", "+role: 'Mail, and calls'"]),
        ({"goal": "Send 18: x"}, ["-goal: >-", "-  Send 17 emails", "-  daily", '+goal: "Send 18: x"']),
        ({"labels": None}, ['-labels: {team: outreach, shift: "1"}']),
        (
            {"labels": {"team": "mail", "shift": "2", "no": "yes"}},
            ['-labels: {team: outreach, shift: "1"}', '+labels: {team: mail, shift: "2", "no": "yes"}'],
        ),
        ({"labels": {"shift": "1"}}, ['-labels: {team: outreach, shift: "1"}', '+labels: {shift: "1"}']),
        ({"responsibilities": ["Write", "Send", "Report: daily"]}, ['+  - "Report: daily"']),
        ({"responsibilities": ["Plan", "Write", "Send"]}, ["+  - Plan"]),
        ({"responsibilities": ["Write"]}, ["-  - Send"]),
        (
            {"responsibilities": []},
            ["-responsibilities:", "-  - Write   # in the morning", "-  - Send", "+responsibilities: []"],
        ),
        (
            {"targets": [TARGETS[0] | {"value": 18}, TARGETS[1]]},
            ["-  value: 17        # a day", "+  value: 18        # a day"],
        ),
        (
            {"scope": [{"work": "outreach", "first": 1, "last": 17}], "schedule": [{"days": ["mon"], "end": "08:00"}]},
            ["+scope:", "+  - {work: outreach, first: 1, last: 17}", "+schedule:", '+  - {days: [mon], end: "08:00"}'],
        ),
        ({"colour": "blue"}, ["+colour: blue"]),
    ],
)
def test_only_what_changes_is_written_anew(changes: dict[str, Any], rows: list[str]) -> None:
    assert [row for row in changed(changes) if "unit: percent" not in row and "delivery rate" not in row] == rows


def test_elements_of_a_list_have_the_style_of_the_others() -> None:
    assert changed({"targets": [TARGETS[0], TARGETS[1], {"metric": "replies", "value": 0.5}]})[-2:] == [
        "+- metric: replies",
        "+  value: 0.5",
    ]
    flow = write_claim({"number": 4, "scope": [{"work": "a", "first": 1, "last": 2}]})
    scope = [{"work": "a", "first": 1, "last": 2}, {"work": "b", "segments": ["c"]}]
    assert changed({"scope": scope}, flow) == ["+  - {work: b, segments: [c]}"]


def test_a_new_field_before_all_others() -> None:
    assert changed({"number": 4}, "role: a\ngoal: b\n") == ["+number: 4"]


def test_the_last_line_need_not_end() -> None:
    assert amend("number: 4\ngoal: a", {"labels": {"a": "b"}}) == "number: 4\ngoal: a\nlabels: {a: b}\n"


def test_a_comment_after_a_block_scalar_stays() -> None:
    text = "number: 4\ngoal: |-\n  # no comment\n  b\n# a comment\n\nrole: c\n"
    assert changed({"goal": "d"}, text) == ["-goal: |-", "-  # no comment", "-  b", "+goal: d"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{"number": 4, "goal": "a"}', '{"number": 4, "goal": "éb"}\n'),
        ('{\n   "number": 4,\n   "goal": "a"\n}\n', '{\n   "number": 4,\n   "goal": "éb"\n}\n'),
        ("{number: 4, goal: a} # flow\n", '{number: 4, goal: "éb"} # flow\n'),
    ],
)
def test_json_and_flow_style(text: str, written: str) -> None:
    assert amend(text, {"goal": "éb"}) == written


def test_what_cannot_be_changed_in_its_layout_is_written_in_the_plain_one() -> None:
    text = "goal: a\n...\n"  # the end of the document
    assert amend(text, {"labels": {"a": "b"}}) == write_claim({"goal": "a", "labels": {"a": "b"}})
    assert amend("goal: a\n", {"goal": "\udcff"}) == write_claim({"goal": "\udcff"})


ANY = st.text("ab 1-:#'\"é,[", min_size=1, max_size=8)
ASIDE = st.lists(st.sampled_from(["# aside", "", "  # indented"]), max_size=2)
VALUES = {
    "goal": ANY,
    "role": ANY,
    "targets": st.lists(st.fixed_dictionaries({"metric": ANY, "value": st.integers(0, 99)}), min_size=1, max_size=3),
    "responsibilities": st.lists(ANY, min_size=1, max_size=4),
    "scope": st.none()
    | st.lists(st.fixed_dictionaries({"work": ANY, "segments": st.lists(ANY, min_size=1)}), max_size=2),
    "labels": st.none() | st.dictionaries(ANY, ANY, max_size=3),
}


@given(
    st.fixed_dictionaries(VALUES),
    st.fixed_dictionaries({}, optional=VALUES),
    st.lists(ASIDE, min_size=8, max_size=8),
)
def test_fields_that_are_not_named_stay_byte_for_byte(
    fields: dict[str, Any], changes: dict[str, Any], asides: list[list[str]]
) -> None:
    blocks = [write_claim({name: value}).partition("\n")[2] for name, value in fields.items() if value is not None]
    text = "".join(block + "".join(f"{row}\n" for row in rows) for block, rows in zip(blocks, asides, strict=False))
    if read("", text.encode()).faults:
        return
    changed(changes, text)
    new = amend(text, changes)
    for name, block in zip([name for name, value in fields.items() if value is not None], blocks, strict=True):
        assert name in changes or block in new
    assert new == text or new.startswith("# yaml-language") or new.count("# aside") == text.count("# aside")
