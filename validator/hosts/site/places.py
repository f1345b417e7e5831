"""Where pages are: file names that are safe whatever the data, and relative links between them."""

import hashlib
import re

from validator.model.layout import digits

# Names that are the same on every file system, whether or not it knows upper case.
_PLAIN = re.compile(r"(claim|release)/[0-9]{2,5}|record/[a-z]{1,40}(/[0-9]{2,5})?|charter/[a-z0-9]{1,40}", re.ASCII)
_PULL = re.compile(r"#[0-9]{1,10}", re.ASCII)
STEPS_A_PAGE = 500
SLOTS_A_PAGE = 500


def proposal_file(branch: str) -> str:
    """A proposal's page without ending: `claim-04`, `pull-7`; for an unusual branch its kind and a hash of its name."""
    if _PULL.fullmatch(branch):
        return branch.replace("#", "pull-")
    if _PLAIN.fullmatch(branch):
        return branch.replace("/", "-")
    kind = branch.partition("/")[0]
    known = kind if kind in ("claim", "release", "record", "charter") else "proposal"
    return f"{known}-x{hashlib.sha256(branch.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"


def session_file(number: int) -> str:
    """The name of a number's page without ending: `04`."""
    return digits(number)


def sessions_file(page: int) -> str:
    """A page of the list of sessions: `index.html`, then by the first number that it may have: `from-501.html`."""
    return f"from-{page * SLOTS_A_PAGE + 1}.html" if page else "index.html"


def numbers_of(page: int, capacity: int) -> tuple[int, int]:
    """The first and the last number of a page of the list of sessions."""
    return page * SLOTS_A_PAGE + 1, min((page + 1) * SLOTS_A_PAGE, capacity)


def history_file(page: int, last: int) -> str:
    """A page of the history: the newest is `history.html`; older ones are full, and keep name and content."""
    return "history.html" if page == last else f"history-{page}.html"
