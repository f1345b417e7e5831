"""The many ways to write one value down in the strict subset: block and flow, quotes, order of keys, comments."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

NOTES = ("", "", "", "  # [a comment: with, signs}")
BETWEEN = ("", "", "", "\n", "# a line of its own: {\n", "          # far away\n")


@st.composite
def written(draw: st.DrawFn, value: Mapping[str, Any] | list[Any]) -> str:
    """The text of a file that holds a value; equal values make many texts."""
    if draw(st.integers(0, 3)) == 0 or not value:
        return _in_flow(draw, value, 1) + draw(st.sampled_from(["", "\n", " # the end\n"]))
    return draw(st.sampled_from(["", "---\n", "# first\n\n"])) + "".join(_in_block(draw, value, 0))


def _in_block(draw: st.DrawFn, value: Any, column: int) -> list[str]:
    margin, lines = " " * column, list[str]()
    entries = [("-", each) for each in value] if isinstance(value, list) else _keyed(draw, value)
    for head, each in entries:
        lines.append(draw(st.sampled_from(BETWEEN)))
        if isinstance(each, dict | list) and each and draw(st.booleans()):
            lines.append(f"{margin}{head}{draw(st.sampled_from(NOTES))}\n")
            lines += _in_block(draw, each, column + draw(st.integers(1, 4)))
        else:
            lines.append(f"{margin}{head} {_in_flow(draw, each, column + 1)}{draw(st.sampled_from(NOTES))}\n")
    return lines


def _in_flow(draw: st.DrawFn, value: Any, column: int) -> str:
    """`column` is what a line that goes on must be indented by."""
    if isinstance(value, str):
        return draw(st.sampled_from(_quoted(value)))
    if not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    gap = "," + draw(st.sampled_from([" ", "   ", "\n" + " " * column, " # why\n" + " " * column]))
    end = draw(st.sampled_from(["", ",", " "]))
    if isinstance(value, list):
        return f"[{gap.join(_in_flow(draw, each, column) for each in value)}{end}]"
    return f"{{{gap.join(f'{head} {_in_flow(draw, each, column)}' for head, each in _keyed(draw, value))}{end}}}"


def _keyed(draw: st.DrawFn, value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(f"{draw(st.sampled_from(_quoted(key)))}:", value[key]) for key in draw(st.permutations(list(value)))]


def _quoted(words: str) -> list[str]:
    """In double quotes with escapes; where that means the same, also without escapes, in single quotes, in none."""
    # Beyond U+FFFF JSON escapes a surrogate pair, which YAML does not know.
    ways = ['"' + "".join(f"\\U{ord(c):08x}" if ord(c) > 0xFFFF else json.dumps(c)[1:-1] for c in words) + '"']
    if words.isprintable() and "  " not in words and words == words.strip():
        ways += [json.dumps(words, ensure_ascii=False), "'" + words.replace("'", "''") + "'"]
        if words.isascii() and words.replace(" ", "").isalpha() and len(words) > 5:
            ways.append(words)
    return ways
