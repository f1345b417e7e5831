"""The words and quantities of a sentence: `$120k`, `95%+`, `300 ms`, `twelve`, `10-12`; and what only looks like one.

A year, an ordinal, a room, a version and a name with a digit are words. A number that can be read in two ways (1.000,
5m, 12_000, a date, 24/7) is a quantity without a value: whoever reads the sentence has to ask.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from validator.model.numbers import FIRST_WORDS, SCALES, NumberInWords, words_to_number
from validator.model.shapes import Op

LARGEST = 2**53 - 1  # what JSON carries exactly
_CODES = "USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|SEK|NOK|DKK|PLN|CNY"
_TIME = "ms|msecs?|milliseconds?|s|secs?|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?"
_SIZE = "[kKMGT]?B|[KMG]iB|[kMG]?Wh|°C|t|kg|g|km"
_MONEY = rf"{_CODES}|(?:US )?dollars?|euros?|pounds?|[$€£¥]"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:['’][0-9]{3})+|[0-9]{1,15}"
_PERIODS = "hour|day|week|month|quarter|year|h|d|second|minute|sprint|shift"
_QUANTITY = re.compile(
    rf"""(?P<near>±)?(?:(?P<sign>[$€£¥])|(?P<code>{_CODES})\ (?=[0-9]))?
    (?P<digits>{_NUMBER})(?P<fraction>\.[0-9]{{1,6}})?
    (?:[-–—](?P<high>[0-9]{{1,15}}(?:\.[0-9]{{1,6}})?)(?![-–—0-9]))?
    (?:\ ?(?P<scale>[kKM](?![\w])|m(?=\b)(?!\w)|(?:thousand|million|billion|mn|bn)\b))?
    (?P<plus>\+)?
    (?:\ ?(?P<share>%|‰|(?:percent|per\ cent|pct)\b)
      |(?P<form>-(?:{_TIME})\b)
      |\ ?(?P<kind>business|working|calendar)\ (?P<spell>days?|hours?)\b
      |\ ?(?P<time>{_TIME})(?![\w²/]*\d)\b(?!-)
      |\ ?(?P<size>{_SIZE})(?!\w)
      |\ ?(?P<money>{_MONEY})(?!\w)
      |(?P<factor>\ ?x)\b
      |\ ?(?P<times>times)\b)?
    (?P<more>\+)?
    (?:\ ?/\ ?(?P<of>100|10|5)\b(?!/)|\ out\ of\ (?P<outof>100|10|5)\b)?(?P<rest>(?:,[0-9]|[\w.:/'_])*)""",
    re.VERBOSE,
)
# Numbers that mean two things, or no amount: dates, clock times, decimal commas, idioms.
_UNCLEAR = re.compile(
    r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}|[0-9]+:[0-9]+|[0-9]+(?:_[0-9]+)+"
    r"|(?!0\.)[0-9]{1,3}\.[0-9]{3}(?![0-9])|[0-9]+\.[0-9]+\.[0-9.]*|[0-9]+x[0-9]+"
    r"|[0-9]+,[0-9]{1,2}(?![0-9])|[0-9]+[a-z][0-9]+\w*|[0-9]+/(?!(?:100|10|5)\b)[0-9]+"
)
_NAME = re.compile(r"#\w[\w-]*|[0-9]+(?:st|nd|rd|th)\b|[^\W\d_][\w'’&]*(?:[-./:][\w'’&]+)*\.?")
_LETTERS = re.compile("[A-Za-z]+")
_BETWEEN_DIGITS = re.compile("[,'’]")
_TIMES = {"": 1, **SCALES, "mn": 10**6}
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "dollar": "USD", "us dollar": "USD"} | {
    "euro": "EUR",
    "pound": "GBP",
}
_CURRENCY_CODES = frozenset(_CODES.split("|"))
_SLASH = re.compile(rf" */ *(?=(?:{_PERIODS})\b)", re.IGNORECASE)
_TOKEN = re.compile(r"\s+|(?P<sign>>=|<=|==|[<>=≥≤])|(?P<else>[^\s])")
# A bare number after one of these tells which one, not how many.
LABELS = frozenset(
    """article batch bug building chapter exit flight floor gate group issue item iso level line milestone model no nr
    number option page part phase plan platform point project release rfc room round section session slot sprint squad
    stage step story team tier ticket top track version wave week zone""".split()
)
_ALSO_VERBS = frozenset("group issue model plan release track".split())  # `Plan 5 campaigns`
_TELL_YEARS = frozenset("after before by during fy in since through until year".split())
_MONTHS = frozenset("january february march april may june july august september october november december".split())
_BEFORE_YEARS, _LABELS_OR_MONTHS = _TELL_YEARS | _MONTHS, LABELS | _MONTHS
_VALUES = frozenset("minute hour day week month year".split())
_VALUED = frozenset("within under below than".split())
_ONES = frozenset("any each every no only that the this which".split())
_FRACTIONS = frozenset("third thirds half halves quarters fifth fifths tenth in".split())  # one third, 1 in 50


class Token(NamedTuple):
    """A word, or a quantity with its unit; `high` is the upper end of a range, `sign` the direction of `+`."""

    text: str
    is_quantity: bool = False
    value: int | float | None = None
    high: int | float | None = None
    unit: str = ""
    sign: Op | None = None
    near: bool = False
    form: bool = False  # an adjective: `15-min review`

    @property
    def word(self) -> str:
        """The word in small letters; empty for a quantity."""
        return "" if self.is_quantity else self.text.casefold()


END = Token("")  # where no token follows, or none stands before


def tokens(sentence: str) -> list[Token]:
    """The words and quantities of a sentence."""
    found = list[Token]()
    text = unicodedata.normalize("NFKC", sentence)
    if "/" in text:
        text = _SLASH.sub(" per ", text)
    for token in _raw(text):
        found.append(_in_place(token, found) if token.is_quantity else token)
    for at, token in enumerate(found):
        if token.is_quantity:
            found[at] = _before_a_name(token, found[at + 1] if at + 1 < len(found) else END)
    return _with_values(found)


def _with_values(found: list[Token]) -> list[Token]:
    """`within the hour` and `under a month` state one hour and one month."""
    for at in range(len(found) - 2, 0, -1):
        article, unit = found[at], found[at + 1]
        if unit.word in _VALUES and article.word in ("a", "an", "the") and found[at - 1].word in _VALUED:
            found[at : at + 2] = [Token(f"{article.text} {unit.text}", True, 1, unit=unit.text)]
    return found


def _raw(text: str) -> Iterator[Token]:
    at, end = 0, len(text)
    while at < end:
        if text[at].isspace():
            at += 1
            continue
        name = _NAME.match(text, at)
        if name and (word := _word(name[0])):
            token, at = word, name.end()  # most words
        else:
            token, at = _next(text, at, name)
        yield token


def _next(text: str, at: int, name: re.Match[str] | None) -> tuple[Token, int]:
    if (found := _UNCLEAR.match(text, at)) and not text[found.end() : found.end() + 1].isalnum():
        return Token(found[0], True), found.end()
    if name and (number := words_to_number(text, at)):
        return _in_words(text, at, number)
    if (found := _QUANTITY.match(text, at)) and (not name or found["code"]):
        return _quantity(found), found.end()
    if name:
        return Token(name[0]), name.end()
    found = _TOKEN.match(text, at)
    assert found
    return Token(found[0]), found.end()


@functools.lru_cache(maxsize=1024)
def _word(name: str) -> Token | None:
    """The token of a name with which neither a quantity nor a number in words begins."""
    letters = _LETTERS.match(name)
    plain = letters and letters[0].lower() not in FIRST_WORDS and name not in _CURRENCY_CODES
    return Token(name) if plain else None


def _in_words(text: str, at: int, number: NumberInWords) -> tuple[Token, int]:
    """`ten working days` has the unit of `10 working days`."""
    digits = str(number.value)
    found = _QUANTITY.match(digits + text[number.end : number.end + 40])
    if number.times or not found or found.end() == len(digits):
        return Token(text[at : number.end], True, number.value, unit="times" if number.times else ""), number.end
    end = number.end + found.end() - len(digits)
    return _quantity(found)._replace(text=text[at:end]), end


def _quantity(found: re.Match[str]) -> Token:
    if found[0] == found["digits"]:
        return Token(found[0], True, _value(found[0], None, ""))
    scale = (found["scale"] or "").lower() if found["scale"] != "m" or found["sign"] else "minutes?"
    value, high = _value(found["digits"], found["fraction"], scale), None
    if found["high"]:
        whole, point, fraction = found["high"].partition(".")
        high = _value(whole, point + fraction, scale)
    sign: Op | None = "gte" if found["plus"] or found["more"] else None
    unit, amount = _unit(found), sum(bool(found[part]) for part in ("sign", "code", "share", "form", "time", "size"))
    scaled = found["scale"] and (found["share"] or found["form"] or found["time"])  # 2k hours, 5k %
    twice = amount > 1 or scaled or (found["share"] and found["of"]) or (found["plus"] and found["more"])
    thousands = found["digits"] != "0" and len(found["fraction"] or "") == 4  # 1.250 may be a thousand and more
    if (
        value is None
        or twice
        or thousands
        or found["rest"].strip(".:")
        or (found["high"] and (high is None or high <= value))
    ):
        return Token(found[0], True)
    return Token(found[0], True, value, high, unit, sign, bool(found["near"]), bool(found["form"]))


def _value(digits: str, fraction: str | None, scale: str) -> int | float | None:
    times = _TIMES.get(scale)
    if times is None:
        return None
    digits = _BETWEEN_DIGITS.sub("", digits)
    number = Decimal(digits + fraction) * times if fraction else int(digits) * times
    if number > LARGEST:
        return None
    return int(number) if number == int(number) else float(number)


def _unit(found: re.Match[str]) -> str:
    if found["of"] or found["outof"]:
        return "points"
    if found["share"]:
        return "percent" if found["share"] != "‰" else "permille"
    if found["kind"]:
        return f"{found['kind']} {found['spell']}"
    named = found["sign"] or found["money"] or ""
    if named:
        return _CURRENCIES.get(named.lower().removesuffix("s"), named)
    form = (found["form"] or "").removeprefix("-")
    return found["code"] or found["time"] or form or found["size"] or ("x" if found["factor"] else found["times"] or "")


def _in_place(token: Token, before: list[Token]) -> Token:
    """A quantity as a word where what stands before it makes it a name: a year, a room, a version, `Apollo 11`."""
    last = before[-1] if before else END
    bare = not token.unit and token.sign is None and token.high is None
    if (
        bare
        and len(token.text) == 4
        and token.text.isdecimal()
        and 1990 <= int(token.text) <= 2099
        and last.word in _BEFORE_YEARS
    ):
        return Token(token.text)
    if token.text.casefold() == "one" and last.word in _ONES:
        return Token(token.text)
    named = last.text[:1].isupper() and not last.text.isupper() and len(before) > 1 and not last.is_quantity
    label = last.word.rstrip(".") in _LABELS_OR_MONTHS and not (len(before) == 1 and last.word in _ALSO_VERBS)
    if bare and token.text[:1].isdigit() and (label or named):
        return Token(token.text)
    return token


def _before_a_name(token: Token, following: Token) -> Token:
    """A number before a name is part of it: `1 March`, `221 Baker Street`."""
    if token.unit or following.is_quantity:
        return token
    named = following.text[:1].isupper() and following.text[1:].islower()
    return Token(token.text, True) if named or following.word in _FRACTIONS else token
