"""Check a reason (free text of a human or session) before it becomes a commit message."""

import re

from validator.model.errors import FatalError

# What could be read as a decision: Git takes any case and blanks before the colon (git-interpret-trailers(1)).
_DECISION = re.compile(r"^\s*((?:approved|rejected)-by)\s*:", re.IGNORECASE | re.MULTILINE)

FORMS = frozenset(("WHY", "TEXT", "REASON"))  # what stands for the reason in the forms that are shown


def checked_reason(text: str, purpose: str) -> str:
    """The reason without blanks around it.

    Raises FatalError for none (`purpose` says what it is for), for a form that is not filled in, and for one with a
    trailer of this program's.
    """
    reason = text.strip()
    if not reason:
        raise FatalError(f"say why: {purpose}")
    if reason in FORMS:
        raise FatalError(f"{reason} stands for the reason in a form; write the reason itself: {purpose}")
    if found := _DECISION.search(reason):
        raise FatalError(
            f"a line of the reason begins with {found[1]}: and would look like a decision; word it otherwise"
        )
    return reason
