"""What to write for a clause that could not be read: its metric, direction, unit and period as far as it tells them."""

from collections.abc import Sequence

from validator.model.bounds import DOWNWARDS, NEGATIONS, PERIODS, UPWARDS, Bound, split_bound, split_each, split_period
from validator.model.numbers import numbers_stated
from validator.model.quantities import Token, tokens
from validator.model.shapes import Op
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.deadline import without_deadline
from validator.operations.claim.lexicon import BAD, COPULAS, DONE, DOUBTFUL, GOOD, HARMS, HOLDING, TAIL
from validator.operations.claim.words import counted

_LOW = frozenset("fast faster low lower quick quickly soon".split())  # `keep latency low`
# No part of a name: what is left of a bound, and what else is no thing.
_BOUNDS = frozenset("above before below each every fewer half improve less make more over than under within".split())
_OF_TWO = frozenset("between by from of to".split())
_PAGES = frozenset(("page", "pages"))  # of a book, or of somebody who is on call
_DETERMINERS = frozenset("all each every our the their this your".split())
_SIGN = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}
_ENDS = TAIL | {"as", "before", "between"}
_ASIDE = HOLDING | COPULAS | NEGATIONS | DOUBTFUL | UPWARDS | DOWNWARDS | _LOW | _BOUNDS


def suggest_target(clause: str) -> str:
    """A target for `--target`, with METRIC, VALUE, UNIT and PERIOD in the place of what has to be asked."""
    period = split_period(without_deadline(tokens(clause[:LONGEST])))
    at = _figure(period.words)
    before, quantity = period.words[:at], next(iter(period.words[at : at + 1]), Token("", True))
    after, each = split_each([token for token in _to_next_figure(period.words[at + 1 :]) if token.text])
    value = "VALUE" if _is_open(before, quantity, after) else f"{quantity.value}"
    each = each or _in_so_many(period.words, at)
    if each and each[-1].word in PERIODS:
        period, each = period._replace(per=PERIODS[each[-1].word]), []  # `in any week`
    bound = split_bound(before, quantity, after)
    thing = _counted(bound.after)
    verb = before[0].word if before else ""
    imperative = verb in DONE or _is_imperative(bound, thing, quantity)
    subject = _names(bound.before[1:] if imperative else bound.before)
    if not quantity.text:
        subject = _names(_before_tail(bound.before[1:] if imperative else bound.before)) or subject
    named = thing if imperative and verb not in DONE and thing else subject or thing
    if (bound.op or verb in HARMS) and thing and len(subject) == 1 and not quantity.unit:
        named = [*subject, *thing]  # `Lose fewer than 3 lambs`
    if not named and quantity.unit == "times":
        named = list(bound.before[:1])  # `Deploy twice a sprint`
    metric = " ".join(token.text for token in [*named[:7], *(each if named else [])]) or "METRIC"
    unit = quantity.unit if value != "VALUE" and quantity.unit else _noun(thing) if thing else "UNIT"
    flows = imperative and not quantity.unit and not each and (bool(thing) or not subject)
    per = f"/{period.per}" if period.per else "/PERIOD" if not period.clear or flows else ""
    return f"{metric} {_SIGN[bound.op or _direction(period.words)]} {value} {unit}{per}"


def numbers_left(clause: str) -> list[str]:
    """The numbers of a clause that its suggestion does not name: `200+` of `3 plays a year before 200+ guests`."""
    suggested = suggest_target(clause)
    if "VALUE" in suggested:
        return []
    named = numbers_stated(suggested)
    return [one.text for one in tokens(clause[:LONGEST]) if one.is_quantity and one.value not in named]


def _figure(words: Sequence[Token]) -> int:
    """The place of the quantity that is asked about: the first, unless it and another one are of one change."""
    figures = [at for at, token in enumerate(words) if token.is_quantity]
    if not figures or (len(figures) > 1 and figures[0] and words[figures[0] - 1].word in _OF_TWO):
        return len(words)
    at = figures[0]
    return len(words) if len(figures) > 1 and words[at + 1].word in ("of", "to", "and", "in", "") else at


def _in_so_many(words: Sequence[Token], at: int) -> list[Token]:
    """`per 1,000 bed days` after a quantity."""
    per = next((to for to in range(at + 1, len(words) - 1) if words[to].word == "per" and words[to + 1].is_quantity), 0)
    return [*words[per : per + 2], *_before_tail(words[per + 2 :])] if per else []


def _to_next_figure(words: Sequence[Token]) -> list[Token]:
    at = next((at for at, token in enumerate(words) if token.is_quantity), len(words))
    return list(words[:at])


def _is_open(before: Sequence[Token], quantity: Token, after: Sequence[Token]) -> bool:
    """Whether the value is asked for: it is a step, has two ends, or is a time of the day."""
    clock = bool(after) and after[0].word in ("am", "pm")
    step = bool(before) and before[-1].word == "by"
    return step or clock or quantity.value is None or quantity.high is not None


def _is_imperative(bound: Bound, thing: Sequence[Token], quantity: Token) -> bool:
    """Whether words begin with a verb that is not in our list: `Grade 30 essays`, `Praise the east`."""
    words = [token.word for token in bound.before]
    if not words or (GOOD | BAD | HOLDING | HARMS).intersection(words[:1]) or not words[0].isalpha():
        return False
    if len(words) > 1 and words[1] in _DETERMINERS:
        return True
    return bool(thing) and not bound.op and not quantity.unit and len(words) == 1 and words[0] not in COPULAS


def _noun(thing: Sequence[Token]) -> str:
    return counted(thing).text


def _counted(after: Sequence[Token]) -> list[Token]:
    """What is counted, without how it is: `coats each`."""
    found = _names(_before_tail(after))
    while found and found[-1].word in ("am", "apiece", "each", "overnight", "pm"):
        found.pop()
    return found


def _direction(words: Sequence[Token]) -> Op:
    """At least, unless a verb or a metric says that less is better."""
    said = {token.word for token in words}
    if _does_so_many(words):
        said -= _PAGES
    if words and words[0].word in DONE and words[1:] and words[1].is_quantity:
        return "gte"  # `Cut 2 releases`
    if said & (DOWNWARDS | HARMS):
        return "lte"
    if said & UPWARDS or (words and words[0].word in DONE):
        return "gte"
    return "lte" if said & (BAD | _LOW) and not (said & GOOD and not said & BAD) else "gte"


def _does_so_many(words: Sequence[Token]) -> bool:
    """Whether something is done to a number of things: `Digitise 15,000 pages`, unlike `Get 3 pages`."""
    verb = [token.word for token in words[:1]]
    return len(words) > 1 and words[1].is_quantity and not (GOOD | BAD | HOLDING | HARMS).intersection(verb)


def _before_tail(words: Sequence[Token]) -> list[Token]:
    at = next((at for at, token in enumerate(words) if token.word in _ENDS), len(words))
    return list(words[:at])


def _names(words: Sequence[Token]) -> list[Token]:
    return [
        token
        for token in words
        if not token.is_quantity and token.word not in _ASIDE | TAIL and token.text.isprintable()
    ]
