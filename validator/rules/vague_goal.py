"""The goal uses words that nobody can measure.

What it means: The goal contains a word or phrase of this rule's list. It is a warning: the targets decide, and the
sentence should not promise more than they do.

Why: Every result fulfils "improve as much as possible".

Example:

    goal: Do my best to improve outreach as soon as possible

Way out: Say how much, how many or how fast instead of the words that the message names.
"""

import re
from collections.abc import Iterator

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
VAGUE = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
_SMALL = re.compile(VAGUE.pattern)  # of small letters: twice as fast


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the goals with vague words; the message names them."""
    for claim in head.claims.values():
        goal = claim.draft.goal or ""
        if words := _SMALL.findall(goal.lower()) if goal.isascii() else VAGUE.findall(goal):
            named = ", ".join(dict.fromkeys(quoted(word.lower()) for word in words))
            message = f"the goal says {named}, which nobody can measure"
            yield Problem(claim.document.at("goal"), message, "say how much, how many or how fast")
