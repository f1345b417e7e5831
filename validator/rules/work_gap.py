"""A piece of the charter's work is in nobody's scope.

What it means: All numbers are claimed, and part of the work that the charter lists is in nobody's scope. While
numbers are free, a gap is not reported. Once the orchestrator has confirmed, and in the change that confirms, it is
an error.

Why: Each session does what its scope says, so work in nobody's scope is not done.

Example:

    # the charter: {name: outreach, first: 1, last: 50}
    # the scopes:  1-17, 18-33, 34-49

Way out: A session takes the rest into its scope, in an amendment of its claim. After that the orchestrator confirms
again.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Location, Problem
from validator.model.layout import CONFIRMATION
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.shapes import Charter
from validator.registry.consensus.digest import registry_digest
from validator.registry.records import counting
from validator.registry.snapshot import Snapshot
from validator.registry.workload import left_over

CODE, NAME, LEVEL = "REG207", "work-gap", Level.WARNING
LOOKS_AT = (Input.REGISTRY,)


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield what is left over of each kind of work, once all numbers are claimed."""
    if not head.charter_file or not head.charter or head.free_numbers():
        return
    parts = list(head.scope_parts())
    for index, work in enumerate(head.charter.work):
        mine = [part for part in parts if fold(part.work) == fold(work.name)]
        if left := left_over(work, mine):
            place = head.charter_file.document.at("work", index)
            yield _error(left, place) if _is_confirmed(head, head.charter) else _warning(left, place)


def _is_confirmed(head: Snapshot, charter: Charter) -> bool:
    if CONFIRMATION not in head.records:
        return False
    return counting(head.whole(), charter, CONFIRMATION, registry_digest(head)) is not None


def _warning(left: str, place: Location) -> Problem:
    return Problem(place, f"nobody took {quoted(left)}", "a session adds it to its scope")


def _error(left: str, place: Location) -> Problem:
    message = f"nobody took {quoted(left)}, and the registry is confirmed"
    help = "a session adds it to its scope, in an amendment; after that the orchestrator confirms"
    return Problem(place, message, help, Level.ERROR)
