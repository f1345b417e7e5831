"""What the words of a claim come to: twins under folding, look-alike letters, numbers that a sentence states."""

import functools
import re
import unicodedata
from collections.abc import Iterator

# Bidirectional controls and everything that takes no room: text that a human sees otherwise than a program.
# (A byte order mark is one too, and unreadable: validator.document.UNREADABLE.)
INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
WORD = re.compile(r"[^\W\d_]+")
_PUNCTUATION = " \t\n-_.,;:'\"()[]{}<>/\\|!?*~^`\u2212"  # what is left can tell roles apart: R&D, C#, 50%
_DROPPED = str.maketrans("", "", _PUNCTUATION)


@functools.lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """The same string for texts that a reader takes for the same: NFKC, case, spacing, punctuation, look-alikes."""
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        # Before and after case folding: the Cyrillic capital Ve looks like B, its small form like nothing in ASCII.
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
    from confusable_homoglyphs import confusables  # loads a table that ASCII text never needs

    found = confusables.is_confusable(character, preferred_aliases=[])
    twins = [twin["c"] for twin in found[0]["homoglyphs"]] if found else []
    return next((twin for twin in twins if len(twin) == 1 and twin.isascii() and twin.isalnum()), None)


def _script(character: str) -> str:
    from confusable_homoglyphs import categories

    return str(categories.alias(character))


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
_SCALES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6, "b": 10**9, "bn": 10**9} | {
    "billion": 10**9,
    "hundred": 100,
}
_FIGURE = re.compile(
    r"(?<![\w.])(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?P<fraction>\.[0-9]+)?"
    r"(?:(?P<scale>k|m|mn|b|bn|\s?(?:hundred|thousand|million|billion))(?![a-z]))?(?P<percent>\s?(?:%|per\s?cent\b))?",
    re.IGNORECASE,
)


def numbers_stated(sentence: str) -> frozenset[float]:
    """The numbers that a sentence states: `$120k` 120000, `95%+` 95 (and 0.95), `1,000`, `twelve`, `twenty-five`."""
    text = unicodedata.normalize("NFKC", sentence)
    return frozenset(_figures(text)) | frozenset(_spelled(text.casefold()))


def _figures(text: str) -> Iterator[float]:
    for match in _FIGURE.finditer(text):
        # Scaled as a decimal string, not as a float: 1.1k is 1100, not 1100.0000000000002.
        number = float(match["digits"].replace(",", "") + (match["fraction"] or ""))
        scale = (match["scale"] or "").strip().lower()
        if scale in ("", "m"):  # 5m may be minutes
            yield number
        if scale:
            yield round(number * _SCALES[scale], 6)
        if match["percent"]:
            yield round(number / 100, 8)


def _spelled(text: str) -> Iterator[float]:
    """Numbers in words: a run of number words is one number, and each of its words stands alone as well."""
    total, current, running, before = 0, 0, False, ""
    for word in [*re.findall(r"[a-z]+", text), ""]:
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
