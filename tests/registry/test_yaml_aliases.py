"""Aliases are written out, as far as that has an end."""

import time
from itertools import pairwise

import pytest

from validator.registry.yaml.aliases import DEEPEST, MOST_VALUES, without_aliases

BILLION = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in pairwise("abcdefghijklmnopqrstuvwxyz"))


def test_each_alias_is_what_it_stands_for() -> None:
    text = b"on: push\na: &a {n: &n 012, m: [*n, yes]}\nb: [*a, *a]\n"
    whole = {"n": "012", "m": ["012", "yes"]}
    assert without_aliases(text) == {"on": "push", "a": whole, "b": [whole, whole]}


@pytest.mark.parametrize(
    "text",
    [
        BILLION, "a: &a [*a]\n", "a: &a {b: {c: *a}}\n", "a: *b\n", "a: [", "a: \x00", "? [a]\n: b\n",
        "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), f"[{'x,' * MOST_VALUES}]",
        f"x: &x {'[' * 40 + ']' * 40}\ny: {'[' * 30}*x{']' * 30}",
        "a: &a []\n" + "".join(f"b{at}: &a [*a]\n" for at in range(DEEPEST + 2)),
    ],
)  # fmt: skip
def test_what_has_no_end_or_is_no_yaml_is_nothing(text: str) -> None:
    start = time.process_time()
    assert without_aliases(text.encode()) is None
    assert time.process_time() - start < 5


def test_bytes_that_are_no_text_are_nothing() -> None:
    assert without_aliases(b"a: \xff\n") is None
