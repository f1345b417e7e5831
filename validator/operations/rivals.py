"""The open proposals of other sessions that share with a claim what only one of them can have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from validator.model.layout import digits
from validator.model.phrases import join_limited
from validator.operations.competitors import SHARED
from validator.registry.overlaps import shared_kinds
from validator.registry.parsing import ClaimFile, Draft

OPTIONS = {"role": ("--role", "ROLE"), "scope": ("--scope", "SCOPE")}  # by which a session takes something else


def shared_with(own: Draft, others: Iterable[ClaimFile]) -> Iterator[str]:
    """`claim/02, claim/04 have the same work`; what a session shares with itself is not meant."""
    named = defaultdict[str, list[str]](list)
    for other in others:
        shared = _contested(own, other)
        if shared:
            named[" and ".join(sorted(SHARED[kind] for kind in shared))].append(f"claim/{digits(other.number)}")
    for what, names in sorted(named.items()):
        yield f"{join_limited(names)} {'has' if len(names) == 1 else 'have'} the same {what}"


def something_else(own: Draft, others: Iterable[ClaimFile]) -> tuple[str, ...]:
    """The options of a claim that shares nothing with the others, as a form; empty where no other value helps."""
    kinds = {kind for other in others for kind in _contested(own, other)}
    return () if kinds - OPTIONS.keys() else tuple(word for kind in sorted(kinds) for word in OPTIONS[kind])


def _contested(own: Draft, other: ClaimFile) -> frozenset[str]:
    return frozenset() if other.draft.session_id == own.session_id else shared_kinds(own, other.draft) & SHARED.keys()
