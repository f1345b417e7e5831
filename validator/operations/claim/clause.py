"""One clause of a goal as targets: `Send 17 emails daily`, `Keep p95 latency below 300 ms`, `between 40% and 70%`."""

from collections.abc import Sequence
from typing import NamedTuple

from validator.model.bounds import (
    DOWNWARDS,
    PERIODS,
    UNSURE,
    UPWARDS,
    Bound,
    split_bound,
    split_each,
    split_period,
)
from validator.model.quantities import Token, tokens
from validator.model.shapes import Op, Target
from validator.model.units import is_measure
from validator.operations.claim.amounts import LONGEST, target_of
from validator.operations.claim.change import better, change_in
from validator.operations.claim.deadline import without_deadline
from validator.operations.claim.figure import Figure
from validator.operations.claim.lexicon import (
    DONE,
    DOUBTFUL,
    HOLDING,
    INCOME,
    INCOMINGS,
    LEVELS,
    REACHED,
    TAIL,
    WITHIN,
)
from validator.operations.claim.times import duration, repetitions, waiting_time
from validator.operations.claim.words import (
    TIME,
    counted,
    is_name,
    is_verb,
    is_work,
    name_of,
    split_tail,
    split_verb,
    unit_in_name,
    without_copulas,
    without_opening,
)

LONGEST_NAME = 9  # words of a metric with what stands aside


class Reading(NamedTuple):
    """What a clause came to. `bare`: a count without a period; `hangs`: it ends in `daily` or the like."""

    clause: str
    targets: tuple[Target, ...] = ()
    bare: bool = False
    hangs: bool = False


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
        return waiting_time(figure, value) if op is None else None
    if unit == "times":
        return repetitions(figure, op, value)
    if TIME.fullmatch(unit):
        return duration(figure, op, value)
    return _level(figure, op, value) if unit else _count(figure, op, value)


def _count(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`Send 17 emails daily`, `Keep the backlog under 150 issues`, verb, bound or noun tell which way."""
    thing, _ = split_tail(figure.bound.after)
    noun = counted(thing).text if thing else ""
    rest = without_copulas(figure.bound.before)
    verb, subject = split_verb(rest)
    if figure.period.per and thing and is_work(figure.bound.before, thing):
        return target_of(name_of(thing), op or "gte", value, noun, figure.period.per)
    metric = name_of([*subject, *thing] if len(subject) == 1 and not verb else subject or thing)
    if verb in DONE and not subject and thing:
        metric = f"{name_of(thing)} {DONE[verb]}" if name_of(thing) else ""
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
        if len(subject) == 1 and not is_name(subject[0]):
            return None  # `misroute fewer than 4`
        noun = unit_in_name(subject)
    flows = op in ("gte", "gt") or (op == "eq" and verb in DONE)
    if flows and not (figure.period.per or subject or figure.change or figure.is_level):
        return None  # work that goes on: in what time?
    return target_of(metric, op, value, noun, figure.per(flow=verb in DONE and not subject))


def _level(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`95%+ delivery rate`, `$120k MRR`, `bundle size at most 250 kB`, `Resolve 70% of tickets on first contact`."""
    rest = without_copulas(figure.bound.before)
    thing, tail = split_tail(figure.bound.after)
    verb, subject = split_verb(rest) if thing or tail or len(rest) == 1 else ("", without_opening(rest))
    unit = figure.quantity.unit
    if unit.isupper() and not thing and tail[:1] and tail[0].word == "in":
        thing = [Token("of"), *split_tail(tail[1:])[0]]  # `€1.2M in new ARR`
    if thing[:1] and thing[0].word == "of":
        metric, op = _of_what(figure, op, verb, subject, thing[1:])
        aside = " ".join(token.text for token in tail) if unit == "percent" else ""
        metric = (
            f"{metric} {aside}" if metric and aside and len(f"{metric} {aside}".split()) <= LONGEST_NAME else metric
        )
        words = thing[1:]
    else:
        if verb and verb not in INCOMINGS and not (thing or subject):
            subject = rest  # `score 70+/100`: a name that could be a verb
        words = subject or thing
        metric = "" if subject and thing and thing[0].word not in TAIL else name_of(words)
        op = op or better(words)
    income = INCOME.get(words[-1].word) if unit.isupper() and words else None
    if unit.isupper() and len(unit) == 3 and verb in DONE and not subject:
        metric, op = metric or INCOMINGS.get(verb, ""), op or "gte"
        if not (figure.period.per or income):
            return None
    op = op or ("gte" if income else None)
    if not metric or not op:
        return None
    return target_of(metric, op, value, unit, figure.per(flow=unit.isupper()) or income)


def _of_what(
    figure: Figure, op: Op | None, verb: str, subject: Sequence[Token], what: Sequence[Token]
) -> tuple[str, Op | None]:
    """`Resolve 70% of tickets on first contact`, `Keep main green 98% of the time`, `$450,000 of revenue`."""
    if figure.quantity.unit != "percent":
        return name_of(what), op or better(what)
    if subject and figure.bound.before[-1].word == "to":  # `Respond to 90% of requests`
        return name_of([*figure.bound.before, *what]), op or ("gte" if is_verb(subject[0]) else None)
    if subject and (figure.verb in HOLDING or what[-1].word == "time"):  # `Keep main green 98% of the time`
        kept: Op | None = "gte" if figure.verb in HOLDING and what[-1].word == "time" else None
        return name_of(subject), op or better(subject) or kept
    if subject:
        return name_of([*subject, *what]), op or better([*subject, *what])
    if verb in DONE and better(what) != "lte" and verb != "escalate":
        return name_of([*what, Token(DONE[verb])]), op or "gte"
    done = any(token.word.endswith("ed") for token in what)  # `99% of requests answered`
    op = op or better(what) or ("gte" if done and not verb else None)
    return name_of([*what, *([Token(DONE[verb])] if verb in DONE else [])]), op


def _is_clear(bound: Bound) -> bool:
    words = [token.word.rstrip(".") for token in (*bound.before, *bound.after)]
    return DOUBTFUL.isdisjoint(words) and not any(token.is_quantity for token in (*bound.before, *bound.after))


def _with_condition(words: list[Token]) -> list[Token]:
    """`90% of chats within 60 seconds`: the seconds belong to what is counted, as one word of its name."""
    figures = [at for at, token in enumerate(words) if token.is_quantity]
    if len(figures) != 2 or words[figures[0]].unit != "percent" or not TIME.fullmatch(words[figures[1]].unit):
        return words
    start = next((at for at in range(figures[0], figures[1]) if words[at].word in WITHIN), None)
    if start is None or words[figures[0] + 1].word != "of":
        return words
    return [*words[:start], Token(" ".join(token.text for token in words[start:]))]
