"""What to write for a clause that could not be read: its metric, direction, unit and period as far as it tells them."""

from collections.abc import Sequence

from validator.model.bounds import DOWNWARDS, NEGATIONS, UPWARDS, split_bound, split_period
from validator.model.quantities import Token, tokens
from validator.model.shapes import Op
from validator.operations.claim.amounts import LONGEST
from validator.operations.claim.deadline import without_deadline
from validator.operations.claim.lexicon import BAD, COPULAS, DONE, DOUBTFUL, GOOD, HOLDING, TAIL

_LOW = frozenset("fast faster low lower quick quickly soon".split())  # `keep latency low`
_SIGN = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}
_ASIDE = (
    HOLDING | COPULAS | NEGATIONS | DOUBTFUL | UPWARDS | DOWNWARDS | _LOW | {"more", "less", "half", "improve", "make"}
)


def suggest_target(clause: str) -> str:
    """A target for `--target`, with METRIC, VALUE, UNIT and PERIOD in the place of what has to be asked."""
    period = split_period(without_deadline(tokens(clause[:LONGEST])))
    figures = [at for at, token in enumerate(period.words) if token.is_quantity]
    at = figures[0] if len(figures) == 1 else len(period.words)
    before, quantity = period.words[:at], next(iter(period.words[at : at + 1]), Token("", True))
    after = [token for token in period.words[at + 1 :] if token.text]
    step = bool(before) and before[-1].word == "by"
    value = "VALUE" if step or quantity.value is None or quantity.high is not None else f"{quantity.value}"
    bound = split_bound(before, quantity, after)
    thing = _names(_before_tail(bound.after))
    verb = before[0].word if before else ""
    subject = _names(bound.before[1:] if verb in DONE else bound.before)
    counted = subject or thing
    metric = " ".join(token.text for token in counted[:7]) or "METRIC"
    unit = quantity.unit if not step and quantity.unit else thing[-1].text if thing else "UNIT"
    per = (
        f"/{period.per}"
        if period.per
        else "/PERIOD"
        if not period.clear or (verb in DONE and not quantity.unit and (thing or not subject))
        else ""
    )
    return f"{metric} {_SIGN[bound.op or _direction(period.words)]} {value} {unit}{per}"


def _direction(words: Sequence[Token]) -> Op:
    """At least, unless a verb or a metric says that less is better."""
    said = {token.word for token in words}
    if said & DOWNWARDS:
        return "lte"
    if said & UPWARDS or (words and words[0].word in DONE):
        return "gte"
    return "lte" if said & (BAD | _LOW) and not (said & GOOD and not said & BAD) else "gte"


def _before_tail(words: Sequence[Token]) -> list[Token]:
    at = next((at for at, token in enumerate(words) if token.word in TAIL), len(words))
    return list(words[:at])


def _names(words: Sequence[Token]) -> list[Token]:
    return [
        token
        for token in words
        if not token.is_quantity and token.word not in _ASIDE | TAIL and token.text.isprintable()
    ]
