"""Times in a clause as targets: `within 1 hour`, `longer than 2 days`, `every 6 hours`, `three times per quarter`."""

from collections.abc import Sequence

from validator.model.quantities import Token
from validator.model.shapes import Op, Target
from validator.operations.claim.amounts import target_of
from validator.operations.claim.change import better
from validator.operations.claim.figure import Figure
from validator.operations.claim.lexicon import AWAITED, COPULAS, DELAYS, DONE, LASTING, TAIL, WITHIN
from validator.operations.claim.words import lowered, name_of, split_verb, without_copulas

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


def duration(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`Process all replies within 1 hour`, `MTTR below 1h`, `No ticket waits longer than 2 days`, `every 6 hours`."""
    unit = _SPELLED.get(figure.quantity.unit.casefold(), figure.quantity.unit)
    before = figure.bound.before
    last = before[-1].word if before else ""
    within = figure.bound.phrase in WITHIN or last == "in"
    if figure.bound.after and figure.bound.after[0].word not in (*TAIL, "of"):
        return None
    if last == "every" and not op:
        metric = name_of([token for token in before[:-1] if token.word not in COPULAS])
        return (
            target_of(f"time between {lowered(metric)}", "lte", value, unit)
            if metric and not figure.period.per
            else None
        )
    if within and (op or last == "in"):
        return _in_time(figure, before[:-1] if last == "in" else before, op or "lte", value, unit)
    after = figure.bound.after
    if len(before) == 1 and last in DONE and after[:1] and after[0].word == "of" and figure.period.per:
        return (
            target_of(name_of(after[1:]), op or "gte", value, unit, figure.period.per) if name_of(after[1:]) else None
        )
    _, subject = split_verb(without_copulas(before), durations=True)
    metric = name_of(subject)
    if figure.bound.negated and metric and "time" not in metric.casefold().split():
        metric = f"time of {lowered(metric)}"
    if not op:
        lasting = not LASTING.isdisjoint(token.word for token in subject)
        op = "gte" if lasting else "lte" if better(subject) == "lte" else None
    if len(subject) == 1:  # `Spend at most 2 hours a day on meetings`
        metric = name_of([*subject, *after])
    return target_of(metric, op, value, unit, figure.per(flow=False)) if metric and op else None


def _in_time(figure: Figure, what: Sequence[Token], op: Op, value: float, unit: str) -> Target | None:
    """`Process all replies within 1 hour`, `Invoices paid within 30 days`, `Response time within 2 s`."""
    words = [token for token in what if token.word not in ("is", "are", "be")]
    metric = name_of(words)
    if figure.period.per or not metric:
        return None
    if words[-1].word in DELAYS and words[0].word not in DONE:
        return target_of(metric, op, value, unit)
    done = any(token.word.endswith("ed") or token.word in DONE.values() for token in words)
    return target_of(f"time {'until' if done else 'to'} {lowered(metric)}", op, value, unit)


def waiting_time(figure: Figure, value: float) -> Target | None:
    """`facilitate 15-min human review`: quick is meant where it is something that somebody waits for."""
    metric, verb = name_of(figure.bound.after), " ".join(token.word for token in figure.bound.before)
    awaited = bool(metric) and figure.bound.after[-1].word.removesuffix("s") in AWAITED
    if not awaited or figure.period.per or (verb and verb not in DONE):
        return None
    unit = figure.quantity.unit
    return target_of(f"{metric} time", "lte", value, _SPELLED.get(unit, unit))


def repetitions(figure: Figure, op: Op | None, value: float) -> Target | None:
    """`Deploy twice a week`, `Visit every site three times per quarter`: a verb, and a period."""
    words = [token for token in figure.bound.before if token.word not in ("every", "each", "the")]
    metric = name_of([token for token in words if token.word not in TAIL])
    if not metric or not figure.period.per or (not op and (words[0].word not in DONE or better(words) == "lte")):
        return None
    return target_of(lowered(metric), op or "gte", value, "times", figure.period.per)
