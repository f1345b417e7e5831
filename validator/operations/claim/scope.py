"""Read a share of the charter's work (`--scope`): `outreach 1-17`, or `replies: standard, overflow`."""

import re
from typing import Any

from validator.model.normalize import UNREADABLE
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.target import UnreadableError

_RANGE = re.compile(r"(?P<work>[^:]*?[^:\s])\s+(?P<first>[0-9]{1,15})(?:\s*[-\N{EN DASH}]\s*(?P<last>[0-9]{1,15}))?")
_SEGMENTS = re.compile(r"(?P<work>[^:]*[^:\s])\s*:(?P<segments>[^;]+)")
# Another range before the last one, or a word between the ends of one: `outreach 1-17, 20-25`, `outreach 1 to 17`.
_SEVERAL = re.compile(r".*[0-9]\s*(?:[,;&+]|\.\.|and|to)")


def read_scope(text: str) -> dict[str, Any]:
    """A part of `scope` as a claim has it: a range of numbered work, or named segments. Raises UnreadableError."""
    words = "" if len(text) > LONGEST or UNREADABLE.search(text) else " ".join(text.split())
    if (found := _RANGE.fullmatch(words)) and not _SEVERAL.fullmatch(found["work"]):
        return {"work": found["work"], "first": int(found["first"]), "last": int(found["last"] or found["first"])}
    found = _SEGMENTS.fullmatch(words)
    segments = [name.strip() for name in found["segments"].split(",")] if found else []
    if found and all(segments):
        return {"work": found["work"], "segments": segments}
    raise UnreadableError(
        f'"{text[:LONGEST]}" is no scope; write WORK FIRST-LAST, as in: outreach 1-17'
        "; or WORK: SEGMENT, SEGMENT, as in: replies: standard, overflow; say each range by itself"
    )
