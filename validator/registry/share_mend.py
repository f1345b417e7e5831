"""How a session whose scope meets another's mends it: what of its own nobody else has, else what nobody has."""

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
    claims = (claim for claim in snapshot.claims.values() if claim.number != number)
    others = [*(part for claim in claims for part in claim.draft.scope or ()), *snapshot.unread.parts()]
    parts = tuple(_mended(draft.scope or (), others, charter.work))
    if not parts or parts == (draft.scope or ()):
        return None
    scope = [word for part in parts for word in ("--scope", format_scope([part]))]
    return command_line(("registry", "claim", str(number), *me, *scope, publish_word(charter)))


def _mended(scope: Sequence[Part], others: Sequence[Part], works: Sequence[Work]) -> Iterator[Part]:
    for part in scope:
        kept = left_parts(_as_work(part), _of_work(part.work, others))
        yield from kept or _in_its_place(part, (*others, *scope), works)


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
