"""The words of a clause around a quantity: verb, subject, and the name of what is counted or measured."""

import re
from collections.abc import Sequence

from validator.model.bounds import DOWNWARDS, NEGATIONS, UPWARDS
from validator.model.quantities import Token
from validator.operations.claim.change import better
from validator.operations.claim.lexicon import (
    AWAITED,
    COPULAS,
    DONE,
    DOUBTFUL,
    EITHER_WAY,
    HARMS,
    HOLDING,
    SCORES,
    STATES,
    STOP,
    TAIL,
)

TIME = re.compile(
    r"(?:(?:business|working|calendar) )?"
    r"(?:ms|m?secs?|(?:milli)?seconds?|s|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?)"
)

_NO_WORK = COPULAS | HOLDING | EITHER_WAY | UPWARDS | DOWNWARDS | NEGATIONS
_NO_WORK |= HARMS | TAIL | STOP | DOUBTFUL | AWAITED


def split_verb(words: Sequence[Token], *, durations: bool = False) -> tuple[str, list[Token]]:
    """The verb with which words begin, and what is left as the subject, without articles and `keep` or `reach`."""
    subject = list(words)
    verb = subject[0].word if subject and subject[0].word in DONE and (not durations or len(subject) == 1) else ""
    if verb and len(subject) == 1:
        return verb, []
    rest = without_opening(subject)
    return (subject[0].word if len(rest) < len(subject) else ""), rest


def without_opening(words: Sequence[Token]) -> list[Token]:
    """Words without the `keep`, `achieve a` and the like with which they begin."""
    at = next((at for at, token in enumerate(words) if token.word not in HOLDING), len(words))
    return list(words[at:])


def split_tail(words: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Words up to the first preposition or the like, and the rest."""
    at = next((at for at, token in enumerate(words) if token.word in TAIL), len(words))
    return list(words[:at]), list(words[at:])


def without_copulas(before: Sequence[Token]) -> list[Token]:
    """The words before a quantity without `is`, `of`, `stays` and the like; a verb at the beginning stays."""
    verbs = UPWARDS | DOWNWARDS | {"bring", "get", "improve"}
    if len(before) > 1 and before[0].word in verbs and before[1].word not in ("rate", "ratio", "time"):
        before = before[1:]  # `Drop churn below 3%`
    return [one for at, one in enumerate(before) if one.word not in COPULAS or (at == 0 and one.word in DONE)]


def name_of(words: Sequence[Token]) -> str:
    """The name of what is counted or measured; empty where words are none."""
    named = [token for token in words if token.word not in ("the", "our", "a", "an", ",")]
    fit = 0 < len(named) <= 7 and not any(token.is_quantity or token.word in STOP for token in named)
    if not fit or not all(any(c.isalpha() for c in token.text) or token.text.isalnum() for token in named):
        return ""
    return " ".join("average" if token.word == "avg" else token.text.rstrip(":.,") for token in named)


def counted(thing: Sequence[Token]) -> Token:
    """The word for what is counted: `beds` of `beds empty overnight`, `litres` of `litres of milk`."""
    end = next((at for at, token in enumerate(thing) if token.word in ("of", "a", "an")), len(thing)) or len(thing)
    whole = end == len(thing)  # `people watching a door` are people
    while end > 1 and (thing[end - 1].word in STATES or thing[end - 1].word.endswith("ly" if whole else "ing")):
        end -= 1
    return thing[end - 1]


def unit_in_name(subject: Sequence[Token]) -> str:
    """The unit of a bare number: `days` of `days sales outstanding`, points of a score, else what is counted."""
    times = [token.word for token in subject if len(token.word) > 3 and TIME.fullmatch(token.word)]
    if times or SCORES.isdisjoint(token.word for token in subject):
        return times[0] if times else subject[-1].text
    return "points"


def is_name(token: Token) -> bool:
    """Whether a word alone is the name of something: `errors`, `NPS`, `backlog`, no verb that is not in our list."""
    return token.word.endswith("s") or token.text[1:] != token.word[1:] or better([token]) is not None


def is_verb(token: Token) -> bool:
    """Whether a word is a verb of work: `send`, `respond`."""
    return token.word in DONE or token.word in ("respond", "reply", "follow", "detect", "acknowledge", "restore", "get")


def is_work(before: Sequence[Token], thing: Sequence[Token]) -> bool:
    """Whether a word before a count is a verb of work that is in no list: `Shelve` of `Shelve 300 books a day`.

    A word that names a thing or says which way to go is none. More work on what is bad is not surely better.
    """
    word, *others = [token.word for token in before] or [""]
    if others or not word.isalpha() or before[0].text[1:] != word[1:] or word.endswith(("s", "ed", "ing", "ly")):
        return False
    known = word in _NO_WORK or word in DONE or better(before) is not None
    return not known and better([counted(thing)]) != "lte"


def lowered(text: str) -> str:
    """A name within a name: its first letter small, where it is no abbreviation."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
