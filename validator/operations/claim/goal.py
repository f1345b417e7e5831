"""Read the targets that a goal states in figures: split it into clauses, and read each with `clause.py`.

Deterministic, and never a guess. A clause is read as a whole or not at all, and only where it is certain which way its
number counts: by a bound, a verb, or a metric that is known to be better high or low.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from validator.model.numbers import numbers_stated
from validator.model.shapes import Target
from validator.model.units import is_measure
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.clause import Reading, read_clause
from validator.operations.claim.lexicon import DONE, DOUBTFUL

_JOINT = re.compile(rf"\s+(?:and|to)\s+(?=(?:{'|'.join(DONE)})\b)", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|while|with)\s+", re.IGNORECASE)
_SHARE = re.compile(r"\s+(?:at|to)\s+(?=[0-9.]+ ?%)")  # `… daily at 97% accuracy`, `… daily to 95% of visitors`
_COMMA = re.compile(r",(?![0-9])(?!\s+from\b)|(?<![0-9]),(?!\s+from\b)|→")


class DrawnTargets(NamedTuple):
    """Targets drawn from a goal, and the clauses that state a number in a way that could not be read."""

    targets: tuple[Target, ...]
    unread: tuple[str, ...]


def draft_targets(goal: str) -> DrawnTargets:
    """Read the targets that a goal states, clause by clause; equal goals give equal targets."""
    sentences = re.split(r"[;!\n]|\.(?=\s+[A-Z]|\s*$)", goal)
    readings = [reading for sentence in sentences for reading in _read_sentence(sentence)]
    unread = [one.clause for one in readings if not one.targets and numbers_stated(one.clause)]
    return DrawnTargets(tuple(target for one in readings for target in one.targets), tuple(unread))


def _read_sentence(sentence: str) -> list[Reading]:
    clauses = [part.strip() for part in _COMMA.split(sentence) if part.strip()]
    readings = [reading for clause in clauses for reading in _read_joint(clause)]
    return [
        one._replace(targets=()) if one.targets and _is_ambiguous(one, readings[:place], readings[place + 1 :]) else one
        for place, one in enumerate(readings)
    ]


def _is_ambiguous(one: Reading, before: Sequence[Reading], after: Sequence[Reading]) -> bool:
    """Whether a neighbour may change what a clause says: `Send 17 emails, call 5 customers daily`, `…, if possible`."""
    hanging = any(other.hangs for other in after) or any(other.hangs and not other.targets for other in before)
    beside = (*before[-1:], *after[:1])
    return (one.bare and hanging) or any(DOUBTFUL.intersection(other.clause.casefold().split()[:1]) for other in beside)


def _read_joint(clause: str) -> list[Reading]:
    """A clause as a whole, or else a part to each verb or number: `coordinate 12 sessions to generate $120k MRR`."""
    whole = read_clause(clause.replace(", from ", " from "))
    if whole.targets or len(clause) > LONGEST:
        return [whole]
    for joint in (_JOINT, _AND, _SHARE):
        parts = [read_clause(part) for part in joint.split(clause)]
        if len(parts) > 1 and all(part.targets or not numbers_stated(part.clause) for part in parts):
            return _in_one_period(clause, parts) if any(part.targets for part in parts) else [whole]
    return _unread_parts(clause) or [whole]


def _unread_parts(clause: str) -> list[Reading]:
    """The parts of a clause that is asked about, where each states something for itself; one at least is unread."""
    joint = _AND if _AND.search(clause) else _SHARE
    parts = [part for part in joint.split(clause) if numbers_stated(part)]
    alone = (
        len(parts) > 1 and "between" not in clause and all(re.search(r"[^\W\d]{3}.*[^\W\d]{3}", part) for part in parts)
    )
    return [read_clause(part) for part in parts] if alone else []


def _in_one_period(clause: str, parts: list[Reading]) -> list[Reading]:
    """`500 shipments per day with fewer than 5 errors`: the errors are those of a day. After `and` that is not sure."""
    first, *others = parts
    per = first.targets[0].per if len(first.targets) == 1 else None
    if not per or not any(one.bare and not is_measure(one.targets[0].unit) for one in others):
        return parts
    if not re.search(r"\swith\s", clause) or len(parts) != 2:
        return [Reading(clause)]
    return [first, others[0]._replace(targets=tuple(t.model_copy(update={"per": per}) for t in others[0].targets))]
