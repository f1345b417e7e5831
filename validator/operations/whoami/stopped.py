"""Why a fleet that was active is not active any more: what has changed on main since then."""

from validator.model.layout import ACTIVATION
from validator.model.phrases import join_limited
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.phases import active_week
from validator.registry.events import news
from validator.registry.reader import Reader
from validator.registry.snapshot import Snapshot

CHANGES = ("charter-changed", "registered", "amended", "taken-over", "released")


def what_stopped(reader: Reader, main: Snapshot, phase: Phase) -> str:
    """What has changed since the last activation; empty where the fleet is active, or was not active then."""
    if phase == "active" or ACTIVATION not in main.records or main.commit is None:
        return ""
    started = reader.repo.read("rev-list", "--first-parent", "-1", main.commit, "--", ACTIVATION).decode().strip()
    before = reader.at(started)
    week = active_week(before)
    if week is None:
        return ""
    changes = join_limited(one.message for one in news(before, main) if one.event in CHANGES)
    return f"the fleet was activated for week {week} until its records no longer counted: {changes}"
