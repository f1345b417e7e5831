"""Text normalisation: folding for comparison, look-alike letters, invisible characters."""

import functools
import re
import unicodedata
from collections.abc import Iterator

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


@functools.lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """The same string for texts that look the same to a human: NFKC, case, spacing, punctuation, look-alikes."""
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        # Before and after case folding: the Cyrillic capital Ve looks like B, its small form like no ASCII letter.
        text = _as_ascii(_as_ascii(text).casefold())
        text = "".join(c for c in text if c.isascii() or unicodedata.category(c)[0] not in "PZ")
    return text.casefold().translate(_DROPPED)


def look_alikes(text: str) -> Iterator[tuple[str, str]]:
    """(word, character) for words that mix ASCII letters with foreign letters which look like ASCII ones."""
    if text.isascii():
        return
    for match in WORD.finditer(text):
        word = match[0]
        foreign = [c for c in word if not c.isascii() and _script(c) != "LATIN" and _ascii_twin(c)]
        if foreign and any(c.isascii() for c in word):
            yield word, foreign[0]


def _as_ascii(text: str) -> str:
    return "".join(c if c.isascii() else _ascii_twin(c) or c for c in text)


def _ascii_twin(character: str) -> str | None:
    """The ASCII letter that a character can be mistaken for (Unicode TR 39, confusables)."""
    from confusable_homoglyphs import confusables  # loads a large table, which ASCII text does not need

    found = confusables.is_confusable(character, preferred_aliases=[])
    twins = [twin["c"] for twin in found[0]["homoglyphs"]] if found else []
    return next((twin for twin in twins if len(twin) == 1 and twin.isascii() and twin.isalnum()), None)


def _script(character: str) -> str:
    from confusable_homoglyphs import categories

    return str(categories.alias(character))
