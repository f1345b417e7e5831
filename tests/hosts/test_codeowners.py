"""CODEOWNERS as GitHub reads it. The table is our own; docs/github.md tells how another program's table agrees."""

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.hosts.github.codeowners import MOST_LINES, PLACES, file_that_counts, matches, owners_text, read_owners

TABLE: dict[str, tuple[str, str]] = {  # pattern: paths that it matches, paths that it does not
    "*": ("a a/b a/b/c .git", ""),
    "/": ("", "a a/b"),
    "**": ("a a/b", ""),
    "*.js": ("a.js x/a.js", "a.jsx a.js.txt"),
    "docs": ("docs docs/a x/docs x/docs/a", "docs2 xdocs"),
    "docs/": ("docs/a docs/a/b x/docs/a", "docs xdocs/a"),
    "/docs/": ("docs/a docs/a/b", "docs x/docs/a"),
    "/docs": ("docs docs/a", "x/docs docs2"),
    "docs/*": ("docs/a", "docs docs/a/b x/docs/a"),
    "/*": ("a", "a/b"),
    "docs/a*": ("docs/a docs/ab docs/ab/c", "docs/b x/docs/a"),
    "docs/**": ("docs/a docs/a/b", "docs x/docs/a"),
    "**/logs": ("logs logs/a x/logs x/y/logs/a", "logs2"),
    "a/**/b": ("a/b a/x/b a/x/y/b/c", "a/xb x/a/b"),
    "a?c": ("abc x/abc", "ac abbc a/c"),
    "/registry/charter.yaml": ("registry/charter.yaml", "registry/charter.yml x/registry/charter.yaml"),
    "a\\ b": ("", "ab"),
    "f\\*o": ("f*o", "foo"),
    "Docs": ("Docs", "docs"),
    "a.b": ("a.b", "axb"),
}


@pytest.mark.parametrize("pattern", TABLE)
def test_patterns(pattern: str) -> None:
    yes, no = TABLE[pattern]
    assert [path for path in yes.split() if not matches(pattern, path)] == []
    assert [path for path in no.split() if matches(pattern, path)] == []


def test_a_space_in_a_pattern_is_escaped() -> None:
    (line,) = read_owners("a\\ b/ @OWNER").lines
    assert matches(line.pattern, "a b/c")


def test_a_newline_in_a_path_does_not_end_the_match() -> None:
    assert matches("/a", "a/b\nc")
    assert not matches("/a", "a\n")


def test_the_last_line_that_matches_decides() -> None:
    owners = read_owners("* @org/all\n/apps/ a@example.invalid @OWNER # both\n\n# nobody:\n/apps/free\n")
    assert owners.owners("README.md") == ("@org/all",)
    assert owners.owners("apps/x") == ("a@example.invalid", "@OWNER")
    assert owners.owners("apps/free/x") == ()
    assert owners.deciding("apps/free/x") == (5, "/apps/free", ())
    assert read_owners("/a @OWNER").deciding("b") is None


@pytest.mark.parametrize(
    "line",
    [
        "!a @OWNER",
        "[ab] @OWNER",
        "\\#a @OWNER",
        "/a/#b @OWNER",
        "a\\#b @OWNER",
        "a a#b@example.invalid",
        "a*** @OWNER",
        "a OWNER",
        "a @",
        "a @OWNER @a/b/c",
        "a @a,@b",
    ],
)
def test_lines_that_github_skips(line: str) -> None:
    owners = read_owners(f"* @OWNER\n{line}\n")
    assert [(row.number, row.text) for row in owners.skipped] == [(2, line)]
    assert owners.owners("a") == ("@OWNER",)


def test_only_the_first_place_counts() -> None:
    assert file_that_counts(PLACES) == ".github/CODEOWNERS"
    assert file_that_counts(["docs/CODEOWNERS", "CODEOWNERS"]) == "CODEOWNERS"
    assert file_that_counts(["x/CODEOWNERS"]) is None


def test_the_generated_file_owns_everything() -> None:
    owners = read_owners(owners_text(["@OWNER", "@org/team"]))
    assert owners.skipped == ()
    assert owners.owners("validator/cli.py") == ("@OWNER", "@org/team")


def walks(parts: list[str], names: list[str]) -> bool:
    """What a pattern of segments means, told segment by segment, and slowly."""
    if not parts:
        return True
    if parts[0] == "**":
        return any(walks(parts[1:], names[at:]) for at in range(len(names)))
    if not names or not fnmatchcase(names[0], parts[0]):
        return False
    return len(names) == 1 if parts == ["*"] else walks(parts[1:], names[1:])


PARTS = st.lists(st.sampled_from(["a", "b", "*", "**", "a*", "*b", "?", "*a*b*", "a?b"]), min_size=1, max_size=6)
NAMES = st.lists(st.text("ab", min_size=1, max_size=5), min_size=1, max_size=6)


@given(PARTS, NAMES)
def test_star_patterns_agree_with_a_simple_matcher(parts: list[str], names: list[str]) -> None:
    assert matches("/" + "/".join(parts), "/".join(names)) == walks(parts, names)


@pytest.mark.parametrize(
    "pattern", ["a*" * 500 + "b", "*a" * 500, "**/" * 500 + "x", "**/a/" * 500 + "b", "/" + "**/*a*/" * 500 + "b"]
)
def test_long_patterns_are_matched_quickly(pattern: str) -> None:
    start = time.process_time()
    for path in ("a" * 4_000, "a/" * 2_000 + "a", "/".join(["a" * 50] * 80)):
        matches(pattern, path)
    assert time.process_time() - start < 2


HOSTILE = ("\0 @OWNER", "\ud800 @OWNER", "a\r @OWNER\r", "\\", "a \\", "/" * 5_000, "\u202ea @OWNER", "(?:a+)+$ @OWNER")


def test_every_line_has_a_result_or_a_reported_fault() -> None:
    owners = read_owners("\n".join([*HOSTILE, *(f"{'x' * 5_000} @OWNER",)]))
    assert owners.owners("a" * 10_000) == ()
    assert "more than 4,096 characters is not read here" in owners.skipped[-1].why


def test_the_number_of_lines_read_is_limited() -> None:
    owners = read_owners("a @OWNER\n" * (MOST_LINES + 1))
    assert (len(owners.lines), owners.skipped[-1].why) == (MOST_LINES, "no more than 2,000 lines are read here")
    assert read_owners("a @OWNER\n" * MOST_LINES).skipped == ()


@given(st.text() | st.text(alphabet="ab*?/\\#![] @.\n", max_size=40), st.text(min_size=1))
def test_any_text_is_read_as_owners(text: str, path: str) -> None:
    owners = read_owners(text)
    assert isinstance(owners.owners(path), tuple)
    assert all(line.why for line in owners.skipped)
