"""The words of consensus: phases, the six conditions, and who has acknowledged."""

from typing import Literal, NamedTuple

from validator.model import shapes
from validator.model.layout import acknowledgement_path
from validator.registry.records import counting
from validator.registry.snapshot import Snapshot

Phase = Literal["registering", "registered", "confirmed", "approved", "broadcast", "acknowledged", "active"]
CriterionName = Literal[
    "all-registered",
    "numbers-unique",
    "roles-distinct",
    "goals-measurable",
    "orchestrator-confirmed",
    "human-approved",
]


class Criterion(NamedTuple):
    """One of the six conditions of consensus (seed, *Consensus Validation*), with what it was decided by."""

    name: CriterionName
    met: bool
    evidence: str


def acknowledged(snapshot: Snapshot, charter: shapes.Charter, today: str) -> frozenset[int]:
    """The numbers whose holders have acknowledged the registry with this digest."""
    paths = {number: acknowledgement_path(number, charter) for number in snapshot.by_number}
    return frozenset(
        number
        for number, path in paths.items()
        if path in snapshot.records and counting(snapshot, charter, path, today)
    )
