"""By when something has to be there: `by 2026-12-15`, `before March 31`, `by the end of Q2`."""

import re

from validator.model.quantities import Token, tokens

_BY = frozenset("by until before".split())
_DAY = re.compile(
    r"(?:q[1-4]|fy\w*|h[12]|eo[dwmqy]|end|next|the|mid|tomorrow|tonight|christmas|easter"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)


def without_deadline(words: list[Token]) -> list[Token]:
    """Words without `by 2026-12-15`, `by Q4` and what follows: no quantity of theirs is a target."""
    at = next((at for at in range(1, len(words)) if _begins(words, at)), len(words))
    return words[:at]


def names_deadline(text: str) -> bool:
    """Whether a text says by when something has to be there."""
    words = tokens(text)
    return len(without_deadline(words)) < len(words)


def _begins(words: list[Token], at: int) -> bool:
    """Whether a deadline begins at a place."""
    following = words[at + 1] if at + 1 < len(words) else Token("")
    dated = following.is_quantity and following.value is None
    return words[at].word in _BY and bool(dated or _DAY.match(following.word) or following.text[:1].isupper())
