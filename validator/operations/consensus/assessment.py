"""The state of consensus at a commit of main, as the open proposals and the week of the day make it."""

from collections.abc import Set
from typing import NamedTuple

from validator.model.errors import attempted
from validator.model.layout import ACTIVATION
from validator.model.shapes import Charter
from validator.operations.narrow import Narrow
from validator.operations.proposals import rejected_here
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import Consensus, assess
from validator.registry.consensus.week import stopped_week, week_after
from validator.registry.effect import stops_fleet
from validator.registry.proposals import proposals_on, proposed_numbers, published, waiting_changes, waiting_records
from validator.registry.reader import Reader, charter_of
from validator.registry.snapshot import Snapshot


class Assessment(NamedTuple):
    """`proposed`: the numbers with an open claim; `current`: the open records about this registry.

    `rejected`: the open proposals that the gate rejects.
    """

    snapshot: Snapshot
    charter: Charter
    consensus: Consensus
    proposed: frozenset[int]
    current: Set[str]
    rejected: Set[str]


def assessment(
    reader: Reader, commit: str, me: str | None = None, *, now: str | None = None, rejected: Set[str] | None = None
) -> Assessment:
    """Assess a commit; `me` is the session that reads it, where it has said so.

    `now` is RFC 3339; without it no week is over. `rejected` are the open proposals that the gate rejects; they are
    judged where nobody has yet. Raises FatalError where the charter cannot be read.
    """
    narrow = Narrow(reader)
    snapshot = narrow.whole(commit)
    charter = charter_of(snapshot)
    if rejected is None:
        rejected = rejected_here(reader, commit, narrow)
    proposed = proposed_numbers(reader.repo, commit)
    current = waiting_records(reader, registry_digest(snapshot))
    waiting = current | waiting_changes(reader, snapshot)
    stopping = _stopping(reader, commit, narrow, waiting) if ACTIVATION in snapshot.records else frozenset()
    this_week = week_after(snapshot, now) or stopped_week(snapshot, now)
    consensus = assess(snapshot, charter, proposed, waiting, me, rejected, this_week, stopping)
    return Assessment(snapshot, charter, consensus, proposed, current, rejected)


def _stopping(reader: Reader, commit: str, narrow: Narrow, waiting: Set[str]) -> frozenset[str]:
    """Which of the open changes stop an active fleet when they are approved."""
    found = (one for one in proposals_on(published(reader.repo), reader.repo) if one.name in waiting)
    return frozenset(one.name for one in found if _stops(narrow, commit, one.commit))


def _stops(narrow: Narrow, commit: str, proposal: str) -> bool:
    return attempted(lambda: stops_fleet(*narrow.change(commit, proposal))) is True
