"""Names of what is counted, for comparison: `Work orders` and `work order`, `boxes of apples` and `apple box`.

The keys are no words: `movies` and `movie` are both `movy`. They are only compared with each other.
"""

import functools
from collections.abc import Sequence

from validator.model.normalize import fold

_IRREGULAR = {
    "children": "child",
    "people": "person",
    "men": "man",
    "women": "woman",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
}
_NO_PLURAL = ("ss", "us", "is", "ics", "sales", "news", "lens", "gas")
# How words end in the plural and in the singular, and what both become.
_ENDINGS = {"ies": "y", "ie": "y", "ves": "f", "ve": "f", "ife": "if", "smen": "sman", "sis": "s"} | {
    f"{end}{more}": end for end in ("ch", "sh", "x", "z", "o", "s") for more in ("es", "e")
}
_RELATIONS = frozenset("by for from in of on per to with".split())


@functools.lru_cache(maxsize=1024)
def noun(name: str) -> str:
    """The key of a name of things: in the singular, without spacing and punctuation, `of` turned round."""
    return fold(" ".join(_turned([_singular(word) for word in _words(name)])))


@functools.lru_cache(maxsize=1024)
def is_plural(name: str) -> bool:
    """Whether a name is one of several things: `districts`, `boxes of apples`, `children`."""
    head = _head(_words(name))
    return head in _IRREGULAR or head.endswith("smen") or _has_s(head)


@functools.lru_cache(maxsize=1024)
def may_be_same(one: str, other: str) -> bool:
    """Whether two names are of the same kind of things, one perhaps said more exactly: `patient letters`, `letters`."""
    return noun(one) == noun(other) or _singular(_head(_words(one))) == _singular(_head(_words(other)))


def _words(name: str) -> Sequence[str]:
    return [word for word in map(fold, name.split()) if word]


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 1), None)
    if ending:
        return word.removesuffix(ending) + _ENDINGS[ending]
    return word[:-1] if _has_s(word) else word


def _has_s(word: str) -> bool:
    return len(word) > 2 and word.endswith("s") and not word.endswith(_NO_PLURAL)


def _turned(words: Sequence[str]) -> Sequence[str]:
    """`box of apple` as `apple box`; other relations stay: letters to patients are none from patients."""
    at = _first_relation(words)
    return [*_turned(words[at + 1 :]), *words[:at]] if words[at : at + 1] == ["of"] else words


def _head(words: Sequence[str]) -> str:
    """The word that says what it is, the last one before `of`, `to` and the like."""
    return " ".join(words[: _first_relation(words)][-1:])


def _first_relation(words: Sequence[str]) -> int:
    return next((at for at, word in enumerate(words) if at and word in _RELATIONS), len(words))
