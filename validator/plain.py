"""The fast reader: the values of a file that is written in the plain layout of the contract's examples.

Most files of a large registry look alike. Where a text as a whole matches the two patterns here, nothing in it is outside
the strict subset, and a YAML 1.2 reader without places (in Rust, 100 times as fast) gives the value that the strict one
would give; a differential test holds the two together. Every other text is for the strict reader.
"""

import re
from typing import Any

from validator.document import MAX_BYTES, UNREADABLE, Document, read

_AMBIGUOUS = r"(?:y|n|yes|no|on|off|null|true|false)"
# At most 100 long: YAML's limit for a key is 1,024 characters (YAML 1.2, 7.4.2).
_KEY = rf"(?!(?i:{_AMBIGUOUS}):)[A-Za-z_][A-Za-z0-9_-]{{0,99}}+"
_NUMBER = r"(?:0|-?[1-9][0-9]{0,14}+|-?(?:0|[1-9][0-9]{0,6}+)\.[0-9]{0,6}[1-9])"
_QUOTED = r"""(?:"(?:[^"\\\n:]|:(?! ))*+"|'(?:[^'\n:]|:(?! ))*+')"""
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
# A letter first, so never a number; no `: ` and no ` #`, so never a key or a comment; no space last.
_WORDS = rf"(?!(?i:{_AMBIGUOUS})(?=[\n,}}\]]))[A-Za-z](?:[^\n:# ]| +(?=[^\n:# ])|(?<! ):(?=[^\n ])|(?<! )#)*+"
_FLOW_WORDS = rf"(?!(?i:{_AMBIGUOUS})(?=[\n,}}\]]))[A-Za-z](?:[^\n:#,\[\]{{}}\"' ]| +(?=[^\n:#,\[\]{{}}\"' ]))*+"
_FLOW_SCALAR = rf"(?:{_NUMBER}|true|false|{_QUOTED}|{_FLOW_WORDS})"
# Every part stands once: a pattern costs its compilation in each process, and that grows with its length.
_LIST = rf"\[(?:{_FLOW_SCALAR}(?:, (?!\])|(?=\])))++\]"
_MAPPING = rf"\{{(?:{_KEY}: (?:{_FLOW_SCALAR}|{_LIST})(?:, (?!\}})|(?=\}})))++\}}"
_VALUE = rf"(?:{_NUMBER}|true|false|{_TIMESTAMP}|{_QUOTED}|{_LIST}|{_MAPPING}|{_WORDS})"
# First line by line, then how the lines follow each other: entries, items with their own entries, entries one level in.
_LINES = re.compile(rf"(?:(?:#[^\n]*+|{_KEY}:|(?:  - (?:{_KEY}: )?|(?:  (?:  )?)?{_KEY}: ){_VALUE})\n)++")
_ITEMS = r"(?:  - [A-Za-z_][^\n:]*+: [^\n]*+\n(?:    [^\n]++\n)*+|  - [^\n]++\n)++"
_LAYOUT = re.compile(rf"(?:#[^\n]*+\n|[^ #\n][^\n]*(?<!:)\n|[^ #\n][^\n]*:\n(?:{_ITEMS}|(?:  [^ \n-][^\n]*+\n)++))++")
_COMMENT_LINE = re.compile(r"^#[^\n]*+\n", re.MULTILINE)


def read_quickly(path: str, data: bytes) -> Document:
    """The document that `validator.document.read` gives for these bytes, sooner where the layout is plain."""
    if len(data) <= MAX_BYTES:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return read(path, data)
        if (value := value_of(text)) is not None:
            return Document(path, text, value)
    return read(path, data)


def value_of(text: str) -> dict[str, Any] | None:
    """The mapping that a text in the plain layout holds, or None where only the strict reader can tell."""
    if UNREADABLE.search(text) or not (_LINES.fullmatch(text) and _LAYOUT.fullmatch(text)):
        return None
    import yaml12

    value: Any = yaml12.parse_yaml(text)
    # A reader that keeps the last of two equal keys gives fewer keys than the text has.
    body = _COMMENT_LINE.sub("", text)
    written = body.count(": ") + body.count(":\n")
    return value if isinstance(value, dict) and written == _keys(value) else None


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0
