"""The goal promises a different amount than the scope holds.

What it means: A claim has a range of work and a target that counts per period, and no such target has the size of
the range. A target whose unit has the name of a work is compared with that work alone. A work that is called by its
things (`districts`) is compared with no other unit: 8 stories from 6 districts are no contradiction. One that is called
by what is done (`outreach`) is compared with the claim's only other unit. Nothing is compared where it is unclear what
counts the work: two units, or a unit that may be the work's own in fewer words. It is a warning: there may be a reason,
and a human decides.

Why: A session that promises 17 e-mails a day for prospects 18-33, which are 16, cannot keep its promise with its own
part of the work. One that promises 16 for 34-50, which are 17, leaves a prospect out.

Example:

    targets: [{metric: emails sent, op: gte, value: 17, unit: emails, per: day}]
    scope: [{work: outreach, first: 18, last: 33}]

Way out: Correct the target and the goal, or the range.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.nouns import is_plural, may_be_same
from validator.model.phrases import quoted, span
from validator.model.shapes import Charter, RangePart, Target
from validator.model.targets import format_target
from validator.model.units import fold_unit
from validator.registry.parsing import Draft
from validator.registry.snapshot import Snapshot
from validator.registry.workload import counts, range_size, unknown_work

CODE, NAME, LEVEL = "REG204", "scope-disagrees", Level.WARNING
LOOKS_AT = (Input.FILE,)

_Range = tuple[int, RangePart]  # with its place in the scope


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims whose counted targets all differ from the size of their ranges."""
    for claim in head.claims.values():
        for targets, ranges in _alike(claim.draft):
            size = range_size([part for _, part in ranges])
            if size in [target.value for target in targets]:
                continue  # most of them
            sizes = {size, *(range_size(parts) for parts in _by_work(ranges).values())}
            if any(target.value in sizes for target in targets) or _is_unknown(ranges, head.charter):
                continue
            held = ", ".join(f"{part.work} {span(part.first, part.last)}" for _, part in ranges)
            promised = quoted(format_target(targets[0]))
            message = f"the goal promises {promised}, the scope {quoted(held)} holds {size}"
            help = f"promise {size}, or make the scope {targets[0].value} long, with work that no other session has"
            yield Problem(claim.document.at("scope", ranges[0][0]), message, help)


def _is_unknown(ranges: Iterable[_Range], charter: Charter | None) -> bool:
    """Whether a range is none of the charter's work: REG208 says so, and how much it holds says nothing."""
    return any(unknown_work(part, charter) for _, part in ranges) if charter else False


def _alike(draft: Draft) -> Iterator[tuple[list[Target], list[_Range]]]:
    """What a claim counts, with the ranges to compare it with: a unit that is called like a work counts that work.

    A work that is called by its things, as `districts`, has as many of these, and of nothing else. One that is called
    by what is done, as `outreach`, is counted by the claim's only other unit. Where there are several, or the unit may
    be the work's in fewer words, nothing is compared.
    """
    counted = [target for target in draft.targets or () if counts(target) and target.op != "lte"]
    ranges = [(at, part) for at, part in enumerate(draft.scope or ()) if isinstance(part, RangePart)]
    units, works = {fold_unit(target.unit) for target in counted}, {fold_unit(part.work) for _, part in ranges}
    for name in sorted(units & works):
        mine = [(at, part) for at, part in ranges if fold_unit(part.work) == name]
        yield [target for target in counted if fold_unit(target.unit) == name], mine
    others = [target for target in counted if fold_unit(target.unit) not in works]
    done = [(at, part) for at, part in ranges if fold_unit(part.work) not in units and not is_plural(part.work)]
    if others and done and not _is_unclear(others, done):
        yield others, done


def _is_unclear(targets: Sequence[Target], ranges: Sequence[_Range]) -> bool:
    unit = targets[0].unit
    return len({fold_unit(target.unit) for target in targets}) > 1 or any(
        may_be_same(unit, part.work) for _, part in ranges
    )


def _by_work(ranges: list[_Range]) -> dict[str, list[RangePart]]:
    works = defaultdict[str, list[RangePart]](list)
    for _, part in ranges:
        works[fold(part.work)].append(part)
    return works
