"""One issue for what is wrong with main: opened, kept up to date, and closed when all is well again."""

from pathlib import Path

from validator.finding import Verdict
from validator.gh import Gh
from validator.report.github import COMMENT_BYTES, summary
from validator.sticky import keep_issue

MARK = "<!-- session-registry: audit -->"
TITLE = "The registry on main needs a human"


def issue(*, repo: Path, verdict: Verdict) -> str:
    """Tell GitHub what an audit of main has found; what was done, in a line."""
    return f"issue: {keep_issue(Gh(repo), MARK, TITLE, text_of(verdict), wanted=not verdict.accepted)}\n"


def text_of(verdict: Verdict) -> str:
    """The issue's text, in Markdown, no longer than GitHub takes it."""
    return f"{MARK}\n{_lead(verdict)}\n\n{summary(verdict, most=COMMENT_BYTES)}"


def _lead(verdict: Verdict) -> str:
    if verdict.accepted:
        return f"All is well again at commit {verdict.head}."
    return (
        f"`registry audit` finds this at commit {verdict.head}. Where two sessions hold what one can have, the one "
        "that reached main first keeps it. This issue closes by itself when main is clean."
    )
