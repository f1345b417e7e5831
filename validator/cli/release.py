"""`registry release`: propose to release a number, with a reason that history keeps."""

from pathlib import Path

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.next_lines import ask_again
from validator.cli.options import FORMAT, PR, REMOTE, REPO, SESSION
from validator.cli.pull_request import open_for
from validator.model.escape import visible, well_formed, well_formed_or_none
from validator.operations.release import ReleaseOutcome, release

DOCUMENTS = {"output-release": "ReleaseDocument"}


@click.command(epilog='Example: registry release 4 --reason "The campaign is over"')
@click.argument("number", type=int, required=False, shell_complete=completing.numbers)
@click.option("--reason", required=True, help="The reason, kept in the history.")
@SESSION
@click.option("--push", is_flag=True, expose_value=False, help="Not needed: a release is always pushed.")
@PR
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(
    console: Console, number: int | None, reason: str, session_id: str | None, pr: bool, remote: str, repo: Path,
    format: str,
) -> int:  # fmt: skip
    """Propose to release a number: pushes branch release/NN, which a human approves.

    Without NUMBER your own. With --session-id only that session's.
    """
    session = session_of(session_id, repo) if session_id is not None or number is None else None
    done = release(repo=repo, remote=remote, number=number, reason=reason, session_id=session)
    console.say(_document(done) if format == "json" else _text(done))
    open_for(console, repo, remote, done.branch, wanted=pr and done.succeeded)
    if done.succeeded and format != "json":
        console.hint(ask_again(done.session_id or "", repo))
    return 0 if done.succeeded else 1


def _text(done: ReleaseOutcome) -> str:
    from validator.report.text import render as report

    return f"{report(done.verdict) if done.verdict else ''}{visible(done.note)}\n"


def _document(done: ReleaseOutcome) -> str:
    from validator.report.documents import ReleaseDocument, as_json, finding_entries

    return as_json(
        ReleaseDocument(
            number=done.number,
            session_id=well_formed_or_none(done.session_id),
            branch=done.branch,
            commit=done.commit,
            pushed=done.commit is not None,
            findings=finding_entries(done.verdict.findings) if done.verdict else (),
            note=well_formed(done.note),
        )
    )
