"""Which claims a change is judged with: those that it touches and those that they can meet, by the index."""

import functools
from collections.abc import Iterable

from validator.registry.index.table import Index
from validator.registry.index.traits import traits_of
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import UnreadClaims


def needed(index: Index, touched: Iterable[ClaimFile], committed_at: int) -> set[int]:
    """The numbers of the claims that a verdict has to look at, besides the `touched` ones.

    Those are the claims of the change, as main has them and as they would land. `committed_at` is the time of main's
    commit: a claim with a later time stamp is wrong on main.
    """
    found = index.always | index.later_than(committed_at)
    for claim in touched:
        one = traits_of(claim.draft)
        found |= index.meeting(one) | index.alike(one)
    return found


def beside(index: Index, numbers: set[int]) -> UnreadClaims:
    """The other claims."""
    others = frozenset(index.numbers).difference(numbers)
    return UnreadClaims(others, functools.cache(lambda: tuple(index.parts(numbers))))  # for head and base
