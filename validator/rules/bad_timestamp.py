"""A timestamp is not a moment in UTC, or lies in the future.

What it means: Timestamps are RFC 3339 in UTC, as in `2026-11-20T08:00:00Z`, and not later than the commit that
carries them. What `main` has already is compared with all its commits: the clock of the last one may be behind.

Why: The timestamp shows a human when a session claimed. It decides nothing (the order of arrival on main does), but
a wrong one misleads.

Example:

    timestamp: 2026-11-20 08:00

Way out: Write the current time: `date -u +%Y-%m-%dT%H:%M:%SZ`.
"""

from collections.abc import Iterator
from typing import Any

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted, rfc3339
from validator.model.timestamps import moment
from validator.registry.parsing import ClaimFile, Parsed
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG303", "bad-timestamp", Level.ERROR
LOOKS_AT = (Input.FILE, Input.CHANGE)
NOW = "write the current time: date -u +%Y-%m-%dT%H:%M:%SZ"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield timestamps that are not RFC 3339 in UTC, and those later than the commit that brought them."""
    for claim in head.claims.values():
        yield from _problems(claim, claim.draft.timestamp, None if head.is_new(claim, base) else base, head)
    for record in head.records.values():
        fields = record.document.value if isinstance(record.document.value, dict) else {}
        timestamp = fields.get("timestamp")
        kept = None if head.differs(record.path, base) else base
        yield from _problems(record, timestamp if isinstance(timestamp, str) else None, kept, head)


def _problems(
    file: ClaimFile | Parsed[Any], timestamp: str | None, kept: Snapshot | None, head: Snapshot
) -> Iterator[Problem]:
    """What is wrong with a file's timestamp; `kept` is the base that has the same file."""
    if timestamp is None:
        return
    seconds = moment(timestamp)
    if seconds is None:
        yield Problem(file.document.at("timestamp"), f"{quoted(timestamp)} is not a moment in UTC", NOW)
        return
    latest = (kept or head).committed_at
    if kept and latest is not None and seconds > latest:
        latest = max(latest, kept.newest())
    if latest is not None and seconds > latest:
        message = f"{timestamp} is later than the commit that carries it ({rfc3339(latest)})"
        yield Problem(file.document.at("timestamp"), message, NOW)
