"""`registry audit`: judge a whole registry as it stands on main, and its history where two claims meet."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import OUTPUT, REF, REPO, REPORT
from validator.cli.verdict import report
from validator.model.findings import Verdict
from validator.operations import judge
from validator.registry.reader import reader_at


@click.command(epilog="Example: registry audit --ref origin/main")
@REPO
@REF
@click.option("--issue", is_flag=True, help="Keep one issue on GitHub up to date with what is found (through gh).")
@REPORT
@OUTPUT
@click.pass_obj
def command(console: Console, repo: Path, ref: str | None, issue: bool, format: str, output: Path | None) -> int:
    """Judge the whole registry and its history."""
    verdict = audit(repo=repo, ref=ref)
    if issue:
        from validator.hosts.github.posts import issue as keep

        console.hint(keep(repo=repo, verdict=verdict))
    return report(console, verdict, format, output)


def audit(*, repo: Path, ref: str | None) -> Verdict:
    """The verdict on the registry at a revision (None: main), with every finding counted as its own."""
    reader, commit = reader_at(repo, ref)
    return judge.audit(reader.at(commit))
