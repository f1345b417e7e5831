"""A verdict, printed or written as the report that `--format` names."""

import os
from pathlib import Path

from validator.cli.console import Console
from validator.cli.runner import append
from validator.model.findings import Verdict
from validator.report import FORMATS, Setting
from validator.rules import RULES


def report(console: Console, verdict: Verdict, format: str, output: Path | None, after: str = "") -> int:
    """Print or write the report; on GitHub its summary as well, and what stands `after` it there. Returns 0 or 1."""
    text = FORMATS[format](verdict, Setting(colour=console.colour and output is None, rules=RULES))
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if format == "github" and page:
        from validator.report.github import summary

        append(Path(page), f"{summary(verdict)}{after}", "summary")
    deliver(console, text, output, whole=format != "text")
    return 0 if verdict.accepted else 1


def with_open_proposals(verdict: Verdict, repo: Path) -> Verdict:
    """A verdict whose free numbers do without those that are proposed; most verdicts name none."""
    if verdict.accepted:
        return verdict
    from validator.git.repo import Repo
    from validator.registry.proposals import with_proposed

    return with_proposed(verdict, Repo(repo))


def deliver(console: Console, text: str, output: Path | None, *, whole: bool = True) -> None:
    """Print a report, or write it to the file of `--output`; `whole`: no sentences, to be folded."""
    if output is None:
        console.say(text, whole=whole)
    else:
        console.write(output, text)
