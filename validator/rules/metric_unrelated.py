"""A target's metric has nothing to do with the goal's sentence, or names nothing that can be counted.

What it means: No word of the metric or its unit stands in the goal, in this or another form (`reply time` and `Reply
within`), and neither does the unit of the value. Or the metric is a word like `quality` alone, with a value that is
neither a share nor points, and `measured_by` does not say how it is measured. It is a warning: the human reads both.

Why: `Meet in room 17` with 17 points of happiness states the number, and promises nothing of the kind. Nobody can say
whether a quality of 1 was reached.

Example:

    goal: Meet in room number 17 with 17 chairs
    targets: [{metric: happiness, op: gte, value: 17, unit: points}]

Way out: Name the metric with the goal's own words, or list both names under the charter's `metrics`; for a quality, say
under `measured_by` how it is measured.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from validator.model.findings import Input, Level, Problem
from validator.model.normalize import fold
from validator.model.phrases import quoted
from validator.model.quantities import tokens
from validator.model.shapes import Metric, Target
from validator.model.targets import vocabulary
from validator.model.units import fold_unit, is_share
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG210", "metric-unrelated", Level.WARNING
LOOKS_AT = (Input.FILE,)
_WORD = re.compile(r"[^\W\d_]+")
# Words that say nothing about what is measured.
_EMPTY = frozenset(
    "a an and at by count each every for in number of on or per rate ratio share the time to total with".split()
)
# Qualities that have no unit of their own.
_QUALITIES = frozenset(
    """ambition commitment creativity effectiveness efficiency effort engagement excellence happiness impact innovation
    performance productivity professionalism progress quality success teamwork value work""".split()
)
_SCALES = frozenset("point points score star stars".split())


class Goal(NamedTuple):
    """What a sentence says: its words in their order, each once, and their initials."""

    text: str
    words: tuple[str, ...]
    initials: str

    @property
    def units(self) -> frozenset[str]:
        """The units of its quantities."""
        return frozenset(token.unit for token in tokens(self.text)) - {""}


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the targets whose metric the goal does not speak of, and metrics that nobody can count."""
    metrics = vocabulary(head.charter)
    for claim in head.claims.values():
        if claim.draft.goal is None or not _is_latin(claim.draft.goal):
            continue  # the metric may be named in another script than the sentence
        goal = _read(claim.draft.goal)
        for index, target in enumerate(claim.draft.targets or ()):
            if not _WORD.search(target.metric):
                continue  # REG201 says so
            found = None
            if not _related(target, goal, metrics):
                message = f"the goal does not speak of {quoted(target.metric)}"
                found = message, "name the metric with the goal's own words, or correct the target"
            elif _uncountable(target):
                message = f"nobody can count {quoted(target.metric)}"
                found = message, "say how it is measured: measured_by, or a metric that can be counted"
            if found:  # a place costs another reading of the file
                yield Problem(claim.document.at("targets", index, "metric"), *found)


def _is_latin(text: str) -> bool:
    if text.isascii():
        return True
    letters = [*filter(str.isalpha, text)]
    return 2 * sum(1 for letter in letters if letter < "\u0250") >= len(letters)


@functools.lru_cache(maxsize=1024)  # most goals of a change are main's as well
def _read(text: str) -> Goal:
    words = _words(text)
    return Goal(text, tuple(dict.fromkeys(words)), _first_letters(words))


def _related(target: Target, goal: Goal, metrics: Mapping[str, Metric]) -> bool:
    """Whether the goal has a word of the metric, of its other names or of the unit, or a quantity in the unit."""
    metric = metrics.get(fold(target.metric))
    names = (target.metric, target.unit, *((metric.name, *metric.aliases) if metric else ()))
    asked = [word for name in names for word in _words(name)]
    if not set(asked).isdisjoint(goal.words):
        return True  # most metrics
    if any(_alike(one, other) for one in asked for other in goal.words) or _initials(asked, goal):
        return True
    return any(_same_unit(unit, target.unit) for unit in goal.units)


def _same_unit(one: str, other: str) -> bool:
    return fold_unit(one) == fold_unit(other) or (is_share(one) and is_share(other))


@functools.lru_cache(maxsize=1024)  # sessions measure alike, and in the same units
def _words(text: str) -> tuple[str, ...]:
    """The words of a text that say something, folded."""
    return tuple(word for word in map(fold, _WORD.findall(text)) if word and word not in _EMPTY)


def _alike(one: str, other: str) -> bool:
    """Whether two words may be forms of one: `reply` and `replies`, `deliver` and `delivery`."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if not short.isascii() and short in long:
        return True  # Chinese and Japanese write no spaces
    if len(short) < 4:
        return short == long or (len(short) == 3 and long == f"{short}s")
    return long[: max(4, len(short) - 2)] == short[: max(4, len(short) - 2)]


def _initials(asked: Sequence[str], goal: Goal) -> bool:
    """Whether one side has the initials of the other's words: `MRR` and `monthly recurring revenue`."""
    return _spelled(goal.words, _first_letters(asked)) or _spelled(asked, goal.initials)


def _first_letters(words: Iterable[str]) -> str:
    return "".join(word[0] for word in words)


def _spelled(words: Iterable[str], initials: str) -> bool:
    return any(len(word) > 1 and word.removesuffix("s") in initials for word in words)


def _uncountable(target: Target) -> bool:
    named = _words(target.metric)
    if target.measured_by or len(named) != 1 or named[0] not in _QUALITIES:
        return False
    return not (is_share(target.unit) or _SCALES.intersection(_words(target.unit)))
