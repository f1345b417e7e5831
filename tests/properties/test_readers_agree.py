"""Whatever is accepted means the same to libyaml, py-yaml12, ruamel.yaml's pure reader and, if it is JSON, to json."""

import json
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.other_readers import readings
from tests.properties.strategies import TRAPS, claim, mutated, seed_claim, tries
from tests.properties.writing import written
from tests.repository import charter
from validator.registry.yaml.reader import MAX_BYTES, read

# Built to be nearly in the plain layout: what is rare breaks it, or seems to.
MARKS = (
    *TRAPS,
    "a",
    "b",
    "Zz",
    "word",
    " ",
    "  ",
    ": ",
    " :",
    "::",
    " #",
    "# ",
    "é",
    "中",
    "\u00a0",
    "\u2007",
    "\u3000",
)
NUMBERS = (
    "0 1 -1 12 1.5 -0.5 00 -0 1.0 1.10 999999999999999 9999999999999999 9007199254740993 0.0000001 1234567.1234567 1. "
    "+1 1e5 .5 1_000 0.30000000000000004 123456789012345"
).split()
KEYS = tuple("abcdefghijklmopqrstuvwxz")
NOTES = (" # words", " # it's", " # a: b", " #", "  #x", "# y", " ", ' # "z', " #: ", " # [")


def mostly(usual: tuple[str, ...], rare: st.SearchStrategy[str], times: int = 9) -> st.SearchStrategy[str]:
    return st.integers(0, times).flatmap(lambda turn: st.sampled_from(usual) if turn else rare)


muddle = st.lists(st.sampled_from(MARKS), min_size=1, max_size=5).map("".join)
words = mostly(("word", "Two words", "at 95%+", "a,b", "x (y)"), muddle.map("a{}".format) | muddle, 2)
quoted = st.builds(lambda mark, inner: mark + inner + mark, st.sampled_from("\"'"), muddle | st.text(max_size=6))
scalar = st.one_of(
    words, words, st.sampled_from(NUMBERS), quoted, st.sampled_from(("true", "2026-11-20T08:00:00Z", "10:00"))
)
key = mostly(KEYS, st.sampled_from(("a-b", "_", "x1", "y", "No", "null", "k" * 99, "k" * 1_100)) | muddle, 15)
gap = mostly((", ",), st.sampled_from((",", " , ", ",  ")))
flow_list = st.builds(
    lambda rows, between, end: f"[{between.join(rows)}{end}",
    st.lists(scalar, min_size=1, max_size=3),
    gap,
    mostly(("]",), st.sampled_from((" ]", ", ]", ""))),
)
flow_mapping = st.builds(
    lambda rows, between, end: f"{{{between.join(rows)}{end}",
    st.lists(st.builds("{}: {}".format, key, scalar | flow_list), min_size=1, max_size=3),
    gap,
    mostly(("}",), st.sampled_from((" }", ", }", ""))),
)
value = st.one_of(scalar, scalar, flow_list, flow_mapping)
note = mostly(("",), st.sampled_from(NOTES))
pair = st.builds("{}: {}{}".format, key, value, note)
margin = mostly(("  ",), st.sampled_from(("", " ", "   ", "    ")), 15)
item = st.one_of(
    st.builds("{}- {}{}".format, margin, value, note),
    st.builds("{}- {}\n{}  {}".format, margin, pair, margin, pair),
)
group = st.builds("{}{}:{}\n{}  - {}".format, margin, key, note, margin, value)
entries = st.lists(item, min_size=1, max_size=3) | st.lists(
    st.builds("{}{}".format, margin, pair) | group, min_size=1, max_size=3
)
block = st.builds("{}:{}\n{}".format, key, note, entries.map("\n".join))
line = st.one_of(pair, pair, block, mostly(("# a: 'comment",), muddle.map("#{}".format) | st.just("") | item))
near_plain = st.builds(
    "{}{}".format, st.lists(line, min_size=1, max_size=3).map("\n".join), mostly(("\n",), st.just(""))
)


def assert_alike(text: str) -> None:
    assume(len(text.encode()) <= MAX_BYTES)
    document = read("registry/sessions/04.yaml", text.encode())
    event("refused" if document.faults else "accepted")
    if not document.faults:
        for reading in readings(text):
            assert repr(document.value) == repr(reading)  # order and types too: 1 is not 1.0 is not True


@tries(20)
@given(near_plain)
@pytest.mark.takes_long
def test_readers_agree_on_texts_near_the_usual_layout(text: str) -> None:
    assert_alike(text)


@tries(6)
@given(mutated(seed_claim | st.just(charter())))
@pytest.mark.takes_long
def test_readers_agree_on_damaged_claims(text: str) -> None:
    assert_alike(text)


@given(claim.flatmap(written))
def test_readers_agree_on_every_way_to_write_a_claim(text: str) -> None:
    assert_alike(text)


@given(claim, st.sampled_from((None, 1, "\t")), st.booleans())
def test_readers_agree_on_a_claim_as_json(value: dict[str, Any], indent: int | str | None, ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii)
    assert read("registry/sessions/04.yaml", text.encode()).value == value
    assert_alike(text)
