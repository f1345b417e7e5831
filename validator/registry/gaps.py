"""Work that nobody took: who can take it, and what is known to be missing before all numbers are claimed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from validator.model.normalize import fold
from validator.model.nouns import may_be_same
from validator.model.phrases import command_line, quoted
from validator.model.shapes import Charter, Period, RangePart, Slot, Target
from validator.model.targets import format_target
from validator.model.units import factor
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot
from validator.registry.workload import Part, Share, Work, format_scope, left_parts, shares

NO_SCHEDULE = (
    "nobody has a schedule yet, and a fleet starts only in a week with something in it: "
    'one session adds --schedule "ACTIVITY, DAYS HH:MM-HH:MM" to its claim, now or later'
)


class Gap(NamedTuple):
    """A part that nobody took, and who is nearest to it: the session for which it is planned, or with a part beside."""

    part: Part
    nearest: ClaimFile | None

    @property
    def text(self) -> str:
        """`outreach 50`, `replies: overflow`."""
        return format_scope([self.part])

    @property
    def way_out(self) -> str:
        """Who takes it, with the command for it; a form where that is for the sessions to agree on."""
        if self.nearest is None:
            form = _command("NUMBER", "--scope", self.text)
            whole = "and names what it has already with one more --scope each"
            return f"a session adds it to its scope, {whole}; fill in: {form}"
        parts = _with(self.nearest.draft.scope or (), self.part)
        scope = [word for part in parts for word in ("--scope", format_scope([part]))]
        number, session = self.nearest.number, self.nearest.draft.session_id
        return f"number {number} takes it: {_command(str(number), '--session-id', session or 'ID', *scope)}"


def _command(*words: str) -> str:
    return command_line(("registry", "claim", *words, "--push"))


def gaps(snapshot: Snapshot, charter: Charter) -> Iterator[Gap]:
    """The gaps in the charter's work, once all numbers are claimed."""
    if snapshot.free_numbers():
        return
    parts = list(snapshot.scope_parts())
    for work in charter.work:
        left = left_parts(work, [part for part in parts if fold(part.work) == fold(work.name)])
        found = shares(snapshot, work) if left else ()
        for part in left:
            yield Gap(part, _planned(part, snapshot, charter) or _beside(part, found))


def missing(snapshot: Snapshot, charter: Charter, proposed: Iterable[ClaimFile] = ()) -> tuple[str, ...]:
    """What will be missing when all numbers are claimed, as far as claims, proposals and plans tell.

    `proposed` are the claims of the open proposals. Work is not called missing while a number without a planned scope
    is free, nor once all are claimed: then it is a gap.
    """
    claimed = {claim.number: claim for claim in (*proposed, *snapshot.claims.values())}
    open_slots = [slot for slot in charter.slots if slot.number not in claimed]
    lines = [line for slot in charter.slots for line in _unlike_plan(slot, claimed.get(slot.number))]
    unplanned = charter.capacity - len(claimed) - len([slot for slot in open_slots if slot.scope])
    if snapshot.free_numbers() and unplanned <= 0:
        open_claims = (claim for claim in claimed.values() if claim.number not in snapshot.by_number)
        scopes = [*(claim.draft.scope or () for claim in open_claims), *(slot.scope for slot in open_slots)]
        parts = [*snapshot.scope_parts(), *(part for scope in scopes for part in scope)]
        lines += _unplanned(charter.work, parts)
    if len(claimed) >= charter.capacity:
        lines += _uncounted(charter, claimed.values())
    if not (any(claim.summary.has_schedule for claim in claimed.values()) or any(slot.schedule for slot in open_slots)):
        lines.append(NO_SCHEDULE)
    return tuple(lines)


def _uncounted(charter: Charter, claims: Collection[ClaimFile]) -> Iterator[str]:
    """The mission's targets in whose unit nobody counts: no sum of the goals can reach them."""
    for wanted in charter.mission.targets:
        units = (one for claim in claims for one in claim.units)
        if not any(_may_count(unit, per, wanted) for unit, per in units):
            promised = quoted(format_target(wanted))
            way_out = "a session adds a target in that unit, or an approver changes the mission"
            yield f"no goal counts what the mission promises, {promised}: {way_out}"


def _may_count(unit: str, per: Period | None, wanted: Target) -> bool:
    """Whether a unit and period can be converted to those of a target, or perhaps name the same less exactly."""
    alike = wanted.unit if may_be_same(unit, wanted.unit) else unit
    return factor(alike, per, wanted.unit, wanted.per) is not None


def _unlike_plan(slot: Slot, claim: ClaimFile | None) -> Iterator[str]:
    if claim is not None and slot.scope and not claim.summary.has_scope:
        yield f"number {slot.number} has no scope, and the charter plans {quoted(format_scope(slot.scope))}"
    if claim is not None and slot.schedule and not claim.summary.has_schedule:
        planned = ", ".join(one.activity for one in slot.schedule)
        yield f"number {slot.number} has no schedule, and the charter plans {quoted(planned)}"


def _unplanned(works: Iterable[Work], parts: Sequence[Part]) -> Iterator[str]:
    for work in works:
        left = left_parts(work, [part for part in parts if fold(part.work) == fold(work.name)])
        if left:
            yield f"nobody has {quoted(format_scope(left))}, and no number is planned for it"


def _planned(part: Part, snapshot: Snapshot, charter: Charter) -> ClaimFile | None:
    for slot in charter.slots:
        claim = snapshot.by_number.get(slot.number)
        if claim and claim.claim and any(_overlap(part, planned) for planned in slot.scope):
            return claim
    return None


def _overlap(one: Part, other: Part) -> bool:
    if fold(one.work) != fold(other.work):
        return False
    if isinstance(one, RangePart) or isinstance(other, RangePart):
        ranges = isinstance(one, RangePart) and isinstance(other, RangePart)
        return ranges and one.first <= other.last and other.first <= one.last  # type: ignore[union-attr]
    return not set(map(fold, one.segments)).isdisjoint(map(fold, other.segments))


def _beside(part: Part, found: Sequence[Share]) -> ClaimFile | None:
    """The session whose range ends or begins beside a range; with segments, the one that has the fewest."""
    whole = [(share.claim, one) for share in found if share.claim.claim for _, one in share.parts]
    if isinstance(part, RangePart):
        ends = {one.last + 1: claim for claim, one in whole if isinstance(one, RangePart)}
        starts = {one.first - 1: claim for claim, one in whole if isinstance(one, RangePart)}
        return ends.get(part.first) or starts.get(part.last)
    sizes = [(len(one.segments), claim.number, claim) for claim, one in whole if not isinstance(one, RangePart)]
    return min(sizes, key=lambda row: row[:2])[2] if sizes else None


def _with(scope: Sequence[Part], part: Part) -> list[Part]:
    """A scope with one more part; one that is beside another is joined to it."""
    for at, one in enumerate(scope):
        if fold(one.work) != fold(part.work):
            continue
        if isinstance(one, RangePart) and isinstance(part, RangePart):
            if one.last + 1 == part.first or part.last + 1 == one.first:
                ends = {"first": min(one.first, part.first), "last": max(one.last, part.last)}
                return [*scope[:at], one.model_copy(update=ends), *scope[at + 1 :]]
        elif not isinstance(one, RangePart) and not isinstance(part, RangePart):
            joined = one.model_copy(update={"segments": (*one.segments, *part.segments)})
            return [*scope[:at], joined, *scope[at + 1 :]]
    return [*scope, part]
