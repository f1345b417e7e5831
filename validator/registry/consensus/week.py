"""Whether the week that a fleet was activated for is over."""

from datetime import datetime

from validator.registry.consensus.phases import active_week
from validator.registry.snapshot import Snapshot


def week_after(snapshot: Snapshot, now: str | None) -> str | None:
    """The ISO week of a moment, as in `2026-W49`, where that of an active fleet is over by then; else None.

    `now` is RFC 3339; None where nobody says what time it is.
    """
    active = active_week(snapshot) if now else None
    if now is None or active is None or snapshot.charter is None:
        return None
    # Zones and calendars are loaded only where a fleet is active.
    from validator.registry.schedule import week_at, zone_of
    from validator.registry.zones import zone_names

    if snapshot.charter.time_zone not in zone_names():
        return None
    current = week_at(datetime.fromisoformat(now), zone_of(snapshot.charter))
    return current if current > active else None
