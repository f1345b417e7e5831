"""Whether the week that a fleet was activated for is over, or has not begun."""

from datetime import datetime

from validator.model.layout import ACTIVATION
from validator.registry.consensus.phases import active_week
from validator.registry.snapshot import Snapshot


def week_after(snapshot: Snapshot, now: str | None) -> str | None:
    """The ISO week of a moment, as in `2026-W49`, where that of an active fleet is over by then; else None.

    `now` is RFC 3339; None where nobody says what time it is.
    """
    active, current = active_week(snapshot), _week_of(snapshot, now)
    return current if active and current and current > active else None


def stopped_week(snapshot: Snapshot, now: str | None) -> str | None:
    """The ISO week of a fleet that was activated and has been stopped since, where that is not over by a moment."""
    parsed = snapshot.records.get(ACTIVATION)
    if parsed is None or parsed.value is None or active_week(snapshot):
        return None
    week, current = str(parsed.value.week), _week_of(snapshot, now)
    return week if current and week >= current else None


def in_week(snapshot: Snapshot, now: str | None) -> str:
    """When an active fleet works: `in week 2026-W49`, or from which Monday on; empty for a fleet that is not active."""
    active, current = active_week(snapshot), _week_of(snapshot, now)
    if active and current and current < active:
        from validator.registry.schedule import days_of

        days = days_of(active)
        return f"from Monday {days[0].isoformat()} (week {active})" if days else f"in week {active}"
    return f"in week {active}" if active else ""


def with_days(week: str) -> str:
    """`2026-W48 (2026-11-23 to 2026-11-29)`: not everybody counts weeks. A week that no calendar has stays as it is."""
    from validator.registry.schedule import days_of

    days = days_of(week)
    return f"{week} ({days[0]} to {days[1]})" if days else week


def _week_of(snapshot: Snapshot, now: str | None) -> str | None:
    """The ISO week of a moment where a fleet works that was activated; None without one, or in an unknown zone."""
    if now is None or snapshot.charter is None or ACTIVATION not in snapshot.records:
        return None
    # Zones and calendars are loaded only where a fleet is active, or was.
    from validator.registry.schedule import week_at, zone_of
    from validator.registry.zones import zone_names

    if snapshot.charter.time_zone not in zone_names():
        return None
    return week_at(datetime.fromisoformat(now), zone_of(snapshot.charter))
