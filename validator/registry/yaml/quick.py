"""The fast reader: the values of a file that is written in the plain layout of the contract's examples.

Most files of a large registry look alike. Where `plain` holds for a text, nothing in it is outside the strict
subset, and a YAML 1.2 parser without locations (in Rust, 100 times as fast) gives the same value as the strict
reader; a differential test compares the two. Every other text goes to the strict reader.
"""

import re
from typing import Any

from validator.model.normalize import UNREADABLE
from validator.registry.yaml.reader import MAX_BYTES, Document, read

# A group that is repeated without backtracking is an atomic group, (?>(?:…)*). (?:…)*+ means the same, but Python up to
# 3.11.4 matches too much or too little with it (https://github.com/python/cpython/issues/106052).
_AMBIGUOUS = r"(?=[ynotf])(?:y|n|yes|no|on|off|null|true|false)"
_END = r"(?=[\n,}\]]| +#)"
# At most 100 long: YAML's limit for a key is 1,024 characters (YAML 1.2, 7.4.2).
_KEY = rf"(?!(?i:{_AMBIGUOUS}):)[A-Za-z_][A-Za-z0-9_-]{{0,99}}+"
_NUMBER = r"(?:0|-?[1-9][0-9]{0,14}+|-?(?:0|[1-9][0-9]{0,6}+)\.[0-9]{0,6}[1-9])"
_QUOTED = r"""(?:"(?>(?:[^"\\\n:]|:(?! ))*)"|'(?>(?:[^'\n:]|:(?! ))*)')"""
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
# A letter first, so never a number; no `: ` and no ` #`, so never a key or a comment; no space last.
_WORDS = rf"(?!(?i:{_AMBIGUOUS}){_END})[A-Za-z](?>(?:[^\n:# ]| +(?=[^\n:# ])|(?<! ):(?=[^\n ])|(?<! )#)*)"
_FLOW_WORDS = rf"(?!(?i:{_AMBIGUOUS}){_END})[A-Za-z](?>(?:[^\n:#,\[\]{{}}\"' ]| +(?=[^\n:#,\[\]{{}}\"' ]))*)"
_FLOW_SCALAR = rf"(?:{_NUMBER}|true|false|{_QUOTED}|{_FLOW_WORDS})"
_LIST = rf"\[(?>(?:{_FLOW_SCALAR}(?:, (?!\])|(?=\])))+)\]"
_MAPPING = rf"\{{(?>(?:{_KEY}: (?:{_FLOW_SCALAR}|{_LIST})(?:, (?!\}})|(?=\}})))+)\}}"
_VALUE = rf"(?:{_NUMBER}|true|false|{_TIMESTAMP}|{_QUOTED}|{_LIST}|{_MAPPING}|{_WORDS})"
# No quotes in a comment that ends a line: so ` #` with a quote after it is in a text, and without one it is not.
_NOTE = r"""(?>(?: ++#[^\n"'#]*+)?)"""
# One pattern for each line and one for their order: compiling the two takes a tenth of the time of one for both.
_BEFORE = rf"(?:  (?:  )?- |(?:  (?:- |  )?)?{_KEY}: )"
_LINES = re.compile(rf"(?>(?:#[^\n]*+\n|(?:(?:  )?{_KEY}:|{_BEFORE}{_VALUE}){_NOTE}\n)+)")
_WORD, _REST = "[A-Za-z_][A-Za-z0-9_-]*+", r"[^\n]*+\n"
_ENTRY, _GROUP = rf"{_WORD}: (?! *#){_REST}", rf"{_WORD}:{_NOTE}\n"
_ITEM = rf"  - (?:{_ENTRY}(?>(?:    {_ENTRY})*)|{_REST})"
_FIELD = rf"  (?:{_ENTRY}|{_GROUP}(?>(?:    - {_REST})+))"
_ORDER = re.compile(rf"(?>(?:#{_REST}|{_ENTRY}|{_GROUP}(?:(?>(?:{_ITEM})+)|(?>(?:{_FIELD})+)))+)")
_COMMENT = re.compile(r"""#(?:(?<=^#)[^\n]*+|(?<= #)[^\n"'#]*+$)""", re.MULTILINE)


def read_quickly(path: str, data: bytes) -> Document:
    """The document that `reader.read` gives for these bytes, faster where the layout is plain."""
    if len(data) <= MAX_BYTES:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return read(path, data)
        if (value := value_of(text)) is not None:
            return Document(path, text, value)
    return read(path, data)


def plain(text: str) -> bool:
    """Whether a whole text is in the plain layout."""
    return bool(_LINES.fullmatch(text) and _ORDER.fullmatch(text)) and not UNREADABLE.search(text)


def value_of(text: str) -> dict[str, Any] | None:
    """The mapping in a text of the plain layout; None where the strict reader is needed."""
    if not plain(text):
        return None
    import yaml12

    try:
        value: Any = yaml12.parse_yaml(text)
    except ValueError:  # it refuses some valid YAML, such as `[a -]`
        return None
    # The parser keeps the last of two equal keys: then the value has fewer keys than the text.
    body = _COMMENT.sub("", text)
    written = body.count(": ") + body.count(":\n")
    return value if isinstance(value, dict) and written == _keys(value) else None


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0
