"""Which open proposals exclude each other: only one of them can be registered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from validator.model.normalize import fold
from validator.model.shapes import RangePart
from validator.operations.proposals import Judged
from validator.registry.overlaps import shared_kinds, unique_keys
from validator.registry.parsing import ClaimFile

# What two open proposals may share, in words; nothing of theirs, which a stranger wrote.
SHARED = {"session_id": "session_id", "role": "role", "scope": "work", "key": "key"}


class Competitors:
    """The proposals that could be registered, found by what only one claim may have: thousands may be open at once.

    One that the gate rejects is no competitor: it cannot be merged.
    """

    def __init__(self, proposals: Iterable[Judged]) -> None:
        self._known = [(one.proposal.name, one.claim) for one in proposals if one.claim and one.verdict.accepted]
        self._having = defaultdict[tuple[object, ...], list[int]](list)
        self._parts = defaultdict[str, list[tuple[int, int, int]]](list)  # of a work: first, last, whose
        for at, (_, claim) in enumerate(self._known):
            for key in _keys(claim):
                self._having[key].append(at)
            for part in _ranges(claim):
                self._parts[fold(part.work)].append((part.first, part.last, at))

    def of(self, one: Judged) -> tuple[str, ...]:
        """Those that could be registered instead of this one, with what they share."""
        claim = one.claim
        if claim is None:
            return ()
        near = (self._known[at] for at in sorted({*self._near(claim)}))
        shared = ((name, _shared(claim, other)) for name, other in near if name != one.proposal.name)
        return tuple(f"{name} ({', '.join(words)})" for name, words in shared if words)

    def _near(self, claim: ClaimFile) -> Iterator[int]:
        for key in _keys(claim):
            yield from self._having.get(key, ())
        for part in _ranges(claim):
            for first, last, at in self._parts.get(fold(part.work), ()):
                if first <= part.last and part.first <= last:
                    yield at


def _keys(claim: ClaimFile) -> Iterator[tuple[object, ...]]:
    yield ("number", claim.number)
    yield from unique_keys(claim.draft)


def _ranges(claim: ClaimFile) -> Iterator[RangePart]:
    return (part for part in claim.draft.scope or () if isinstance(part, RangePart))


def _shared(one: ClaimFile, other: ClaimFile) -> list[str]:
    kinds = shared_kinds(one.draft, other.draft)
    same = ["number"] if one.number == other.number else []
    return [f"same {name}" for name in (*same, *(word for kind, word in SHARED.items() if kind in kinds))]
