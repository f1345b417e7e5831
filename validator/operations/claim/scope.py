"""Read a share of the charter's work (`--scope`): `outreach 1-17`, or `replies: standard, overflow`."""

import re
from collections.abc import Sequence
from typing import Any

from validator.model.normalize import UNREADABLE, fold
from validator.model.shapes import RangeWork
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.target import UnreadableError
from validator.registry.workload import Work

_RANGE = re.compile(r"(?P<work>[^:]*?[^:\s])\s+(?P<first>[0-9]{1,15})(?:\s*[-\N{EN DASH}]\s*(?P<last>[0-9]{1,15}))?")
_ENDS = re.compile(r"(?P<first>[0-9]{1,15})(?:\s*[-\N{EN DASH}]\s*(?P<last>[0-9]{1,15}))?")
_SEGMENTS = re.compile(r"(?P<work>[^:]*[^:\s])\s*:(?P<segments>[^;]+)")
# Another range before the last one, or a word between the ends of one: `outreach 1-17, 20-25`, `outreach 1 to 17`.
_SEVERAL = re.compile(r".*[0-9]\s*(?:[,;&+]|\.\.|and|to)")


def with_ranges(parts: Sequence[Any], works: Sequence[Work]) -> list[Any]:
    """Parts in which numbers that were written as segments, `outreach: 1-17, 20`, are ranges.

    They are where the charter numbers that work; where it has no such work, if each has two ends.
    """
    return [one for part in parts for one in _as_ranges(part, works)]


def _as_ranges(part: Any, works: Sequence[Work]) -> list[Any]:
    names, name = (part.get("segments"), part.get("work")) if isinstance(part, dict) else (None, None)
    if not (isinstance(name, str) and isinstance(names, list) and all(isinstance(one, str) for one in names)):
        return [part]
    found = [ends for one in names if (ends := _ENDS.fullmatch(one))]
    work = next((one for one in works if fold(one.name) == fold(name)), None)
    is_numbered = isinstance(work, RangeWork) or (work is None and all(ends["last"] for ends in found))
    if len(found) < len(names) or not is_numbered:
        return [part]
    return [
        {"work": name, "first": int(ends["first"]), "last": int(ends["last"] or ends["first"])} for ends in found
    ] or [part]


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
        f'"{text[:LONGEST]}" is no scope; write WORK FIRST-LAST; or WORK: SEGMENT, SEGMENT; say each range by itself'
    )
