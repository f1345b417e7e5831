"""Prose folded to a terminal: commands stay whole, the lines of a file stay as they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.model.fold import columns, folded

COMMAND = "registry claim 4 --session-id desk-1 --scope 'orders 1-30, or so' --push"
WORDS = st.sampled_from(["who", "claims", "one;", "(see", "2-5,", "sha256:0123456789ab…", "now", "ü" * 9, "日本"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("short\nlines stay\n", "short\nlines stay\n"),
        ("one two three four five six\n", "one two three four\n    five six\n"),
        ("    why: one two three four\n", "    why: one two\n         three four\n"),
        ("next:    one two three four\n", "next:    one two\n         three four\n"),
        ("· one two three four five\n", "· one two three four\n  five\n"),
        ("a  table  with gaps x\n", "a  table  with gaps\n    x\n"),
        ("now just do it; fill in: NAME\n", "now just do it;\n    fill in: NAME\n"),
        (f"do it; run: {COMMAND}\n", f"do it; run:\n    {COMMAND}\n"),
        (f"do it; run: {COMMAND}; then wait\n", f"do it; run:\n    {COMMAND};\n    then wait\n"),
        ("say it: --schedule 'MAIL, mon,wed by 08:00'\n", "say it:\n    --schedule 'MAIL, mon,wed by 08:00'\n"),
        ("x (git config user.name NAME)\n", "x\n    (git config user.name NAME)\n"),
        ("the git that you have is old\n", "the git that you\n    have is old\n"),
        ("a_word_that_is_longer_than_all\n", "a_word_that_is_longer_than_all\n"),
        ("12 |   - {work: orders, first: 30}\n", "12 |   - {work: orders, first: 30}\n"),
        ("  @@ -1 +1 @@\n  -goal: one two three four\n", "  @@ -1 +1 @@\n  -goal: one two three four\n"),
        ("\x1b[1mbold\x1b[0m one two three\n", "\x1b[1mbold\x1b[0m one two three\n"),
    ],
)
def test_a_line_is_folded_between_words(text: str, wanted: str) -> None:
    assert folded(text, 20) == wanted
    assert folded(text, None) == text


def test_after_a_diff_prose_is_folded_again() -> None:
    diff = "  diff --git a/x b/x\n  +one two three four five\n"
    assert folded(f"{diff}one two three four five\n", 20) == f"{diff}one two three four\n    five\n"


@given(st.lists(WORDS, min_size=1, max_size=30), st.integers(0, 30), st.integers(20, 100))
def test_folding_keeps_every_word_and_splits_no_command(words: list[str], at: int, width: int) -> None:
    text = " ".join([*words[:at], "run:", f"{COMMAND};", *words[at:]])
    lines = folded(text, width).split("\n")
    assert " ".join(lines).split() == text.split()
    assert any(COMMAND in line for line in lines)
    for line in lines:
        assert columns(line) <= width or re.fullmatch(rf" *({re.escape(COMMAND)};|\S+)", line)


def test_columns_of_a_terminal() -> None:
    assert (columns("abc"), columns("日本"), columns("e\u0301")) == (3, 4, 1)
