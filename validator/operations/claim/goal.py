"""Read the targets that a goal states in figures: split it into clauses, and read each with `clause.py`.

Deterministic, and never a guess. A clause is read as a whole or not at all, and only where it says itself which way its
number counts: `Send 17 emails daily`, `95%+ delivery rate`, `bounce rate below 2%`, but not `2% bounce rate`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from validator.model.numbers import numbers_stated
from validator.model.shapes import Target
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.clause import Reading, read_clause
from validator.operations.claim.lexicon import DONE, DOUBTFUL

_JOINT = re.compile(rf"\s+(?:and|to)\s+(?=(?:{'|'.join(DONE)})\b)", re.IGNORECASE)


class DrawnTargets(NamedTuple):
    """Targets drawn from a goal, and the clauses that state a number in a way that could not be read."""

    targets: tuple[Target, ...]
    unread: tuple[str, ...]


def draft_targets(goal: str) -> DrawnTargets:
    """Read the targets that a goal states, clause by clause; equal goals give equal targets."""
    sentences = re.split(r"[;!\n]|\.(?=\s+[A-Z]|\s*$)", goal)
    readings = [reading for sentence in sentences for reading in _read_sentence(sentence)]
    unread = [one.clause for one in readings if one.target is None and numbers_stated(one.clause)]
    return DrawnTargets(tuple(one.target for one in readings if one.target), tuple(unread))


def _read_sentence(sentence: str) -> list[Reading]:
    clauses = [part.strip() for part in re.split(r",(?![0-9])|(?<![0-9]),|→", sentence) if part.strip()]
    readings = [reading for clause in clauses for reading in _read_joint(clause)]
    return [
        one._replace(target=None) if one.target and _is_ambiguous(one, readings[:place], readings[place + 1 :]) else one
        for place, one in enumerate(readings)
    ]


def _is_ambiguous(one: Reading, before: Sequence[Reading], after: Sequence[Reading]) -> bool:
    """Whether a neighbour may change what a clause says: `Send 17 emails, call 5 customers daily`, `…, if possible`."""
    hanging = any(other.hangs for other in after) or any(other.hangs and not other.target for other in before)
    beside = (*before[-1:], *after[:1])
    return (one.bare and hanging) or any(DOUBTFUL.intersection(other.clause.casefold().split()[:1]) for other in beside)


def _read_joint(clause: str) -> list[Reading]:
    """A clause as a whole, or else a part to each verb: `coordinate 12 sessions to generate $120k MRR`."""
    whole = read_clause(clause)
    parts = (
        [read_clause(part) for part in _JOINT.split(clause)] if whole.target is None and len(clause) <= LONGEST else []
    )
    return parts if parts and all(part.target or not numbers_stated(part.clause) for part in parts) else [whole]
