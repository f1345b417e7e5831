"""Text normalisation: keys for comparison, look-alike letters, invisible characters."""

import functools
import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from validator.model.unicode import is_allowed, is_newer, is_unassigned, skeleton, twin

SURROGATE = re.compile("[\ud800-\udfff]")  # JSON and pydantic refuse them
# LF is the only control character of a registry file. NEL, U+2028 and U+2029 break lines in YAML 1.1 and not in 1.2.
UNREADABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

# Bidirectional controls and characters without width: a human does not see what a program reads.
# (A byte order mark is in UNREADABLE instead.)
INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
WORD = re.compile(r"[^\W\d_]+")
_PUNCTUATION = " \t\n-_.,;:'\"()[]{}<>/\\|!?*~^`\u2212"  # the rest distinguishes roles: R&D, C#, 50%
_DROPPED = str.maketrans("", "", _PUNCTUATION)


_ROMAN = re.compile("[\u2170-\u217f]")  # small numerals: NFKC makes letters of them, and the number is lost
# 01 is 1, and so is 1.0. What stands before is looked at after the first character: that is found ten times as fast.
_SAME_NUMBER = re.compile(r"0(?<![\d.]0)0*(?=\d)|\.(?<=\d\.)(?<!\.\d\.)0+(?![\d.])")
_BETWEEN = re.compile(rf"(?<=\d)[{re.escape(_PUNCTUATION)}]+(?=\d)")  # 1.1 is not 11
_BEFORE = re.compile(r"(?<!\S)\.(?=[^\s\d.])")  # .NET is no net


@functools.lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """The same string for texts of the same letters: NFKC, case, spacing, punctuation, foreign look-alikes."""
    text = _marked(_plain(text))
    if not text.isascii():
        # Before and after case folding: the Cyrillic capital Ve looks like B, its small form like no ASCII letter.
        text = _as_ascii(_as_ascii(text).casefold())
    return _letters(text.casefold())


@functools.lru_cache(maxsize=1024)
def looks(text: str) -> str:
    """The same string for texts that the eye takes for each other: Outreach Al and A1, rn and m, Batch 01 and 1.

    Case folding comes after the skeleton, since I looks like l and i does not, and a skeleton once more after it.
    """
    plain = _plain(text if text.isascii() else _ROMAN.sub(lambda match: match[0].upper(), text))
    plain = _marked(_SAME_NUMBER.sub("", plain))
    return _letters(skeleton(skeleton(plain).casefold()).casefold())


def _plain(text: str) -> str:
    return text if text.isascii() else INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _marked(text: str) -> str:
    """The text with signs in place of the punctuation that makes a difference."""
    text = _BETWEEN.sub("\x1f", text)
    return _BEFORE.sub("\x1e", text) if "." in text else text


def _letters(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in text if c.isascii() or unicodedata.category(c)[0] not in "PZ")
    return text.translate(_DROPPED)


def look_alikes(text: str) -> Iterator[tuple[str, str]]:
    """(word, character) for words that mix ASCII letters with Cyrillic ones, or others which look like ASCII ones."""
    if text.isascii():
        return
    for match in WORD.finditer(text):
        word = match[0]
        foreign = [character for character in word if not character.isascii() and _is_foreign(character)]
        if foreign and any(c.isascii() for c in word):
            yield word, foreign[0]


def unfit(text: str) -> Iterator[tuple[str, str]]:
    """(character, why) for characters that show nothing sure: without a meaning, or drawn over others."""
    for character in sorted(set(text)):
        if character > "\u02ff" and (why := _unfit(character)):
            yield character, why
    for is_mark, run in groupby(text, lambda character: unicodedata.category(character) == "Mn"):
        marks = "".join(run)
        if is_mark and (len(marks) > 4 or len(set(marks)) < len(marks)):  # UTS #39, section 5.4
            yield marks[0], "is one of too many marks on one letter"


def _unfit(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Co":
        return "is for private use: each font shows it differently"
    if category == "Me":
        return "encloses the letter before it"
    if character in "\ufffc\ufffd":
        return "is a placeholder"
    if is_unassigned(character):
        return "is no character of Unicode"
    return "is newer than Unicode 14: versions of Python read it differently" if is_newer(character) else ""


def unusual(text: str) -> list[str]:
    """The letters of a name that Unicode does not recommend for names, and REG108 does not refuse: of old scripts."""
    if text.isascii():
        return []
    strange = (c for c in sorted(set(_plain(text))) if not c.isascii())
    return [c for c in strange if unicodedata.category(c)[0] in "LM" and not (is_allowed(c) or _unfit(c))]


def _is_foreign(letter: str) -> bool:
    script = unicodedata.name(letter, "").partition(" ")[0]
    return script == "CYRILLIC" or (script != "LATIN" and _ascii_twin(letter) is not None)


def _as_ascii(text: str) -> str:
    return "".join(c if c.isascii() else _ascii_twin(c) or c for c in text)


def _ascii_twin(character: str) -> str | None:
    """The ASCII letter that a character can be mistaken for."""
    found = twin(character)
    return found if len(found) == 1 and found.isascii() and found.isalnum() else None
