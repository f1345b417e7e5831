"""Fold prose to the width of a terminal; a command in it is never broken over lines, so that it can be copied."""

import re
from unicodedata import category, east_asian_width

# A command stands where a line or a bracket begins, or after one of these words; it ends at what is no part of it.
# An option with its quoted value is whole too, and what stands between backquotes.
_BEGIN = r"(?:(?<=: )|(?<=\()|(?<=\bsee )|(?<=\bthen )|(?<=\bor )|(?<=\$ )|^)(?:registry|git|gh) (?=[a-z])"
_QUOTED = r"""\$'(?:[^'\\]|\\.)*'|'[^']*'|"(?:[^"\\]|\\.)*\""""
_OPTION = rf"--[a-z][a-z-]* (?:{_QUOTED})"
_COMMAND = re.compile(rf"""{_BEGIN}(?:{_QUOTED}|[^;,()'"]|[,;](?! |$))+|{_OPTION}|`[^`]*`""")
_GUTTER, _COLOUR, _DIFF = re.compile(r" *[0-9]* *\|"), re.compile(r"\x1b\[[0-9;]*m"), ("  diff --git ", "  @@ ")
_FIELD = re.compile(r"(?:[a-z]+: +|[·✓✗-] )")  # `next:    …`: what follows stands below the value


def columns(text: str) -> int:
    """How many columns a terminal needs for visible text: East Asian wide 2, combining marks and jamo 0 (UAX 11)."""
    if text.isascii():
        return len(text)
    return sum(
        2 if east_asian_width(c) in "WF" else 0 if category(c) in ("Mn", "Me") or "\u1160" <= c <= "\u11ff" else 1
        for c in text
    )


def folded(text: str, width: int | None) -> str:
    """Text with each line of prose that is wider than `width` folded between words; None: as it is.

    A command, and a word that is too long, stands on a line of its own where it does not fit, wider than `width` if
    need be. The lines of a file stay as they are: below `|` in a finding, and in a diff.
    """
    if width is None:
        return text
    lines, in_diff = list[str](), False
    for line in text.split("\n"):
        plain = _COLOUR.sub("", line)
        in_diff = plain.startswith("  ") and (in_diff or plain.startswith(_DIFF))
        whole = in_diff or _GUTTER.match(plain) or columns(plain) <= width
        lines += [line] if whole else _fold(line, width)
    return "\n".join(lines)


def _fold(line: str, width: int) -> list[str]:
    words = line.lstrip(" ")
    lead = now = " " * (len(line) - len(words))
    indent, lines = lead + " " * _indent(_COLOUR.sub("", words)), list[str]()
    for at, piece in enumerate(_pieces(words)):
        longer = f"{now} {piece}" if at else now + piece
        if now.strip() and columns(_COLOUR.sub("", longer)) > width:
            lines.append(now.rstrip())
            longer = indent + piece
        now = longer
    return [*lines, now]


def _indent(words: str) -> int:
    """Where the lines that follow begin: below the value of a field, else four columns in."""
    field = _FIELD.match(words)
    return min(len(field[0]), 12) if field else 4


def _pieces(text: str) -> list[str]:
    """The words of a line; each command is one, and the label of a form."""
    kept = _COMMAND.sub(lambda found: _kept(found[0]), text).replace("fill in:", "fill\0in:")
    return [piece.replace("\0", " ") for piece in kept.split(" ")]


def _kept(command: str) -> str:
    words = command.rstrip()
    return words.replace(" ", "\0") + command[len(words) :]
