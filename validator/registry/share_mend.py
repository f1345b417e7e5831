"""How a session whose scope meets another's mends it: what of its own nobody else has, else what nobody has."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from validator.model.normalize import fold
from validator.model.phrases import command_line
from validator.model.shapes import Charter, RangePart, RangeWork, SegmentPart, SegmentWork
from validator.registry.claim_form import publish_word
from validator.registry.parsing import Draft
from validator.registry.snapshot import Snapshot
from validator.registry.workload import Part, Work, format_scope, left_parts


def mending_command(snapshot: Snapshot, charter: Charter, draft: Draft, number: int, *me: str) -> str | None:
    """The command with a scope that nobody else on main has; None where there is none.

    `draft` is the claim of the number, on main or proposed; `me` are the words that name its session.
    """
    parts = tuple(_mended(draft.scope or (), list(_of_others(snapshot, number)), charter.work))
    if not parts or parts == (draft.scope or ()):
        return None
    scope = [word for part in parts for word in ("--scope", format_scope([part]))]
    return command_line(("registry", "claim", str(number), *me, *scope, publish_word(charter)))


def _of_others(snapshot: Snapshot, number: int) -> Iterator[Part]:
    """What all numbers but this one have; claims that are in no conflict are only read where it is one of them."""
    if number in snapshot.quiet.numbers:
        claims, summed = iter(snapshot.claims.values()), snapshot.unread.parts()
    else:
        claims, summed = snapshot.loud_claims(), itertools.chain(snapshot.unread.parts(), snapshot.quiet.parts())
    yield from (part for claim in claims if claim.number != number for part in claim.draft.scope or ())
    yield from summed


def _mended(scope: Sequence[Part], others: Sequence[Part], works: Sequence[Work]) -> Iterator[Part]:
    taken = [*others, *scope]
    for part in scope:
        kept = left_parts(_as_work(part), _of_work(part.work, others)) or tuple(_in_its_place(part, taken, works))
        taken.extend(kept)
        yield from kept


def _in_its_place(part: Part, taken: Sequence[Part], works: Sequence[Work]) -> Iterator[Part]:
    """What nobody has of the work, at most as much as the part was."""
    work = next((work for work in works if fold(work.name) == fold(part.work)), None)
    wanted = part.last - part.first + 1 if isinstance(part, RangePart) else len(part.segments)
    for one in left_parts(work, _of_work(part.work, taken)) if work else ():
        if isinstance(one, SegmentPart):
            yield one.model_copy(update={"segments": one.segments[:wanted]})
            return
        size = min(wanted, one.last - one.first + 1)
        wanted -= size
        if size > 0:
            yield one.model_copy(update={"last": one.first + size - 1})


def _as_work(part: Part) -> Work:
    if isinstance(part, RangePart):
        return RangeWork(name=part.work, first=part.first, last=part.last)
    return SegmentWork(name=part.work, segments=part.segments)


def _of_work(name: str, parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if fold(part.work) == fold(name)]
