"""The numbers that a sentence states, in figures or in words; `operations/claim/clause.py` reads what they count."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_ALONE = {"no": 0, "none": 0, "never": 0, "without": 0, "once": 1, "twice": 2, "dozen": 12}
# The scales that a target's amount may have; numbers in a sentence have a few more.
SCALES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
_SCALES = SCALES | {"mn": 10**6, "b": 10**9, "hundred": 100}
_FIGURE = re.compile(
    r"(?<![\w.])(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?P<fraction>\.[0-9]+)?"
    r"(?:(?P<scale>k|m|mn|b|bn|\s?(?:hundred|thousand|million|billion))(?![a-z]))?(?P<percent>\s?(?:%|per\s?cent\b))?",
    re.IGNORECASE,
)


_DIGITS = re.compile("[0-9]+")


class NumberInWords(NamedTuple):
    """A number that is written in words, and where it ends; `times` for `once` and `twice`."""

    value: int
    end: int
    times: bool = False


_IN_WORDS = re.compile(
    rf"(?:(?:an?|{'|'.join(_UNITS)}|{'|'.join(_TENS)})[ -]+)?(?:dozen|hundred|thousand|million)\b"
    rf"|(?:(?P<tens>{'|'.join(_TENS)})[ -])?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b"
    rf"|(?P<ten>{'|'.join(_TENS)})\b|(?P<times>once|twice|thrice)\b",
    re.IGNORECASE,
)


# With one of these words, in small letters, a number in words begins.
FIRST_WORDS = frozenset(
    (*_UNITS, *_TENS, "a", "an", "dozen", "hundred", "thousand", "million", "once", "twice", "thrice")
)
# A text in ASCII without a digit and without any of these states no number. One pattern for both would be slow.
_NUMBER_WORDS = re.compile("|".join((*_UNITS, *_TENS, *_ALONE, *(word for word in _SCALES if len(word) > 2))))
_LETTERS = re.compile("[a-z]+")


def words_to_number(text: str, at: int) -> NumberInWords | None:
    """The number in words that begins at a place: `twelve`, `twenty-five`, `a dozen`, `two hundred`, `twice`."""
    found = _IN_WORDS.match(text, at)
    if not found or text[found.end() : found.end() + 1] == "-" or (at and text[at - 1].isalnum()):
        return None
    if not found[0].isascii():
        return None  # a dotless i is an i where case is ignored
    words = found[0].casefold().replace("-", " ").split()
    if found["times"]:
        return NumberInWords({"once": 1, "twice": 2, "thrice": 3}[words[0]], found.end(), times=True)
    value, scales = 0, _SCALES | {"dozen": 12}
    for word in words:
        value = (
            value * scales[word]
            if word in scales and value
            else value + {"a": 1, "an": 1, **_UNITS, **_TENS, **scales}[word]
        )
    times = re.match(r" times\b", text[found.end() :])
    return NumberInWords(value, found.end() + (times.end() if times else 0), times=bool(times))


def may_state(text: str) -> bool:
    """Whether a text may state a number; most words and many clauses cannot, and are not read."""
    return not text.isascii() or bool(_DIGITS.search(text) or _NUMBER_WORDS.search(text.lower()))


def numbers_stated(sentence: str) -> frozenset[float]:
    """The numbers that a sentence states: `$120k` 120000, `95%+` 95 (and 0.95), `1,000`, `twelve`, `twenty-five`."""
    if not may_state(sentence):
        return frozenset()
    text = unicodedata.normalize("NFKC", sentence)
    return frozenset(_figures(text)) | frozenset(_spelled(text.casefold()))


def _figures(text: str) -> Iterator[float]:
    for match in _matches(text):
        # Scaled as a decimal string, not as a float: 1.1k is 1100, not 1100.0000000000002.
        number = float(match["digits"].replace(",", "") + (match["fraction"] or ""))
        scale = (match["scale"] or "").strip().lower()
        if scale in ("", "m"):  # 5m may be minutes
            yield number
        if scale:
            yield round(number * _SCALES[scale], 6)
        if match["percent"]:
            yield round(number / 100, 8)


def _matches(text: str) -> Iterator[re.Match[str]]:
    """The same as `_FIGURE.finditer`, which tries every character of a text: a figure begins with its digits."""
    end = 0
    for digits in _DIGITS.finditer(text):
        if digits.start() >= end and (match := _FIGURE.match(text, digits.start())):
            end = match.end()
            yield match


def _spelled(text: str) -> Iterator[float]:
    """Numbers in words: a run of number words is one number, and each of its words is a number as well."""
    total, current, running, before = 0, 0, False, ""
    for word in [*_LETTERS.findall(text), ""]:
        if word in _UNITS or word in _TENS:
            value = _UNITS.get(word, _TENS.get(word, 0))
            yield value
            current, running = current + value, True
        elif len(word) > 2 and word in _SCALES and (running or before == "a"):
            scaled = max(current, 1) * _SCALES[word]
            total, current = (total, scaled) if word == "hundred" else (total + scaled, 0)
            running = True
        elif word in _ALONE:
            yield _ALONE[word]
        elif running and word != "and":
            yield total + current
            total, current, running = 0, 0, False
        before = word
