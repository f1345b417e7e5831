"""The state of consensus at a commit of main, as the open proposals and the week of the day make it."""

from collections.abc import Set
from typing import NamedTuple

from validator.model.shapes import Charter
from validator.operations.narrow import Narrow
from validator.operations.proposals import rejected_here
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import Consensus, assess
from validator.registry.consensus.week import week_after
from validator.registry.proposals import proposed_numbers, waiting_changes, waiting_records
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
    consensus = assess(snapshot, charter, proposed, waiting, me, rejected, week_after(snapshot, now))
    return Assessment(snapshot, charter, consensus, proposed, current, rejected)
