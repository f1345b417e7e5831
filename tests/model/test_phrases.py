"""Phrases shared by many messages."""

import subprocess

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.model.phrases import command_line, join_limited, quoted, ranges, span
from validator.registry.history import Registration
from validator.registry.holders import a_free_number, holder, since

WORDS = ("claim", "two words", "$HOME `id` $(id)", "it's", "", "a\nb", "\x1b[2J\\'", "\u202eü", "\udcff")

STANDING = {
    "registry/sessions/01.yaml": Registration("registry/sessions/01.yaml", "0123456789abcdef", 1_795_165_200, 0)
}


def test_a_shell_reads_each_word_of_a_command_as_it_is() -> None:
    line = command_line(WORDS)
    assert line.isprintable()
    assert line.startswith("claim 'two words' ")
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"], env={"LC_ALL": "C.UTF-8"}, capture_output=True, check=True
    )
    assert done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1] == list(WORDS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("two words", '"two words"'),
        ("two\nlines", '"two\\nlines"'),
        (17, '"17"'),
        ("x" * 80, f'"{"x" * 80}"'),
        ("x" * 81, f'"{"x" * 79}…"'),
        ('5" and more', '"5\\" and more"'),
        ("C:\\new", '"C:\\new"'),
        ("ends in \\", '"ends in \\\\"'),
        ('a \\" escaped', '"a \\\\\\" escaped"'),
    ],
)
def test_quoted(value: object, text: str) -> None:
    assert quoted(value) == text


def test_holder_includes_the_registration_date_and_commit() -> None:
    readable = snapshot(registry(claim(1), claim(2, session_id=None)))
    first, second = readable.claims.values()
    assert holder(first, STANDING) == "outreach-1 since 2026-11-20 (commit 0123456789ab)"
    assert holder(first, {}) == "outreach-1"
    assert holder(second, STANDING) == "an unreadable claim"


def test_since_is_empty_for_a_path_not_on_main() -> None:
    assert since("registry/sessions/01.yaml", STANDING) == " since 2026-11-20 (commit 0123456789ab)"
    assert since("registry/sessions/02.yaml", STANDING) == ""


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((), "none"), ((3,), "3"), ((3, 4), "3-4"), ((3, 7, 8, 9, 12), "3, 7-9, 12"), ((1, 3, 5), "1, 3, 5")],
)
def test_ranges(numbers: tuple[int, ...], text: str) -> None:
    assert ranges(numbers) == text


def test_span() -> None:
    assert (span(1, 17), span(18, 18)) == ("1-17", "18")


def test_a_free_number() -> None:
    assert a_free_number(snapshot(registry(claim(2)))) == "claim a free number that nobody has proposed, of 1, 3"
    full = snapshot(registry(claim(1), charter=charter(capacity=1)))
    assert a_free_number(full) == "no number is free: ask a holder to release one"


@pytest.mark.parametrize(
    ("names", "text"),
    [("", ""), ("a", "a"), ("abcde", "a, b, c, d, e"), ("abcdefg", "a, b, c, d, e and 2 more")],
)
def test_long_lists_are_cut(names: str, text: str) -> None:
    assert join_limited(iter(names)) == text
