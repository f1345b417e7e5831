"""The week of the fleet: when each session does what, in the charter's time zone, with daylight saving."""

import functools
import hashlib
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from validator.model import shapes
from validator.model.errors import FatalError
from validator.model.phrases import quoted
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot
from validator.registry.zones import zone_names

# Years for which time zones and calendars have rules.
WEEK = re.compile(r"(?:19[7-9]|20[0-9]|21[0-9])[0-9]-W[0-9]{2}", re.ASCII)
_NAMESPACE = uuid.NAMESPACE_OID.bytes
DAYS: tuple[shapes.Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Meeting(NamedTuple):
    """One appointment on one day, as aware times in the zone of the charter. Without start, `end` is a deadline.

    `uid` names it in calendars; it stays the same when the times change, so that a calendar follows.
    """

    number: int
    session_id: str
    activity: str
    day: date
    start: datetime | None
    end: datetime
    uid: str

    @property
    def begins(self) -> datetime:
        """The start, or the deadline where there is no start."""
        return self.start or self.end


class Week(NamedTuple):
    """An ISO week, as in `2026-W48`, with its appointments in the order of time."""

    name: str
    zone: ZoneInfo
    monday: date
    meetings: tuple[Meeting, ...]


def week_of(snapshot: Snapshot, charter: shapes.Charter, name: str) -> Week:
    """The week of a registry. Raises FatalError for a week or a time zone that does not exist."""
    zone, monday = zone_of(charter), _monday(name)
    found = [
        meeting
        for _, claim in sorted(snapshot.by_number.items())
        for meeting in _of_claim(claim, charter, monday, zone)
    ]
    return Week(name, zone, monday, tuple(sorted(found, key=lambda one: (one.begins.timestamp(), one.number, one.uid))))


def next_week(now: datetime, zone: ZoneInfo, after: str | None = None) -> str:
    """The ISO week that follows the one of a moment in a zone, or a later week `after`."""
    weeks = [now.astimezone(zone).date(), *([_monday(after)] if after else [])]
    return _week_of_day(max(weeks) + timedelta(days=7))


def week_at(moment: datetime, zone: ZoneInfo) -> str:
    """The ISO week of a moment in a zone, as in `2026-W48`."""
    return _week_of_day(moment.astimezone(zone).date())


def days_of(name: str) -> tuple[date, date] | None:
    """Monday and Sunday of a week; None for one that does not exist."""
    with suppress(FatalError):
        monday = _monday(name)
        return monday, monday + timedelta(days=6)
    return None


def is_over(name: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the last day of a week is past. Raises FatalError for a week that does not exist."""
    return _monday(name) + timedelta(days=6) < now.astimezone(zone).date()


def zone_of(charter: shapes.Charter) -> ZoneInfo:
    """The charter's time zone. Raises FatalError where there is none of that name."""
    if charter.time_zone not in zone_names():
        raise FatalError(f"the charter's time_zone {quoted(charter.time_zone)} is not in the time zone database")
    return ZoneInfo(charter.time_zone)


def _of_claim(claim: ClaimFile, charter: shapes.Charter, monday: date, zone: ZoneInfo) -> Iterator[Meeting]:
    for index, appointment in enumerate(claim.draft.schedule or ()):
        for name in dict.fromkeys(appointment.days):
            day = monday + timedelta(days=DAYS.index(name))
            start, end = _placed(day, appointment.start, appointment.end, zone)
            session = claim.draft.session_id or ""
            seed = f"{charter.mission.statement}\n{session}\n{index}\n{appointment.activity}\n{day.isoformat()}"
            uid = f"{_named(seed)}@session-registry"
            yield Meeting(claim.number, session, appointment.activity, day, start, end, uid)


def _named(seed: str) -> uuid.UUID:
    """`uuid.uuid5`, in a third of its time: a large fleet has tens of thousands of appointments."""
    found = hashlib.sha1(_NAMESPACE + seed.encode(), usedforsecurity=False)
    return uuid.UUID(bytes=found.digest()[:16], version=5)


@functools.lru_cache(maxsize=4096)  # sessions with the same work keep the same hours
def _placed(day: date, start: str | None, end: str, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    """An appointment on a day. An end that is not after the start, both as local times, is on the next day.

    Where clocks skip the start, the end could come before it, or with it; then the appointment keeps its length.
    """
    if start is None:
        return None, _at(day, end, zone)
    last = day + timedelta(days=1) if end <= start else day
    begins, ends = _at(day, start, zone), _at(last, end, zone)
    if ends.timestamp() > begins.timestamp():
        return begins, ends
    length = datetime.combine(last, time.fromisoformat(end)) - datetime.combine(day, time.fromisoformat(start))
    return begins, (begins.astimezone(UTC) + length).astimezone(zone)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """A local time. A repeated one is the first of the two; a skipped one takes the offset before the gap.

    RFC 5545, 3.3.5. The way over UTC turns a skipped time into one that exists, which all calendars read alike.
    """
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC).astimezone(zone)


def _week_of_day(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _monday(name: str) -> date:
    with suppress(ValueError):
        if WEEK.fullmatch(name):
            return date.fromisocalendar(int(name[:4]), int(name[-2:]), 1)
    way_out = "write it as in 2026-W48"
    if WEEK.fullmatch(name) and not name.endswith("00"):
        last = date(int(name[:4]), 12, 28).isocalendar().week  # the 28th is always in it (ISO 8601)
        way_out = f"the last one of {name[:4]} is {name[:4]}-W{last}"
    raise FatalError(f"{quoted(name)} is no ISO week of the calendar; {way_out}")
