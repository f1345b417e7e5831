"""CODEOWNERS as GitHub reads it: which file counts, which lines are skipped silently, who owns a path.

Longer than other modules because reader and writer are together.
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

import functools
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from validator.model.layout import ACKNOWLEDGEMENTS, CHARTER
from validator.model.phrases import quoted

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # the first that is there counts, the others do not
MAX_BYTES = 3 * 1024 * 1024  # a file of this size or more is not loaded at all
MOST_LINES = 2_000  # GitHub reads more; the limit keeps a check within seconds
LONGEST_PATTERN = 4_096

_OWNER = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9._-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+")
# A space in a pattern is escaped. A comment may follow the owners.
_WORD = re.compile(r"(?:\\.|[^\s\\])+")


class Line(NamedTuple):
    """A line that counts: its number from 1, its pattern, its owners; without owners it takes ownership away."""

    number: int
    pattern: str
    owners: tuple[str, ...]


class Skipped(NamedTuple):
    """A line that GitHub skips silently, and why."""

    number: int
    text: str
    why: str


class Owners(NamedTuple):
    """A CODEOWNERS file. Later lines override earlier ones."""

    lines: tuple[Line, ...]
    skipped: tuple[Skipped, ...]

    def deciding(self, path: str) -> Line | None:
        """The line that decides who owns a path: the last that matches; None where none does."""
        return next((line for line in reversed(self.lines) if matches(line.pattern, path)), None)

    def owners(self, path: str) -> tuple[str, ...]:
        """The owners of a path; none where no line matches, or where the last line that does has none."""
        line = self.deciding(path)
        return line.owners if line else ()


def file_that_counts(paths: Collection[str]) -> str | None:
    """Which of a tree's paths is its CODEOWNERS."""
    return next((place for place in PLACES if place in paths), None)


def read_owners(text: str) -> Owners:
    """What GitHub makes of the text of a CODEOWNERS file, as far as its first `MOST_LINES` lines."""
    lines, skipped = list[Line](), list[Skipped]()
    for number, row in enumerate(text.split("\n", MOST_LINES), 1):
        if number > MOST_LINES and row.strip():
            skipped.append(Skipped(number, "", f"no more than {MOST_LINES:,} lines are read here"))
            break
        words = _words(row)
        if not words:
            continue
        pattern, *owners = words
        why = _why_skipped(pattern, owners)
        if why:
            skipped.append(Skipped(number, row.strip(), why))
        else:
            lines.append(Line(number, pattern, tuple(owners)))
    return Owners(tuple(lines), tuple(skipped))


def owners_text(handles: Iterable[str]) -> str:
    """The CODEOWNERS file of a registry, from the handles of the approvers that its charter names."""
    return (
        f"# Made by `registry codeowners` from the approvers in {CHARTER}. Do not edit.\n"
        "# The last line that matches a path decides. One line for everything leaves no gap but the one meant:\n"
        "# an acknowledgement is each session's own word, and nobody else has to approve it.\n"
        f"* {' '.join(handles)}\n"
        f"/{ACKNOWLEDGEMENTS}/\n"
    )


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern, of a line that counts, matches a file's path."""
    return _regex(pattern).fullmatch(path) is not None


def _words(row: str) -> list[str]:
    words = list[str]()
    for found in _WORD.finditer(row):
        if found[0].startswith("#"):
            break
        words.append(found[0])
    return words


def _why_skipped(pattern: str, owners: Iterable[str]) -> str | None:
    if pattern.startswith("!"):
        return "a pattern cannot be negated with !"
    if "[" in pattern or "]" in pattern:
        return "[ ] is no range of characters here"
    if pattern.startswith("\\#"):
        return "# cannot be escaped"
    if "#" in "".join((pattern, *owners)):
        return "# inside a word may begin a comment"
    if "***" in pattern:
        return "*** means nothing"
    if len(pattern) > LONGEST_PATTERN:
        return f"a pattern of more than {LONGEST_PATTERN:,} characters is not read here"
    wrong = next((owner for owner in owners if not _OWNER.fullmatch(owner)), None)
    return f"{quoted(wrong)} is no owner: write @user, @organisation/team or an e-mail address" if wrong else None


@functools.lru_cache(maxsize=MOST_LINES)
def _regex(pattern: str) -> re.Pattern[str]:
    """The rules of gitignore(5): a slash before the end anchors, `**` spans folders, a folder means all below it.

    The text before a `*` or `**` is matched at its first place without backtracking, in an atomic group, so matching
    takes little time, however many stars a pattern has.
    """
    if pattern == "/":
        return re.compile(r"(?!)")
    parts = pattern.removeprefix("/").split("/")
    anchored = pattern.startswith("/") or any(parts[1:])
    if parts[-1] == "":
        parts[-1] = "**"
    if not anchored:
        parts.insert(0, "**")
    *folders, last = parts
    before, run, spans = "", "", ""
    for part in folders:
        if part == "**":
            before += f"(?>{spans}{run})" if run else ""
            run, spans = "", "(?:[^/]+/)*?"
        else:
            run += f"{_segment(part)}/"
    if last == "**":
        return re.compile(f"{before}(?>{spans}{run}).+" if run else f"{before}.+", re.DOTALL)
    # `docs/*` is what lies in the folder itself; `docs/a*` is also what lies below a folder of such a name.
    return re.compile(f"{before}{spans}{run}{_segment(last)}{'' if last == '*' else '(?:/.*)?'}", re.DOTALL)


def _segment(part: str) -> str:
    if part == "*":
        return "[^/]+"
    pieces = [""]
    for mark in re.findall(r"\\.|\*+|.", part, re.DOTALL):
        if mark[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += "[^/]" if mark == "?" else re.escape(mark.removeprefix("\\") or mark)
    first, *inner = pieces
    last = f"[^/]*{inner.pop()}" if inner else ""
    return first + "".join(f"(?>[^/]*?{piece})" for piece in inner) + last
