"""`registry charter propose`: propose the charter of the working tree."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from validator.cli.codeowners import owners
from validator.cli.console import Console
from validator.cli.options import FORMAT, PR, PUSH, REMOTE, REPO
from validator.cli.pull_request import open_for
from validator.git.remote import Remote
from validator.model.layout import CHARTER
from validator.operations.charter import DEFAULT_NAME, CharterOutcome, propose
from validator.operations.generate import with_a_tree
from validator.report.text import render as report

if TYPE_CHECKING:
    from validator.report.documents import CharterDocument

DOCUMENTS = {"output-charter": "CharterDocument"}


@click.command(epilog="Example: registry charter propose --name growth --push")
@click.option("--name", default=DEFAULT_NAME, show_default=True, help="The proposal is branch charter/NAME.")
@PUSH
@PR
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(console: Console, name: str, push: bool, pr: bool, remote: str, repo: Path, format: str) -> int:
    """Propose the charter of the working tree, on a branch charter/NAME; a human approves it.

    CODEOWNERS comes with it, as the new charter's approvers generate it. The working tree is not changed.
    """
    store, _ = with_a_tree(repo)
    generated = {path: text.encode() for path, text in owners(store).items()}
    server = Remote(store, remote) if push or pr else None
    files = {CHARTER: store.stored_content(CHARTER), **generated}
    outcome = propose(repo=store, server=server, name=name, files=files)
    if format == "json":
        from validator.report.documents import as_json

        console.say(as_json(_document(outcome)))
    else:
        found = report(outcome.verdict, colour=console.colour) if outcome.verdict else ""
        console.say(f"{found}{outcome.note}\n")
    open_for(console, repo, remote, outcome.branch, wanted=pr and outcome.succeeded)
    if outcome.pushed and format != "json":
        console.hint(f"your folder still has the change; to put it back: git checkout HEAD -- {CHARTER}\n")
    return 0 if outcome.succeeded else 1


def _document(outcome: CharterOutcome) -> "CharterDocument":
    from validator.report.documents import CharterDocument, finding_entries

    return CharterDocument(
        branch=outcome.branch,
        commit=outcome.commit,
        pushed=outcome.pushed,
        findings=finding_entries(outcome.verdict.findings) if outcome.verdict else (),
        note=outcome.note,
    )
