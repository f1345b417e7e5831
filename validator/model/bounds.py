"""Which way a quantity counts, and in what period: `at most`, `never above`, `or less`, `a week`, `daily`."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from validator.model.quantities import Token
from validator.model.shapes import Op, Period

SIGNS: Mapping[str, Op] = {
    ">=": "gte",
    "≥": "gte",
    ">": "gt",
    "<=": "lte",
    "≤": "lte",
    "<": "lt",
    "==": "eq",
    "=": "eq",
}
ADVERBS: Mapping[str, Period] = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}
PERIODS: Mapping[str, Period] = {**{period: period for period in ADVERBS.values()}, "h": "hour", "d": "day"}
# Times of no fixed length, or shorter than a target's periods.
UNSURE = frozenset(
    """afternoon cycle decade evening fortnight holiday iteration minute morning night release season second semester
    shift sprint term weekday weekend workday working business other two three four five six monday tuesday wednesday
    thursday friday saturday sunday""".split()
)
EACH = frozenset("a an any each every per".split())
_PLACES = frozenset("at for in on".split())
# What a change is called that leads to more, or to less.
UPWARDS = frozenset("boost double expand grow increase lift raise scale".split())
DOWNWARDS = frozenset("cut decrease drop lessen limit lower reduce shorten shrink slash trim".split())
NEGATIONS = frozenset("avoid cannot can't don't doesn't mustn't never no nobody none not nothing prevent won't".split())
_OPPOSITE: Mapping[Op, Op] = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt", "eq": "eq"}
_MORE = "more|greater|higher|longer|larger|bigger|older|later|over"
_LESS = "less|fewer|lower|smaller|shorter|faster|quicker|sooner|younger|cheaper|earlier"
_PHRASES: Sequence[tuple[str, Op]] = (
    (r"at or (?:below|under)|equal to or less than", "lte"),
    (r"at or (?:above|over)|equal to or more than", "gte"),
    (r"at least|(?:an? |the )?min(?:imum|\.)?(?: of)?|no worse than|no lower than", "gte"),
    (r"at (?:the )?most|up to|down to|(?:an? |the )?max(?:imum|\.)?(?: of)?|within|inside", "lte"),
    (rf"(?:{_MORE}) than|above|over|beyond|exceed(?:s|ing)?|upwards of|past", "gt"),
    (rf"(?:{_LESS}) than|under|below|beneath", "lt"),
    ("exactly|precisely", "eq"),
)
_ANY_BEFORE = re.compile(rf"(?:^| )(?:{'|'.join(phrase for phrase, _ in _PHRASES)})$")
_BEFORE = tuple((re.compile(rf"(?:^| )(?:{phrase})$"), op) for phrase, op in _PHRASES)
# One of these is in whatever the next patterns find.
_PARTS_AFTER = ("or ", "and ", "at ", "max", "min", "tops")
_AFTER: Sequence[tuple[re.Pattern[str], Op]] = (
    (re.compile(rf"\b(?:(?:or|and) (?:{_LESS}|below|under)|at (?:the )?most|max(?:imum|\.)?|tops)(?= |$)"), "lte"),
    (re.compile(rf"\b(?:(?:or|and) (?:{_MORE}|above|better|up)|at least|minimum|min\.)(?= |$)"), "gte"),
)


class Bound(NamedTuple):
    """The words beside a quantity without those that bound it, and what they say."""

    before: list[Token]
    after: list[Token]
    op: Op | None
    phrase: str = ""  # what stands before the quantity, as in `within`
    clear: bool = True
    negated: bool = False


class InPeriod(NamedTuple):
    """Words without their period. `soft`: only a calendar's, as `this year`; not `clear`: no period of ours."""

    words: list[Token]
    per: Period | None = None
    soft: bool = False
    clear: bool = True
    last: bool = False  # it ended the words, and may be that of other clauses as well


def split_bound(before: list[Token], quantity: Token, after: list[Token]) -> Bound:
    """What stands around a quantity, and which way that counts; `clear` is false where it contradicts itself."""
    before, op, phrase = _bound_before(before)
    after, op_after = _bound_after(after, quantity)
    turned = bool(op and before and before[-1].word in NEGATIONS)
    if op and turned:
        before, op, phrase = before[:-1], _OPPOSITE[op], f"{before[-1].word} {phrase}"
    negations = [token for token in before if token.word in NEGATIONS]
    said = [each for each in (op, op_after, quantity.sign) if each]
    clear = len(negations) + turned <= 1 and len(said) <= 1
    op = op or op_after or quantity.sign
    if negations and clear:
        before = [token for token in before if token.word not in NEGATIONS]
        return Bound(before, after, _OPPOSITE[op] if op else None, phrase, op is not None, negated=True)
    return Bound(before, after, op, phrase, clear)


def split_each(after: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """The words after a quantity without `an issue`, `per issue` or `in each issue`, and that as `per issue`.

    What is no period tells in what is counted. It stays where it is no part of the count: `watching a door`.
    """
    for at, token in enumerate(after):
        start = at - 1 if at > 1 and after[at - 1].word in _PLACES and token.word != "per" else at
        before = after[start - 1].word if start else ""
        if token.word not in EACH or before in _TAIL | _VALUED or before.endswith(("ing", "ed")):
            continue
        end = next((to for to in range(at + 1, len(after)) if after[to].word in _TAIL | EACH), len(after))
        named = [one for one in after[at + 1 : end] if one.text.isalpha() and one.word != "time"]
        if 0 < len(named) == end - at - 1 <= 2:
            return [*after[:start], *after[end:]], [Token("per"), *named]
    return list(after), []


def leads_to(before: Sequence[Token]) -> Op | None:
    """Which way a change counts that ends in the quantity after these words: `reduce open bugs to`."""
    if not before or before[-1].word != "to":
        return None
    verb = next((token.word for token in reversed(before) if token.word in UPWARDS | DOWNWARDS), "")
    return "gte" if verb in UPWARDS else "lte" if verb else None


def split_period(words: list[Token]) -> InPeriod:
    """Words without the period that they name."""
    near = [at for at, token in enumerate(words) if token.word in _PERIOD_STARTS]
    found = [(at, length, per, soft) for at in near for length, per, soft in _period_at(words, at)]
    if not found:
        return InPeriod(words)
    (at, length, per, soft), *others = found
    rest = words[:at] + words[at + length :]
    last = at + length == len(words) and not soft and at > 0
    return InPeriod(rest, per, soft, per is not None and not others, last)


def _bound_before(before: list[Token]) -> tuple[list[Token], Op | None, str]:
    if before and before[-1].text in SIGNS:
        return before[:-1], SIGNS[before[-1].text], before[-1].text
    text = " ".join(token.word for token in before[-4:])
    for pattern, op in _BEFORE if _ANY_BEFORE.search(text) else ():
        if found := pattern.search(text):
            phrase = found[0].strip()
            return before[: -len(phrase.split())], op, phrase
    return before, None, ""


def _bound_after(after: list[Token], quantity: Token) -> tuple[list[Token], Op | None]:
    text = " ".join(token.word or "0" for token in after)
    for pattern, op in _AFTER if any(part in text for part in _PARTS_AFTER) else ():
        if found := pattern.search(text):
            start, length = len(text[: found.start()].split()), len(found[0].split())
            better = "better" in found[0] and quantity.unit and quantity.unit not in ("percent", "points", "x")
            return after[:start] + after[start + length :], "lte" if better else op
    return after, None


def _period_at(words: list[Token], at: int) -> list[tuple[int, Period | None, bool]]:
    """(how many words, period, soft) of the period that begins here, none or one; None for one of no fixed length."""
    word, *following = (token.word for token in words[at : at + 4])
    before = words[at - 1] if at else Token("")
    following += [""] * 3
    if word in ADVERBS:
        free = at == 0 or before.is_quantity or at + 1 == len(words) or following[0] in _TAIL
        if at == 0 and any(token.unit in _HOURS for token in words):
            free = following[0].endswith(("time", "idle"))  # `weekly meetings under an hour` is no hour a week
        free = free or (at == 1 and before.word in _KEPT and any(token.unit in _FLOWS for token in words))
        return [(1, ADVERBS[word] if free and before.word not in _ARTICLES else None, False)]
    if word == "in" and re.fullmatch("(?:19|20)[0-9]{2}", following[0]):
        return [(2, "year", True)]
    if word in ("this", "next") and following[0] in PERIODS:
        return [(2, PERIODS[following[0]], True)]
    if word in ("per", "each", "every", "a", "an"):
        if following[0] in PERIODS and not (word in ("a", "an") and before.word in _VALUED):
            return [(2, PERIODS[following[0]], False)]
        counted = word not in ("a", "an") or (any(token.is_quantity for token in words[:at]) and _ends_count(before))
        if counted and (set(following[0].split("-")) & UNSURE or following[0] in UNSURE):
            return [(2, None, False)]
        if word == "per" and following[1] in PERIODS:
            return [(3, PERIODS[following[1]], False)]
    return []


def _ends_count(before: Token) -> bool:
    """Whether a quantity, or what it counts, can end with this word: `3 lambs a season`, not `within a season`."""
    return before.word not in _TAIL | _VALUED | _ARTICLES


_PERIOD_STARTS = frozenset((*ADVERBS, *"in this next per each every a an".split()))
_ARTICLES = frozenset("a an the for our this its their".split())
# `Keep monthly churn below 2%` is a share of each month.
_KEPT = frozenset("keep hold".split()) | UPWARDS | DOWNWARDS
_HOURS = frozenset("s sec second seconds min mins minute minutes h hour hours".split())
_FLOWS = frozenset(("percent", "USD", "EUR", "GBP", "CHF", "JPY"))
_VALUED = frozenset("in within under below over than of about for takes take half".split())
_TAIL = frozenset(
    """above across after and are at before below between by for from in is on or over through to under via with within
    without""".split()
)
