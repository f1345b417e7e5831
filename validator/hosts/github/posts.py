"""The bot's comment or issue on GitHub: found by the mark in its first line, and kept up to date."""

from pathlib import Path
from typing import Any

from validator.hosts.github.api import HERE, Gh, part
from validator.hosts.github.api import number as number_of
from validator.model.findings import Verdict
from validator.report.github import COMMENT_BYTES, summary

# The account of the workflows' token. Text with the mark by anyone else, collaborators too, is not the bot's.
BOT = "github-actions[bot]"

MARK = "<!-- session-registry: audit -->"
TITLE = "The registry on main needs a human"


def keep_comment(gh: Gh, number: int, mark: str, text: str) -> str:
    """Create or update the bot's comment on an issue or pull request; returns what was done."""
    comments = gh.every(f"{HERE}/issues/{number}/comments?per_page=100")
    ours = next((comment for comment in comments if _is_ours(comment, mark)), None)
    if ours is None:
        gh.send("POST", f"{HERE}/issues/{number}/comments", {"body": text})
        return "written"
    if ours.get("body") == text:
        return "as it was"
    gh.send("PATCH", f"{HERE}/issues/comments/{number_of(ours, 'id')}", {"body": text})
    return "updated"


def keep_issue(gh: Gh, mark: str, title: str, text: str, *, wanted: bool) -> str:
    """Open the bot's issue, update it, or close it where it is not `wanted`; returns what was done."""
    issues = gh.every(f"{HERE}/issues?state=open&per_page=100")
    ours = next((issue for issue in issues if "pull_request" not in issue and _is_ours(issue, mark)), None)
    if ours is None:
        if not wanted:
            return "not needed"
        gh.send("POST", f"{HERE}/issues", {"title": title, "body": text})
        return "opened"
    if wanted and ours.get("body") == text:
        return "as it was"
    state = {} if wanted else {"state": "closed", "state_reason": "completed"}
    gh.send("PATCH", f"{HERE}/issues/{number_of(ours, 'number')}", {"body": text, **state})
    return "updated" if wanted else "closed"


def _is_ours(text: dict[str, Any], mark: str) -> bool:
    return part(text, "user").get("login") == BOT and str(text.get("body") or "").startswith(mark)


def issue(*, repo: Path, verdict: Verdict) -> str:
    """Keep the issue about an audit of main; returns a line that says what was done."""
    return f"issue: {keep_issue(Gh(repo), MARK, TITLE, text_of(verdict), wanted=not verdict.accepted)}\n"


def text_of(verdict: Verdict) -> str:
    """The issue's text, in Markdown, no longer than GitHub takes it."""
    return f"{MARK}\n{_introduction(verdict)}\n\n{summary(verdict, most=COMMENT_BYTES)}"


def _introduction(verdict: Verdict) -> str:
    if verdict.accepted:
        return f"No error any more at commit {verdict.head}."
    return (
        f"`registry audit` finds this at commit {verdict.head}. Where two sessions hold what one can have, the one "
        "that reached main first keeps it. This issue closes by itself when main is clean."
    )
