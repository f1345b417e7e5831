"""One clause of a goal as one target: `Send 17 emails daily`, `bounce rate below 2%`, `Reply within 2 hours`."""

import re
from collections.abc import Callable
from typing import NamedTuple

from validator.model.numbers import numbers_stated
from validator.model.shapes import Op, Period, Target
from validator.operations.claim.amounts import AMOUNT, LONGEST, spaced, split_period, target_of, value_of
from validator.operations.claim.lexicon import (
    ADVERBS,
    AWAITED,
    BOUNDS,
    DONE,
    DOUBTFUL,
    DURATIONS,
    HOLDING,
    INCOME,
    LEVELS,
    STOP,
    TAIL,
)

_FIGURE = re.compile(
    rf"{AMOUNT}(?P<percent>%?)(?P<plus>\+?)(?P<form>/100|-(?:{'|'.join(DURATIONS)}))?", re.IGNORECASE | re.ASCII
)
_WORD = re.compile(r"[^\W\d_][\w'’]*(?:-[\w'’]+)*")


class Reading(NamedTuple):
    """What a clause came to. `bare`: a count without a period; `hangs`: it ends in `daily` or the like."""

    clause: str
    target: Target | None = None
    bare: bool = False
    hangs: bool = False


class _FigureInWords(NamedTuple):
    """A clause around its only figure: words before and after, the way the number counts, the period at the end."""

    before: list[str]
    op: Op | None
    figure: re.Match[str]
    after: list[str]
    per: Period | None


def read_clause(clause: str) -> Reading:
    """The target that a clause states, if it states exactly one figure and says which way that counts."""
    words, per, hangs = split_period(spaced(clause).split() if len(clause) <= LONGEST else [])
    figures = [(place, figure) for place, word in enumerate(words) if (figure := _FIGURE.fullmatch(word))]
    if len(figures) != 1:
        return Reading(clause, hangs=hangs)
    place, figure = figures[0]
    before, op = _split_bound(words[:place])
    after, tail = _split_tail(words[place + 1 :])
    if not _is_clear([*before, *after, *tail]) or not _is_aside(tail) or (op and figure["plus"]):
        return Reading(clause, hangs=hangs)
    form = _form_of(figure, after)
    target = form(_FigureInWords(before, "gte" if figure["plus"] else op, figure, after, per))
    return Reading(clause, target, bare=form is _count and target is not None and not target.per, hangs=hangs)


def _form_of(figure: re.Match[str], after: list[str]) -> Callable[[_FigureInWords], Target | None]:
    if figure["percent"] or figure["form"] == "/100":
        return _ratio
    if figure["form"]:
        return _awaited
    return _duration if after and _duration_of(after[0]) else _count


def _count(words: _FigureInWords) -> Target | None:
    """`Send 17 emails daily`, `10+ sales calls/week`, `$120k MRR`: a verb, a sign or the metric shows the way."""
    counted, own, _ = split_period(words.after)
    if counted and counted[0].casefold() in ADVERBS and not own:
        counted, own = counted[1:], ADVERBS[counted[0].casefold()]
    verb = " ".join(words.before).casefold()
    metric, value = _metric(counted), value_of(words.figure)
    income = INCOME.get(metric.casefold()) if words.figure["dollar"] else None
    op = words.op or ("gte" if verb or income else None)
    if (verb and verb not in DONE) or not metric or not op or value is None or (own and words.per):
        return None
    if verb in DONE and verb not in LEVELS and not words.op and not words.figure["dollar"] and not (own or words.per):
        return None  # work that goes on: how many in what time?
    if words.figure["dollar"]:
        return target_of(metric, op, value, "USD", own or words.per or income)
    return target_of(f"{metric} {DONE[verb]}" if verb else metric, op, value, counted[-1], own or words.per)


def _ratio(words: _FigureInWords) -> Target | None:
    """`95%+ delivery rate`, `Keep bounce rate below 2%`, `avg score 70+/100`: only a sign shows the way."""
    before, value = _without_opening(words.before), _plain_value(words.figure)
    if before and before[-1].casefold() in ("of", "at"):
        before = before[:-1]
    metric = _metric(before or words.after)
    twice = (before and words.after) or (words.figure["percent"] and words.figure["form"])
    if not metric or not words.op or value is None or twice:
        return None
    return target_of(metric, words.op, value, "percent" if words.figure["percent"] else "points", words.per)


def _duration(words: _FigureInWords) -> Target | None:
    """`Process all replies within 1 hour`, `Reply in under 2 hours`, `reply time below 30 minutes`."""
    unit, value = _duration_of(words.after[0]), _plain_value(words.figure)
    of_what = words.after[1:]
    if value is None or words.per or (of_what and of_what[0] not in ("of", "after")) or not _is_aside(of_what):
        return None
    *what, last = words.before or [""]
    if what and (last.casefold() == "within" if words.op is None else last.casefold() == "in"):
        return target_of(f"time to {_lowered(' '.join(what))}", words.op or "lte", value, unit)
    metric = _metric(_without_opening(words.before))
    return target_of(metric, words.op, value, unit) if metric and words.op else None


def _awaited(words: _FigureInWords) -> Target | None:
    """`facilitate 15-min human review`: quick is meant where it is something that somebody waits for."""
    metric, value = _metric(words.after), _plain_value(words.figure)
    verb = " ".join(words.before).casefold()
    awaited = bool(metric) and words.after[-1].casefold().removesuffix("s") in AWAITED
    if not awaited or value is None or words.op or words.per or (verb and verb not in DONE):
        return None
    return target_of(f"{metric} time", "lte", value, _duration_of(words.figure["form"][1:]))


def _split_bound(words: list[str]) -> tuple[list[str], Op | None]:
    """Words without the bound that they end in, and what it says."""
    for length in (3, 2, 1):
        if op := BOUNDS.get(" ".join(words[-length:]).casefold()):
            return words[:-length], op
    return words, None


def _split_tail(words: list[str]) -> tuple[list[str], list[str]]:
    """Words up to the first preposition or the like, and the rest."""
    place = next((place for place, word in enumerate(words) if word.casefold() in TAIL), len(words))
    return words[:place], words[place:]


def _is_clear(words: list[str]) -> bool:
    return not numbers_stated(" ".join(words)) and DOUBTFUL.isdisjoint(map(str.casefold, words))


def _is_aside(words: list[str]) -> bool:
    """Whether words can be left out: nothing, or a preposition with its object, and no period that might be meant."""
    periods = [word for word in words if word.casefold() in ("per", "each", "every", *ADVERBS) or word.startswith("/")]
    return len(words) != 1 and not periods


def _without_opening(words: list[str]) -> list[str]:
    """Words without the `keep`, `achieve a` and the like that they begin with."""
    while words and words[0].casefold() in HOLDING:
        words = words[1:]
    return words


def _metric(words: list[str]) -> str:
    """The name of what is counted or measured; empty where words are none."""
    named = 0 < len(words) <= 7 and all(_WORD.fullmatch(word) and word.casefold() not in STOP for word in words)
    return " ".join("average" if word.casefold() == "avg" else word for word in words) if named else ""


def _lowered(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _duration_of(word: str) -> str:
    return DURATIONS.get(word.casefold().removesuffix("s"), "")


def _plain_value(figure: re.Match[str]) -> int | float | None:
    return None if figure["dollar"] or figure["scale"] else value_of(figure)
