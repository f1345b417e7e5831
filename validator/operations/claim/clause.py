"""One clause of a goal as targets: `Send 17 emails daily`, `Keep p95 latency below 300 ms`, `between 40% and 70%`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from validator.model.bounds import (
    DOWNWARDS,
    PERIODS,
    UNSURE,
    UPWARDS,
    Bound,
    InPeriod,
    split_bound,
    split_each,
    split_period,
)
from validator.model.quantities import Token, tokens
from validator.model.shapes import Op, Period, Target
from validator.model.units import is_measure
from validator.operations.claim.amounts import LONGEST, target_of
from validator.operations.claim.change import Change, better, change_in
from validator.operations.claim.deadline import without_deadline
from validator.operations.claim.lexicon import (
    AWAITED,
    COPULAS,
    DELAYS,
    DONE,
    DOUBTFUL,
    HOLDING,
    INCOME,
    LASTING,
    LEVELS,
    REACHED,
    SCORES,
    STATES,
    STOP,
    TAIL,
    WITHIN,
)

LONGEST_NAME = 9  # words of a metric with what stands aside
_TIME = re.compile(
    r"(?:(?:business|working|calendar) )?"
    r"(?:ms|m?secs?|(?:milli)?seconds?|s|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?)"
)
_SPELLED = {
    "sec": "seconds",
    "secs": "seconds",
    "min": "minutes",
    "mins": "minutes",
    "hour": "hours",
    "day": "days",
} | {
    "minute": "minutes",
    "second": "seconds",
    "week": "weeks",
    "month": "months",
}


class Reading(NamedTuple):
    """What a clause came to. `bare`: a count without a period; `hangs`: it ends in `daily` or the like."""

    clause: str
    targets: tuple[Target, ...] = ()
    bare: bool = False
    hangs: bool = False


class Figure(NamedTuple):
    """A clause around its only quantity, and the period in which it counts."""

    bound: Bound
    quantity: Token
    change: Change | None
    period: InPeriod

    @property
    def verb(self) -> str:
        """The word with which the clause begins, in small letters; empty where it begins with the quantity."""
        return self.bound.before[0].word if self.bound.before else ""


def read_clause(clause: str) -> Reading:
    """The targets that a clause states, if it says of its only quantity, or of both ends, which way that counts."""
    if len(clause) > LONGEST:
        return Reading(clause)
    period = split_period(without_deadline(tokens(clause)))
    words, change = change_in(_with_condition(period.words))
    figures = [at for at, token in enumerate(words) if token.is_quantity]
    if not period.clear or len(figures) != 1 or (value := words[figures[0]].value) is None:
        return Reading(clause, hangs=period.last)
    at = figures[0]
    after, each = split_each(words[at + 1 :])
    bound = split_bound(words[:at], words[at], after)
    figure = Figure(bound, words[at], change, period)
    in_time = bool(each) and (each[-1].word in PERIODS or each[-1].word in UNSURE)
    targets = _targets(figure, value) if bound.clear and not in_time and _is_clear(bound) else ()
    targets = tuple(_in_each(target, each) for target in targets)
    bare = bool(targets) and not targets[0].per and not is_measure(targets[0].unit)
    return Reading(clause, targets, bare=bare, hangs=period.last)


def _in_each(target: Target, each: Sequence[Token]) -> Target:
    """`at most 3 misprints an issue` are misprints per issue."""
    return target.model_copy(update={"metric": " ".join([target.metric, *(one.text for one in each)])})


def _targets(figure: Figure, value: float) -> tuple[Target, ...]:
    if figure.quantity.high is not None:
        if figure.bound.op or figure.change or (figure.bound.before and figure.bound.before[-1].word == "in"):
            return ()
        both = [_target(figure, "gte", value), _target(figure, "lte", figure.quantity.high)]
        return tuple(target for target in both if target) if all(both) else ()
    op = figure.change.op if figure.change else figure.bound.op
    way = UPWARDS if op in ("lt", "lte") else DOWNWARDS if op in ("gt", "gte") else frozenset()
    about = [*figure.bound.before, *figure.bound.after]
    against = len(figure.bound.before) > 1 and figure.verb in way
    done = figure.verb in DONE and len(figure.bound.before) == 1  # `Fix 10+ bugs a week`: what is bad is dealt with
    floor = op in ("gt", "gte") and not (figure.bound.negated or done)
    if not figure.change and (against or (floor and better(about) == "lte")):
        return ()  # `raise … below`, `more than 5 complaints`
    if figure.change and (op is None or figure.bound.op not in (None, op)):
        return ()
    target = _target(figure, op, value)
    return (target,) if target else ()


def _target(figure: Figure, op: Op | None, value: float) -> Target | None:
    """The target of one value; `op` None where only the metric can tell which way it counts."""
    unit = figure.quantity.unit
    if figure.quantity.form:
        return _awaited(figure, value) if op is None else None
    if unit == "times":
        return _times(figure, op, value)
    if _TIME.fullmatch(unit):
        return _duration(figure, op, value)
    return _level(figure, op, value) if unit else _count(figure, op, value)


def _count(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`Send 17 emails daily`, `Keep the backlog under 150 issues`, verb, bound or noun tell which way."""
    thing, _ = _split_tail(figure.bound.after)
    noun = counted(thing).text if thing else ""
    rest = _without_copulas(figure.bound.before)
    verb, subject = _split_verb(rest)
    metric = _metric([*subject, *thing] if len(subject) == 1 and not verb else subject or thing)
    if verb in DONE and not subject and thing:
        metric = f"{_metric(thing)} {DONE[verb]}" if _metric(thing) else ""
        if not op and better(thing) == "lte":
            op = None if verb not in LEVELS else "lte"
        op = op or "gte"
    elif not op:
        op = better(subject or thing) if thing else None
        if not op and not subject and (not rest or verb in REACHED) and figure.period.per:
            op = "gte"
    if not metric or not op or (rest and not verb and not subject) or (not thing and not subject):
        return None
    if not noun:
        if len(subject) == 1 and not _is_name(subject[0]):
            return None  # `misroute fewer than 4`
        noun = _unit_in_name(subject)
    flows = op in ("gte", "gt") or (op == "eq" and verb in DONE)
    if flows and not (figure.period.per or subject or figure.change or _is_level(figure)):
        return None  # work that goes on: in what time?
    return target_of(metric, op, value, noun, _per(figure, flow=verb in DONE and not subject))


def _level(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`95%+ delivery rate`, `$120k MRR`, `bundle size at most 250 kB`, `Resolve 70% of tickets on first contact`."""
    rest = _without_copulas(figure.bound.before)
    thing, tail = _split_tail(figure.bound.after)
    verb, subject = _split_verb(rest) if thing or tail or len(rest) == 1 else ("", _without_opening(rest))
    unit = figure.quantity.unit
    if unit.isupper() and not thing and tail[:1] and tail[0].word == "in":
        thing = [Token("of"), *_split_tail(tail[1:])[0]]  # `€1.2M in new ARR`
    if thing[:1] and thing[0].word == "of":
        metric, op = _of_what(figure, op, verb, subject, thing[1:])
        aside = " ".join(token.text for token in tail) if unit == "percent" else ""
        metric = (
            f"{metric} {aside}" if metric and aside and len(f"{metric} {aside}".split()) <= LONGEST_NAME else metric
        )
        words = thing[1:]
    else:
        if verb and verb != "save" and not (thing or subject):
            subject = rest  # `score 70+/100`: a name that could be a verb
        words = subject or thing
        metric = "" if subject and thing and thing[0].word not in TAIL else _metric(words)
        op = op or better(words)
    income = INCOME.get(words[-1].word) if unit.isupper() and words else None
    if unit.isupper() and len(unit) == 3 and verb in DONE and not subject:
        metric, op = metric or ("savings" if verb == "save" else ""), op or "gte"
        if not (figure.period.per or income):
            return None
    op = op or ("gte" if income else None)
    if not metric or not op:
        return None
    return target_of(metric, op, value, unit, _per(figure, flow=unit.isupper()) or income)


def _of_what(
    figure: Figure, op: Op | None, verb: str, subject: Sequence[Token], what: Sequence[Token]
) -> tuple[str, Op | None]:
    """`Resolve 70% of tickets on first contact`, `Keep main green 98% of the time`, `$450,000 of revenue`."""
    if figure.quantity.unit != "percent":
        return _metric(what), op or better(what)
    if subject and figure.bound.before[-1].word == "to":  # `Respond to 90% of requests`
        return _metric([*figure.bound.before, *what]), op or ("gte" if _is_verb(subject[0]) else None)
    if subject and (figure.verb in HOLDING or what[-1].word == "time"):  # `Keep main green 98% of the time`
        kept: Op | None = "gte" if figure.verb in HOLDING and what[-1].word == "time" else None
        return _metric(subject), op or better(subject) or kept
    if subject:
        return _metric([*subject, *what]), op or better([*subject, *what])
    if verb in DONE and better(what) != "lte" and verb != "escalate":
        return _metric([*what, Token(DONE[verb])]), op or "gte"
    done = any(token.word.endswith("ed") for token in what)  # `99% of requests answered`
    op = op or better(what) or ("gte" if done and not verb else None)
    return _metric([*what, *([Token(DONE[verb])] if verb in DONE else [])]), op


def _duration(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`Process all replies within 1 hour`, `MTTR below 1h`, `No ticket waits longer than 2 days`, `every 6 hours`."""
    unit = _SPELLED.get(figure.quantity.unit.casefold(), figure.quantity.unit)
    before = figure.bound.before
    last = before[-1].word if before else ""
    within = figure.bound.phrase in WITHIN or last == "in"
    if figure.bound.after and figure.bound.after[0].word not in (*TAIL, "of"):
        return None
    if last == "every" and not op:
        metric = _metric([token for token in before[:-1] if token.word not in COPULAS])
        return (
            target_of(f"time between {_lowered(metric)}", "lte", value, unit)
            if metric and not figure.period.per
            else None
        )
    if within and (op or last == "in"):
        return _in_time(figure, before[:-1] if last == "in" else before, op or "lte", value, unit)
    after = figure.bound.after
    if len(before) == 1 and last in DONE and after[:1] and after[0].word == "of" and figure.period.per:
        return (
            target_of(_metric(after[1:]), op or "gte", value, unit, figure.period.per) if _metric(after[1:]) else None
        )
    _, subject = _split_verb(_without_copulas(before), durations=True)
    metric = _metric(subject)
    if figure.bound.negated and metric and "time" not in metric.casefold().split():
        metric = f"time of {_lowered(metric)}"
    if not op:
        lasting = not LASTING.isdisjoint(token.word for token in subject)
        op = "gte" if lasting else "lte" if better(subject) == "lte" else None
    if len(subject) == 1:  # `Spend at most 2 hours a day on meetings`
        metric = _metric([*subject, *after])
    return target_of(metric, op, value, unit, _per(figure, flow=False)) if metric and op else None


def _in_time(figure: Figure, what: Sequence[Token], op: Op, value: float, unit: str) -> Target | None:
    """`Process all replies within 1 hour`, `Invoices paid within 30 days`, `Response time within 2 s`."""
    words = [token for token in what if token.word not in ("is", "are", "be")]
    metric = _metric(words)
    if figure.period.per or not metric:
        return None
    if words[-1].word in DELAYS and words[0].word not in DONE:
        return target_of(metric, op, value, unit)
    done = any(token.word.endswith("ed") or token.word in DONE.values() for token in words)
    return target_of(f"time {'until' if done else 'to'} {_lowered(metric)}", op, value, unit)


def _awaited(figure: Figure, value: float) -> Target | None:
    """`facilitate 15-min human review`: quick is meant where it is something that somebody waits for."""
    metric, verb = _metric(figure.bound.after), " ".join(token.word for token in figure.bound.before)
    awaited = bool(metric) and figure.bound.after[-1].word.removesuffix("s") in AWAITED
    if not awaited or figure.period.per or (verb and verb not in DONE):
        return None
    unit = figure.quantity.unit
    return target_of(f"{metric} time", "lte", value, _SPELLED.get(unit, unit))


def _times(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`Deploy twice a week`, `Visit every site three times per quarter`: a verb, and a period."""
    words = [token for token in figure.bound.before if token.word not in ("every", "each", "the")]
    metric = _metric([token for token in words if token.word not in TAIL])
    if not metric or not figure.period.per or (not op and (words[0].word not in DONE or better(words) == "lte")):
        return None
    return target_of(_lowered(metric), op or "gte", value, "times", figure.period.per)


def _per(figure: Figure, *, flow: bool) -> Period | None:
    """The period of a target; `this year` counts only for what flows, a level is reached in it."""
    return None if figure.period.soft and (figure.change or not flow) else figure.period.per


def _is_level(figure: Figure) -> bool:
    return figure.verb in LEVELS or (figure.bound.op is not None and not figure.verb) or bool(figure.bound.negated)


def _split_verb(words: Sequence[Token], *, durations: bool = False) -> tuple[str, list[Token]]:
    """The verb with which words begin, and what is left as the subject, without articles and `keep` or `reach`."""
    subject = list(words)
    verb = subject[0].word if subject and subject[0].word in DONE and (not durations or len(subject) == 1) else ""
    if verb and len(subject) == 1:
        return verb, []
    rest = _without_opening(subject)
    return (subject[0].word if len(rest) < len(subject) else ""), rest


def _without_opening(words: Sequence[Token]) -> list[Token]:
    """Words without the `keep`, `achieve a` and the like with which they begin."""
    at = next((at for at, token in enumerate(words) if token.word not in HOLDING), len(words))
    return list(words[at:])


def _split_tail(words: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Words up to the first preposition or the like, and the rest."""
    at = next((at for at, token in enumerate(words) if token.word in TAIL), len(words))
    return list(words[:at]), list(words[at:])


def _is_clear(bound: Bound) -> bool:
    words = [token.word.rstrip(".") for token in (*bound.before, *bound.after)]
    return DOUBTFUL.isdisjoint(words) and not any(token.is_quantity for token in (*bound.before, *bound.after))


def _with_condition(words: list[Token]) -> list[Token]:
    """`90% of chats within 60 seconds`: the seconds belong to what is counted, as one word of its name."""
    figures = [at for at, token in enumerate(words) if token.is_quantity]
    if len(figures) != 2 or words[figures[0]].unit != "percent" or not _TIME.fullmatch(words[figures[1]].unit):
        return words
    start = next((at for at in range(figures[0], figures[1]) if words[at].word in WITHIN), None)
    if start is None or words[figures[0] + 1].word != "of":
        return words
    return [*words[:start], Token(" ".join(token.text for token in words[start:]))]


def _metric(words: Sequence[Token]) -> str:
    """The name of what is counted or measured; empty where words are none."""
    named = [token for token in words if token.word not in ("the", "our", "a", "an", ",")]
    fit = 0 < len(named) <= 7 and not any(token.is_quantity or token.word in STOP for token in named)
    if not fit or not all(any(c.isalpha() for c in token.text) or token.text.isalnum() for token in named):
        return ""
    return " ".join("average" if token.word == "avg" else token.text.rstrip(":.,") for token in named)


def counted(thing: Sequence[Token]) -> Token:
    """The word for what is counted: `beds` of `beds empty overnight`, `litres` of `litres of milk`."""
    end = next((at for at, token in enumerate(thing) if token.word in ("of", "a", "an")), len(thing)) or len(thing)
    whole = end == len(thing)  # `people watching a door` are people
    while end > 1 and (thing[end - 1].word in STATES or thing[end - 1].word.endswith("ly" if whole else "ing")):
        end -= 1
    return thing[end - 1]


def _unit_in_name(subject: Sequence[Token]) -> str:
    """The unit of a bare number: `days` of `days sales outstanding`, points of a score, else what is counted."""
    times = [token.word for token in subject if len(token.word) > 3 and _TIME.fullmatch(token.word)]
    if times or SCORES.isdisjoint(token.word for token in subject):
        return times[0] if times else subject[-1].text
    return "points"


def _without_copulas(before: Sequence[Token]) -> list[Token]:
    """The words before a quantity without `is`, `of`, `stays` and the like; a verb at the beginning stays."""
    verbs = UPWARDS | DOWNWARDS | {"bring", "get", "improve"}
    if len(before) > 1 and before[0].word in verbs and before[1].word not in ("rate", "ratio", "time"):
        before = before[1:]  # `Drop churn below 3%`
    return [one for at, one in enumerate(before) if one.word not in COPULAS or (at == 0 and one.word in DONE)]


def _is_name(token: Token) -> bool:
    """Whether a word alone is the name of something: `errors`, `NPS`, `backlog`, no verb that is not in our list."""
    return token.word.endswith("s") or token.text[1:] != token.word[1:] or better([token]) is not None


def _is_verb(token: Token) -> bool:
    return token.word in DONE or token.word in ("respond", "reply", "follow", "detect", "acknowledge", "restore", "get")


def _lowered(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
