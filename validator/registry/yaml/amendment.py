"""Change fields of a claim's text and keep the rest of it: comments, layout, order and spelling.

Only the lines of a changed field are written anew, by ruamel.yaml, which keeps the comments in them; all other lines
stay byte for byte.
"""

import difflib
import io
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, PlainScalarString, SingleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from validator.registry.yaml.reader import read
from validator.registry.yaml.source import Source
from validator.registry.yaml.writer import CLAIM_FIELDS, TO_A_COMMA, TO_THE_END, scalar, write_claim

_INDENTED = re.compile(r"\s*\{[ \t]*\n( +)")
_ASIDE = re.compile(r"[ \t]*(?:#.*)?")  # a line without content
_OUTSIDE = re.compile(r"(?:#.*|[ \t]*)")  # the same after a block scalar, whose own lines are indented


class _Lines(NamedTuple):
    """The lines of a field, from that of its key to the last one with content, counted from 0; `end` is exclusive."""

    start: int
    end: int


class _AsWritten(VersionedResolver):
    """No scalar is resolved: each is text as it was written, and is written so again."""

    @property
    def versioned_resolver(self) -> Any:
        """No plain scalar means anything but its text."""
        return {}


def amend(text: str, changes: Mapping[str, Any]) -> str:
    """The text of a claim with some fields set, or taken away where the new value is None.

    `text` is a mapping that `reader.read` reads without a fault. The result reads as the same fields with the changes:
    where its layout allows no other way, it is written anew.
    """
    old: dict[str, Any] = read("", text.encode()).value
    changes = {name: value for name, value in changes.items() if old.get(name) != value}
    if not changes:
        return text
    new = {name: value for name, value in (old | changes).items() if value is not None}
    result = _as_json(text, new) if Source(text).json else _in_lines(text, old, changes) or _whole(text, old, new)
    document = read("", result.encode("utf-8", "surrogatepass")) if result else None
    return result if document and not document.faults and document.value == new else write_claim(new)


def _as_json(text: str, new: Mapping[str, Any]) -> str:
    found = _INDENTED.match(text)
    return json.dumps(new, ensure_ascii=False, indent=len(found[1]) if found else None) + "\n"


def _whole(text: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The text of a mapping in flow style with its changes."""
    yaml, out = _yaml(text), io.StringIO()
    mapping = yaml.load(text)
    _change_mapping(mapping, old, new)
    yaml.dump(mapping, out)
    return out.getvalue()


def _in_lines(text: str, old: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """The text with the lines of the changed fields replaced; empty where it is no block mapping."""
    fields = _fields(text)
    lines = text.splitlines(keepends=True)
    if fields is None:
        return ""
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    order = [
        *(name for name in CLAIM_FIELDS if name in changes),
        *(name for name in changes if name not in CLAIM_FIELDS),
    ]
    edits = [_edit(lines, fields, name, old, changes[name]) for name in reversed(order)]
    for place, content in sorted(edits, key=lambda edit: edit[0], reverse=True):  # of one place the last one first
        lines[place.start : place.end] = [content]
    return "".join(lines)


def _edit(
    lines: list[str], fields: Mapping[str, _Lines], name: str, old: Mapping[str, Any], value: Any
) -> tuple[_Lines, str]:
    """The lines to replace, and their replacement."""
    if name not in fields:
        at = _place(fields, name)
        return _Lines(at, at), write_claim({name: value}).partition("\n")[2]
    place = fields[name]
    if value is None:
        return place, ""
    return place, _rewritten("".join(lines[place.start : place.end]), name, old[name], value)


def _place(fields: Mapping[str, _Lines], name: str) -> int:
    """The line before which a new field belongs in the contract's order."""
    before = CLAIM_FIELDS[: CLAIM_FIELDS.index(name)] if name in CLAIM_FIELDS else tuple(fields)
    return max((fields[one].end for one in before if one in fields), default=min(one.start for one in fields.values()))


def _yaml(text: str) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _AsWritten
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    _, sequence, offset = load_yaml_guess_indent(text)
    yaml.indent(mapping=2, sequence=sequence or 4, offset=2 if offset is None else offset)
    return yaml


def _fields(text: str) -> dict[str, _Lines] | None:
    """Where each field of a block mapping stands; None for a mapping in flow style."""
    root = YAML(typ="rt", pure=True).compose(text)
    if root.flow_style:
        return None
    lines = text.splitlines()
    starts = [key.start_mark.line for key, _ in root.value]
    found = dict[str, _Lines]()
    for (key, value), following in zip(root.value, [*starts[1:], len(lines)], strict=True):
        aside = _OUTSIDE if isinstance(value, ScalarNode) and value.style in ("|", ">") else _ASIDE
        start = key.start_mark.line
        content = next(at for at in range(following - 1, start - 1, -1) if not aside.fullmatch(lines[at]))
        found[key.value] = _Lines(start, content + 1)
    return found


def _rewritten(text: str, name: str, old: Any, new: Any) -> str:
    """The lines of one field with another value, and with its comments."""
    yaml = _yaml(text)
    field = yaml.load(text)
    field[name] = _merged(field[name], old, new, TO_THE_END)
    out = io.StringIO()
    yaml.dump(field, out)
    return out.getvalue()


def _merged(node: Any, old: Any, new: Any, plain: re.Pattern[str] = TO_A_COMMA) -> Any:
    """A node of the text with a new value; lists and mappings are changed in place, which keeps their comments."""
    if isinstance(node, SingleQuotedScalarString | DoubleQuotedScalarString) and isinstance(new, str):
        return type(node)(new)
    if isinstance(node, CommentedMap) and isinstance(new, Mapping):
        _change_mapping(node, old, new)
        return node
    if isinstance(node, CommentedSeq) and isinstance(new, list | tuple) and new:
        _change_list(node, old, new)
        return node
    return _node(new, plain, block=isinstance(new, list | tuple))


def _change_mapping(node: CommentedMap, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    for key in [key for key in old if key not in new]:
        del node[key]
    for key, value in new.items():
        if key not in old:
            node[_node(key)] = _node(value)
        elif old[key] != value:
            node[key] = _merged(node[key], old[key], value)


def _change_list(node: CommentedSeq, old: list[Any], new: list[Any] | tuple[Any, ...]) -> None:
    """Change the elements that differ, from the end, so that the places of the earlier ones stay."""
    before, after = ([json.dumps(one, sort_keys=True) for one in elements] for elements in (old, new))
    block = bool(node) and isinstance(node[0], CommentedMap) and not node[0].fa.flow_style()
    steps = difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    for _, start, end, first, last in reversed(steps):
        common = min(end - start, last - first)
        for at in reversed(range(start + common, end)):
            del node[at]
        for at in range(first + common, last):
            node.insert(start + at - first, _node(new[at], block=block))
        for at in range(common):
            if old[start + at] != new[first + at]:
                node[start + at] = _merged(node[start + at], old[start + at], new[first + at])


def _node(value: Any, plain: re.Pattern[str] = TO_A_COMMA, *, block: bool = False) -> Any:
    """A new node: scalars as `write_claim` writes them, lists and mappings in one line, or with `block` in several."""
    if isinstance(value, Mapping):
        mapping = CommentedMap({_node(key): _node(element) for key, element in value.items()})
        mapping.fa.set_block_style() if block else mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        listed = CommentedSeq([_node(element) for element in value])
        listed.fa.set_block_style() if block and value else listed.fa.set_flow_style()
        return listed
    written = scalar(value, plain)
    quoted = isinstance(value, str) and written != value
    return DoubleQuotedScalarString(value) if quoted else PlainScalarString(written)
