"""Names that differ, and that a reader is still likely to confuse."""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from validator.model.unicode import skeleton

_WORD = re.compile(r"(?<!\S)\.\w+|[\w+#&]+")
_SMALL = frozenset("an the of and for to in on at by with".split())
_NUMBERS = {
    word: str(number)
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_HAND = str.maketrans("ilozsb", "110258")  # alone, or among digits
_ROMAN = re.compile("[ivxlc]+")
_NARROW = frozenset("ijlt")
_LONG = 4  # letters; shorter words differ by one letter as a rule

Key = tuple[object, ...]


class NearParts(NamedTuple):
    """What tells that a name is near another: its words, the places where one may differ, and the words arranged."""

    words: list[str]
    places: list[int]
    arranged: list[str]


def near_parts(name: str) -> NearParts:
    """The parts of a name."""
    words = _words(name)
    places = [at for at, word in enumerate(words) if _is_long(word)]
    return NearParts(words, places, _arranged([word for word in words if word not in _SMALL]))


@functools.lru_cache(maxsize=4096)
def _is_long(word: str) -> bool:
    """Whether another word may be the same but for a letter: it is no number, and no letter by itself."""
    return word.isalpha() and len(word) > 1 and not _ROMAN.fullmatch(word)


def near_keys(name: str) -> Iterator[tuple[Key, str]]:
    """(key, word): names with an equal key are near when their words are one letter apart, or the same."""
    words, places, arranged = near_parts(name)
    if arranged:
        yield ("words", *arranged), ""
    for at in places:
        yield (at, *words[:at], None, *words[at + 1 :]), words[at]


def one_letter_apart(one: str, other: str) -> bool:
    """Whether two long words are one letter apart, or two short ones one narrow letter."""
    if one == other:
        return True
    if min(len(one), len(other)) >= _LONG:
        from rapidfuzz.distance import OSA  # only for two names that are the same but for one word

        return OSA.distance(one, other, score_cutoff=1) <= 1
    pairs = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and len(pairs) == 1 and _NARROW.issuperset(pairs[0])


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name).casefold()
    if not text.isascii():  # without accents, and strokes through a letter
        text = "".join(c if c.isascii() else skeleton(c) for c in unicodedata.normalize("NFD", text))
        text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    return [_plain(word) for word in _WORD.findall(text.replace("vv", "w").replace("_", " "))]


@functools.lru_cache(maxsize=4096)  # names share most of their words
def _plain(word: str) -> str:
    """A number in figures, however it is written."""
    word = _NUMBERS.get(word, _ORDINAL.sub(r"\1", word).lstrip("#") or word)
    if len(word) == 1 or any(character.isdecimal() for character in word):
        word = word.translate(_HAND)
    return word.lstrip("0") or word if word.isdecimal() else word


def _arranged(words: list[str]) -> list[str]:
    """The words in order of the alphabet; of several numbers, each stays with the word before it."""
    if sum(len(word) == 1 or word.isdecimal() for word in words) > 1:
        text = re.sub(r" (?=(?:\d+|.)(?: |$))", "\x1f", " ".join(words))
        words = text.split(" ")
    return sorted(words)
