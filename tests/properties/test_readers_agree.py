"""The fast reader and the strict reader: whatever the fast one takes, the strict one reads as the same value."""

from hypothesis import event, given
from hypothesis import strategies as st

from tests.properties.strategies import TRAPS, claim, mutated, seed_claim, tries
from tests.properties.writing import written
from tests.repository import charter
from validator.document import MAX_BYTES, read
from validator.plain import value_of

# Built to be nearly in the plain layout, so that most of what is tried gets past its pattern.
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
words = st.lists(st.sampled_from(MARKS), min_size=1, max_size=6).map("".join)
number = st.sampled_from(
    "0 1 -1 12 1.5 -0.5 00 -0 1.0 1.10 999999999999999 9999999999999999 9007199254740993 0.0000001 1234567.1234567 1. "
    "+1 1e5 .5 1_000 0.30000000000000004 123456789012345".split()
)
quoted = st.one_of(words.map('"{}"'.format), words.map("'{}'".format), st.text(max_size=6).map('"{}"'.format))
scalar = st.one_of(number, words, words, quoted, st.sampled_from(("true", "false", "2026-11-20T08:00:00Z", "10:00")))
key = st.sampled_from(("a", "b", "c", "number", "a-b", "_", "x1", "y", "No", "null", "k" * 99, "k" * 1_100)) | words
flow_list = st.builds(
    lambda rows, gap, end: f"[{gap.join(rows)}{end}",
    st.lists(scalar, min_size=1, max_size=3),
    st.sampled_from((", ", ", ", ",", " , ")),
    st.sampled_from(("]", "]", " ]", ", ]", "")),
)
entry = st.builds("{}: {}".format, key, scalar | flow_list)
flow_mapping = st.builds(
    lambda rows, end: f"{{{', '.join(rows)}{end}",
    st.lists(entry, min_size=1, max_size=3),
    st.sampled_from(("}", "}", " }", "")),
)
value = scalar | flow_list | flow_mapping
pair = st.builds("{}: {}".format, key, value)
margin = st.sampled_from(("  ", "  ", "  ", "  ", "    ", " ", "", "   "))
item = st.one_of(
    st.builds("{}- {}".format, margin, value),
    st.builds("{}- {}\n{}  {}".format, margin, pair, margin, pair),
    st.builds("{}{}".format, margin, pair),
)
block = st.builds("{}:\n{}".format, key, st.lists(item, min_size=1, max_size=3).map("\n".join))
line = st.one_of(pair, pair, block, words.map("#{}".format), st.just(""), item)
near_plain = st.builds(
    "{}{}".format, st.lists(line, min_size=1, max_size=4).map("\n".join), st.sampled_from(("\n", "\n", ""))
)


def assert_alike(text: str) -> None:
    quick = value_of(text)
    event("taken" if quick is not None else "left to the strict reader")
    if quick is not None:
        strict = read("registry/sessions/04.yaml", text.encode())
        assert strict.faults == ()
        assert repr(quick) == repr(strict.value)  # order and types too: 1 is not 1.0 is not True


@tries(20)
@given(near_plain)
def test_readers_agree_on_texts_near_the_plain_layout(text: str) -> None:
    assert_alike(text)


@tries(6)
@given(mutated(seed_claim | st.just(charter())))
def test_readers_agree_on_damaged_claims(text: str) -> None:
    assert_alike(text)


@given(claim.flatmap(written))
def test_readers_agree_on_every_way_to_write_a_claim(text: str) -> None:
    if len(text.encode()) <= MAX_BYTES:
        assert_alike(text)
