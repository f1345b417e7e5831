"""Registration messages in both forms of the seed, claims in YAML, and the text that a claim is written as."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.model.shapes import Claim
from validator.operations.claim.message import MESSAGE_FIELDS, is_message, read_message, read_source
from validator.operations.claim.target import UnreadableError
from validator.registry.parsing import claim_file
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import CLAIM_FIELDS, write_claim

ONE_LINE = (
    "REGISTRATION: NUMBER=2 ROLE=Research AI - Prospect Finding (Batch 1) GOAL=Find 25 prospects/day, score 70+/100 "
    "SESSION_ID=marketing-research-1 STATUS=REGISTERED"
)
ORCHESTRATOR = """\
REGISTRATION COMPLETE
NUMBER: 1
ROLE: Orchestrator - Master Coordinator
GOAL: Coordinate 12 sessions → $120k MRR
SESSION_ID: marketing-orchestrator
STATUS: REGISTERED
READY: YES
"""
RESEARCH = """\
REGISTRATION COMPLETE
NUMBER: 2
ROLE: Research AI - Prospect Finding (Batch 1)
GOAL: Find 25 prospects/day, score 70+/100
SESSION_ID: marketing-research-1
STATUS: REGISTERED
READY: YES
"""
READ = {
    "number": 2,
    "role": "Research AI - Prospect Finding (Batch 1)",
    "goal": "Find 25 prospects/day, score 70+/100",
    "session_id": "marketing-research-1",
    "status": "REGISTERED",
}


@pytest.mark.parametrize(
    "text",
    [
        ONE_LINE,
        RESEARCH,
        f"\n  {ONE_LINE}\n",
        ONE_LINE.replace(" ", "\n"),
        ONE_LINE.replace("NUMBER=2 ", "").replace(" STATUS", " NUMBER=2 STATUS"),
        RESEARCH.replace("\n", "\r\n"),
        RESEARCH.replace("\n", "\n\n"),
        RESEARCH.replace(": ", " :  "),
        RESEARCH.replace("NUMBER: 2", "NUMBER: [2]").replace("STATUS: REGISTERED", "STATUS: [ REGISTERED ]"),
        RESEARCH.replace("NUMBER: 2", "NUMBER: 002"),
        RESEARCH.replace("READY: YES", "READY: [yes]"),
        RESEARCH.replace("READY: YES", "READY:"),
        RESEARCH.replace("READY: YES", "TIMESTAMP:"),
    ],
)
def test_both_forms_of_the_seed_are_read_alike(text: str) -> None:
    assert is_message(text)
    read = read_message(text)
    read["goal"], read["role"] = (" ".join(read[name].split()) for name in ("goal", "role"))
    assert read == READ
    assert read_source(text) == read_message(text)


def test_the_orchestrators_message_of_the_seed() -> None:
    assert read_message(ORCHESTRATOR) == {
        "number": 1,
        "role": "Orchestrator - Master Coordinator",
        "goal": "Coordinate 12 sessions → $120k MRR",
        "session_id": "marketing-orchestrator",
        "status": "REGISTERED",
    }


SCOPE = [{"work": "outreach", "first": 1, "last": 17}, {"work": "replies", "segments": ["standard", "overflow"]}]
SCHEDULE = [
    {"activity": "Send", "days": ["mon", "tue"], "start": "10:00", "end": "11:00"},
    {"activity": "Approval queue", "days": ["mon", "wed"], "end": "08:00"},
]
SEVERAL = """
SCOPE:
  - outreach 1-17
  • replies: standard, overflow

SCHEDULE: Send, mon-tue 10:00-11:00
  Approval queue, mon,wed by 08:00
RESPONSIBILITIES: [Write; Send]
- Report: daily
* READY at eight
"""


ONE_LINE_OF_SEVERAL = (
    "REGISTRATION: NUMBER=4 SCOPE=outreach 1-17; replies: standard, overflow; GOAL=g "
    "SCHEDULE=[Send, mon-tue 10:00-11:00;Approval queue, mon,wed by 08:00] "
    "RESPONSIBILITIES=Write;Send ;Report: daily RESPONSIBILITIES=READY at eight"
)


@pytest.mark.parametrize("text", [f"REGISTRATION COMPLETE\nNUMBER: 4{SEVERAL}GOAL: g", ONE_LINE_OF_SEVERAL])
def test_a_message_with_scope_schedule_and_responsibilities(text: str) -> None:
    assert read_message(text) == {
        "number": 4,
        "goal": "g",
        "scope": SCOPE,
        "schedule": SCHEDULE,
        "responsibilities": ["Write", "Send", "Report: daily", "READY at eight"],
    }


def test_a_list_without_a_value_is_not_named() -> None:
    assert read_message("REGISTRATION: NUMBER=4 SCOPE= SCHEDULE=; RESPONSIBILITIES=[]") == {"number": 4}


@pytest.mark.parametrize("status", ["REGISTERED", "PENDING", ""])
def test_an_unready_session_is_pending(status: str) -> None:
    text = RESEARCH.replace("STATUS: REGISTERED", f"STATUS: {status}").replace("READY: YES", "READY: NO")
    assert read_message(text)["status"] == "PENDING"


@pytest.mark.parametrize(
    ("written", "session", "runtime"),
    [
        ("a-1 (session-1763243080)", "a-1", "session-1763243080"),
        ("a-1   (x:y)", "a-1", "x:y"),
        ("[a-1 (x)]", "a-1", "x"),
        # none of these names both; the gate says what is wrong with it
        ("a-1 (x", "a-1 (x", None),
        ("a-1 ()", "a-1 ()", None),
        ("a-1 (x) (y)", "a-1 (x) (y)", None),
        ("a-1(x)", "a-1(x)", None),
        ("(x)", "(x)", None),
        ("a 1", "a 1", None),
    ],
)
def test_runtime_in_parentheses(written: str, session: str, runtime: str | None) -> None:
    fields = read_message(RESEARCH.replace("marketing-research-1", written))
    assert (fields["session_id"], fields.get("runtime_id")) == (session, runtime)


def test_missing_fields_stay_empty() -> None:
    assert read_message("REGISTRATION COMPLETE\nNUMBER:\nROLE: []\nGOAL: x") == {"goal": "x"}
    assert read_message("REGISTRATION: ROLE= GOAL=x") == {"goal": "x"}
    assert read_message("REGISTRATION COMPLETE") == read_message("REGISTRATION:") == {}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("REGISTRATION: ROLE=a = b MY_GOAL=c #d GOAL=g", "a = b MY_GOAL=c #d"),
        ("REGISTRATION: ROLE=[a] b] GOAL=g", "a] b"),
        ("REGISTRATION: ROLE=a [b] GOAL=g", "a [b]"),
        ("REGISTRATION: ROLE=a\x1c\u2028b\u202e GOAL=g", "a\x1c\u2028b\u202e"),
        ("REGISTRATION COMPLETE\nROLE: a\x1c\u2028b: {c}\nGOAL: g", "a\x1c\u2028b: {c}"),
        (
            "REGISTRATION COMPLETE\nROLE: NUMBER=3 {{7*7}} $(id) %0A::error::\nGOAL: g",
            "NUMBER=3 {{7*7}} $(id) %0A::error::",
        ),
    ],
)
def test_a_value_is_taken_as_it_is(text: str, role: str) -> None:
    """Values are neither interpreted nor repaired; the gate refuses forbidden content."""
    assert read_message(text) == {"role": role, "goal": "g"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("REGISTRATION COMPLETE\nNUMBER: four", 'NUMBER is "four", not a whole number'),
        ("REGISTRATION COMPLETE\nNUMBER: -4", 'NUMBER is "-4"'),
        ("REGISTRATION COMPLETE\nNUMBER: 4.0", 'NUMBER is "4.0"'),
        ("REGISTRATION COMPLETE\nNUMBER: 123456", 'NUMBER is "123456"'),
        ("REGISTRATION COMPLETE\nNUMBER: ４", 'NUMBER is "４"'),
        ("REGISTRATION COMPLETE\nNUMBER: [your-number]", 'NUMBER is "your-number"'),
        ("REGISTRATION COMPLETE\nREADY: maybe", 'READY is "maybe"; write YES or NO'),
        ("REGISTRATION COMPLETE\nGOAL: a\nGOAL: b", "GOAL stands twice"),
        ("REGISTRATION COMPLETE\nGOAL: a\n- b", '"- b" is no line of a registration'),
        ("REGISTRATION COMPLETE\nSCOPE:\noutreach 1-17", '"outreach 1-17" is no line of a registration'),
        ("REGISTRATION COMPLETE\nSCOPE: outreach", '"outreach" is no scope; write WORK FIRST-LAST'),
        ("REGISTRATION: SCHEDULE=Send daily", '"Send daily" is no schedule; write ACTIVITY, DAYS'),
        ("REGISTRATION: GOAL=Reach NUMBER=3 NUMBER=4", "NUMBER stands twice"),
        (
            "REGISTRATION COMPLETE\nCAPACITY: 13",
            '"CAPACITY: 13" is no line of a registration; write NUMBER: …, ROLE: …',
        ),
        ("REGISTRATION COMPLETE\nnumber: 4", '"number: 4" is no line'),
        ("REGISTRATION COMPLETE\nI am ready", '"I am ready" is no line'),
        ("REGISTRATION: I am ready", '"I am ready" is no field of a registration; write NUMBER=…, ROLE=…'),
        ("REGISTRATION: please NUMBER=4", '"please" is no field'),
        ("REGISTRATION: NUMBER: 4", '"NUMBER: 4" is no field'),
        (f"REGISTRATION: GOAL={'g' * 20_000}", "at most 16,384 characters"),
        ("NUMBER: 4", "a registration is a line, REGISTRATION: NUMBER=…"),
        ("REGISTRATION COMPLETED\nNUMBER: 4", "or REGISTRATION COMPLETE with a line for each field"),
    ],
)
def test_an_unreadable_message_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_message(text)
    assert why in str(refused.value)


@given(st.text(st.sampled_from("AZ: =\n[]()4,\x00\u2028\udcffé"), max_size=60))
def test_no_text_breaks_the_reader_of_messages(text: str) -> None:
    for message in (text, f"REGISTRATION:{text}", f"REGISTRATION COMPLETE\n{text}", f"REGISTRATION: ROLE={text}"):
        try:
            fields = read_source(message)
        except UnreadableError:
            continue
        claim_file(read("registry/sessions/04.yaml", write_claim(fields).encode()), 4)


def test_a_long_message_is_read_quickly() -> None:
    begun = time.process_time()
    for text in (f"REGISTRATION: GOAL={' NUMBER' * 2_000}", "REGISTRATION COMPLETE" + "\n" * 16_000, " " * 10**6):
        read_message(text) if is_message(text) else None
    assert time.process_time() - begun < 1


def test_source_in_yaml_or_json() -> None:
    assert read_source("number: 4\ntargets: [{metric: a b, op: gte}]\n") == {
        "number": 4,
        "targets": [{"metric": "a b", "op": "gte"}],
    }
    assert read_source('{"number": 4, "labels": {"team": "outreach"}}') == {"number": 4, "labels": {"team": "outreach"}}
    assert not is_message("registration: 4")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a claim is a mapping of fields"),
        ("- number: 4", "or a message that begins with REGISTRATION"),
        ("number: 4\nnumber: 5", "line 2, column 1: the key number stands twice; first in line 1; keep one"),
        ("role: &a x", "line 1, column 7: &a is an anchor"),
        ("number: 012", "line 1, column 9: 012 is read differently by different YAML readers"),
        ("role: {", "line 1, column 8: not YAML"),
        ("role: caf\udce9", "line 1, column 10: the file is not UTF-8: byte 0xe9 at offset 9"),
        ("role: \ud800", "the claim is not Unicode text"),
        ("role: " + "x" * 20_000, "a registry file has at most 16,384"),
    ],
)
def test_invalid_source_is_refused_with_its_place(text: str, why: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_source(text)
    assert why in str(refused.value)


def test_fields_are_written_in_the_order_of_the_contract() -> None:
    assert tuple(Claim.model_fields) == CLAIM_FIELDS
    assert {name.lower() for name in MESSAGE_FIELDS} - {"ready"} < {*CLAIM_FIELDS}
    fields = {
        "colour": "blue",
        "labels": {"team": "outreach"},
        "owner_login": "session",
        "owner": "github:583231",
        "timestamp": "2026-11-20T08:00:00Z",
        "status": "REGISTERED",
        "schedule": ({"activity": "Send", "days": ["mon"], "start": "10:00", "end": "11:00"},),
        "scope": [],
        "responsibilities": ["Backup for session #11", "no", ""],
        "runtime_id": None,
        "session_id": "marketing-outreach-1",
        "targets": [{"metric": "emails sent", "op": "gte", "value": 17.0, "unit": "emails", "per": "day"}],
        "goal": "Send 17 emails daily, 95%+ delivery rate",
        "role": "Outreach AI - Personalize and send emails (Morning Batch 1)",
        "number": 4,
    }
    assert (
        write_claim(fields)
        == """\
# yaml-language-server: $schema=../../schema/session.schema.json
number: 4
role: Outreach AI - Personalize and send emails (Morning Batch 1)
goal: Send 17 emails daily, 95%+ delivery rate
targets:
  - {metric: emails sent, op: gte, value: 17, unit: emails, per: day}
session_id: marketing-outreach-1
runtime_id: null
responsibilities:
  - "Backup for session #11"
  - "no"
  - ""
scope: []
schedule:
  - {activity: Send, days: [mon], start: "10:00", end: "11:00"}
status: REGISTERED
timestamp: 2026-11-20T08:00:00Z
owner: "github:583231"
owner_login: session
labels: {team: outreach}
colour: blue
"""
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0.1"),
        (1e-07, "0.0000001"),
        (-2.50, "-2.5"),
        (-0.0, "0"),
        (1e15, "1000000000000000"),
        (True, "true"),
        ("true", '"true"'),
        ("012", '"012"'),
        ("1_0", '"1_0"'),
        ("on", '"on"'),
        ("~", '"~"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("a-b", "a-b"),
        ("trailing ", '"trailing "'),
        ("two  spaces", "two  spaces"),
        ("a, b's", "a, b's"),
        (["a, b's", "c"], "\n  - a, b's\n  - c"),
        ({"a": "b, c", "d": "e's"}, '{a: "b, c", d: e\'s}'),
        ("è", '"è"'),
        ("a\nb", r'"a\nb"'),
        ("a\x7f\u0085\u2028\ufeff", r'"a\u007f\u0085\u2028\ufeff"'),
    ],
)
def test_a_value_is_plain_only_where_all_readers_agree(value: Any, written: str) -> None:
    text = write_claim({"role": value})
    assert text.endswith(f"\nrole: {written}\n".replace(": \n", ":\n"))
    assert read("", text.encode()).value == {"role": value}


def test_half_a_pair_of_surrogates_is_written_as_an_escape_and_refused() -> None:
    text = write_claim({"role": "\udcff"})
    assert text.endswith('\nrole: "\\udcff"\n')
    assert [fault.message for fault in read("", text.encode()).faults] == [
        "an escape makes the character U+DCFF, which is not allowed"
    ]


def test_hostile_names_of_fields_are_written_as_names() -> None:
    fields = {"x\nnumber: 5\ny": "1", "a: b": 2, "<<": {"no": 1, "": 2}}
    assert read("", write_claim(fields).encode()).value == fields


# Every character of Unicode that two surrogates side by side cannot spell.
ANY = st.text(st.characters() | st.sampled_from("\x00\x7f\u0085\u2028\ufeff\udcff: #-'\"\\\n,[]{}&*!%@`"), max_size=12)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), ANY)
WORDS = st.sampled_from(["yes", "No", "null", "~", "1_0", "0x3", "1:30", "012", "1e3", ".inf", "NaN", "=", "<<", "---"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY | WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(CLAIM_FIELDS) | ANY | WORDS, VALUES, min_size=1, max_size=6))
def test_whatever_fields_come_in_the_text_reads_back_to_them(fields: dict[str, Any]) -> None:
    text = write_claim(fields)
    document = read("the claim", text.encode())
    assert document.faults or document.value == fields


PROSE = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]) | st.sampled_from(" :#-\"'{}[],"), max_size=30
)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.integers(-(10**9), 10**9).map(lambda value: value / 1000)
LEAVES = PROSE | NUMBERS | st.booleans() | WORDS


@given(
    st.fixed_dictionaries(
        {"number": NUMBERS, "goal": PROSE, "targets": st.lists(st.dictionaries(PROSE, LEAVES, max_size=4), max_size=3)},
        optional={"labels": st.dictionaries(PROSE, PROSE, max_size=3), "responsibilities": st.lists(PROSE, max_size=3)},
    )
)
def test_valid_claims_are_written_and_read_back(fields: dict[str, Any]) -> None:
    document = read("the claim", write_claim(fields).encode())
    assert not document.faults
    assert document.value == fields
    assert json.dumps(document.value, sort_keys=True) == json.dumps(
        json.loads(
            json.dumps(fields), parse_float=lambda text: int(float(text)) if float(text).is_integer() else float(text)
        ),
        sort_keys=True,
    )
