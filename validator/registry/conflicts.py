"""The conflicts in a registry, and how each is resolved (docs/checklist.md, *Conflict Resolution*)."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from validator.model import shapes
from validator.model.phrases import command_line, quoted
from validator.model.targets import contradict, format_target
from validator.registry.claim_form import publish_word
from validator.registry.gaps import gaps
from validator.registry.holders import a_free_number, first_to_have, holder
from validator.registry.overlaps import Clash, clashes
from validator.registry.parsing import ClaimFile
from validator.registry.share_mend import mending_command
from validator.registry.snapshot import Snapshot
from validator.registry.workload import Sum, sums

ConflictKind = Literal["number", "session", "role", "scope", "goal", "gap", "rule"]
WHAT: dict[str, tuple[ConflictKind, str]] = {
    "session_id": ("session", "the session_id"),
    "runtime_id": ("session", "the runtime_id"),
    "key": ("session", "the key"),
    "role": ("role", "the role"),
    "scope": ("scope", "the work"),
}


class Conflict(NamedTuple):
    """A conflict. `numbers`: the one that keeps what it has comes first; `help` says how to resolve it."""

    kind: ConflictKind
    numbers: tuple[int, ...]
    message: str
    help: str


def conflicts(snapshot: Snapshot, charter: shapes.Charter) -> tuple[Conflict, ...]:
    """The conflicts on main, which prevent its confirmation; in the order of kinds and numbers."""
    found = [_of_clash(clash, snapshot, charter) for clash in clashes(snapshot, snapshot)]
    found += [*with_mission(snapshot, charter), *_left(snapshot, charter)]
    return tuple(sorted(found, key=lambda one: (one.kind, one.numbers)))


def uneven_work(snapshot: Snapshot, charter: shapes.Charter) -> Iterator[Conflict]:
    """Divided work whose targets do not add up to the whole. This prevents nothing."""
    for found in sums(snapshot, charter):
        if found.total != found.whole:
            numbers = tuple(number for number, _ in found.promised)
            split = command_line(("registry", "conflicts", "--propose-split", found.work.name))
            help = f"adjust the targets; an even split: {split}"
            yield Conflict("goal", numbers, added_up(found), help)


def added_up(found: Sum) -> str:
    """`outreach: 4, 5, 6 promise 17 + 17 + 16 = 50 emails/day, and the work holds 50`."""
    numbers = ", ".join(str(number) for number, _ in found.promised)
    values = " + ".join(str(value) for _, value in found.promised)
    total = f"{values} = {found.total} {found.unit}"
    return f"{found.work.name}: {numbers} promise {total}, and the work holds {found.whole}"


def _of_clash(clash: Clash, snapshot: Snapshot, charter: shapes.Charter) -> Conflict:
    first, second, standing = first_to_have(clash, snapshot)
    kind, what = WHAT[clash.kind]
    message = (
        f"{what} {quoted(clash.shared)} is that of number {first.number}, {holder(first, standing)}, "
        f"and of number {second.number}, {holder(second, standing)}"
    )
    return Conflict(kind, (first.number, second.number), message, _way_out(kind, second, snapshot, charter))


def _way_out(kind: ConflictKind, loser: ClaimFile, snapshot: Snapshot, charter: shapes.Charter) -> str:
    number, me = loser.number, ("--session-id", loser.draft.session_id or "ID")
    if kind == "session":
        return (
            f"a session has one number; fill in: registry release {number} --reason REASON; {a_free_number(snapshot)}"
        )
    if kind == "role":
        words = ("registry", "claim", str(number), *me, "--role", "ROLE", publish_word(charter))
        return f"who was first keeps it; number {number} names a role of its own; fill in: {command_line(words)}"
    keeps = f"who was first keeps it; number {number} takes a part that nobody has"
    command = mending_command(snapshot, charter, loser.draft, number, *me)
    return f"{keeps}: {command}" if command else f"{keeps}, in an amendment of its claim"


def _left(snapshot: Snapshot, charter: shapes.Charter) -> Iterator[Conflict]:
    """Work that nobody took; the orchestrator's where no session is nearest to it."""
    for gap in gaps(snapshot, charter):
        number = gap.nearest.number if gap.nearest else charter.orchestrator
        yield Conflict("gap", (number,), f"nobody took {quoted(gap.text)}", gap.way_out)


def with_mission(snapshot: Snapshot, charter: shapes.Charter) -> Iterator[Conflict]:
    """The targets that cannot be met together with the mission's."""
    for claim in snapshot.loud_claims():
        for target in claim.draft.targets or ():
            for wanted in charter.mission.targets:
                if contradict(target, wanted):
                    promised, needed = quoted(format_target(target)), quoted(format_target(wanted))
                    message = f"number {claim.number} promises {promised}, and the mission {needed}"
                    yield Conflict("goal", (claim.number,), message, "align the target with the mission of the charter")
