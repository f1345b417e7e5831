"""The goal uses words that nobody can measure.

What it means: The goal contains a word or phrase of this rule's list, or one that takes the promise back: probably,
maybe, perhaps, hopefully, ideally, if possible, if needed. It is a warning: the targets decide, and the sentence should
promise neither more nor less than they do.

Why: Every result fulfils "improve as much as possible".

Example:

    goal: Do my best to improve outreach as soon as possible

Way out: Say how much, how many or how fast instead of the words that the message names. Leave out a word that takes
the promise back.
"""

import re
from collections.abc import Iterable, Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import quoted
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG205", "vague-goal", Level.WARNING
LOOKS_AT = (Input.FILE,)
WORDS = (
    *("do my best", "try my best", "best effort", "as possible", "as needed", "asap", "and so on", "etc"),
    *("try to", "attempt to", "strive to", "aim to", "help with", "work on", "contribute to", "be involved in"),
    *("improve", "optimi[sz]e", "enhance", "boost", "maximi[sz]e", "minimi[sz]e"),
    *("better", "best", "good", "great", "excellent", "world-class", "state-of-the-art", "efficiently", "effectively"),
    *("many", "several", "various", "some", "a lot", "lots of", "soon", "quickly", "regularly", "frequently", "often"),
)
HEDGES = (
    *("probably", "possibly", "presumably", "maybe", "perhaps", "hopefully", "ideally"),
    *(f"{when} {what}" for when in ("if", "when", "where", "wherever", "whenever") for what in ("possible", "needed")),
    *("if necessary", "where necessary", "if time permits", "if time allows"),
)
VAGUE = re.compile(rf"\b(?:{'|'.join((*WORDS, *HEDGES))})\b", re.IGNORECASE)
_SMALL = re.compile(VAGUE.pattern)  # of small letters: twice as fast


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the goals with vague words, and with words that take the promise back; the message names them."""
    for claim in head.claims.values():
        goal = claim.draft.goal or ""
        if words := _SMALL.findall(goal.lower()) if goal.isascii() else VAGUE.findall(goal):
            found = dict.fromkeys(word.lower() for word in words)
            place = claim.document.at("goal")
            if vague := _named(word for word in found if word not in HEDGES):
                message = f"the goal says {vague}, which nobody can measure"
                yield Problem(place, message, "say how much, how many or how fast")
            if hedges := _named(word for word in found if word in HEDGES):
                message = f"the goal says {hedges}, which takes the promise back"
                yield Problem(place, message, "leave it out, and promise what the targets say")


def _named(words: Iterable[str]) -> str:
    return ", ".join(map(quoted, words))
