"""`registry claim`: propose a claim of a number, from options, a file or a message."""

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, get_args

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.key_files import key_folder
from validator.cli.next_lines import ask_again
from validator.cli.options import FORMAT, PR, REMOTE, REPO, SESSION
from validator.cli.pull_request import RELEASE_APART, on_github, open_for
from validator.git.repo import Repo
from validator.model.escape import logged, well_formed
from validator.model.findings import without_others
from validator.model.layout import claim_path
from validator.model.shapes import Status
from validator.operations.claim.decide import ClaimOutcome
from validator.operations.claim.keyed import claim_with_key
from validator.operations.claim.message import is_message
from validator.operations.claim.request import ClaimOptions, reason_for, request_from
from validator.operations.signing import kept_in

if TYPE_CHECKING:
    from validator.report.documents import ClaimDocument

MOST = 1 << 20  # characters of a file that are read

DOCUMENTS = {"output-claim": "ClaimDocument"}


@click.command(
    epilog='Example: registry claim 4 --push --yes --session-id marketing-outreach-1 --goal "Send 17 emails daily"'
)
@click.argument("number", type=int, required=False, shell_complete=completing.numbers)
@click.option("--any", "any_number", is_flag=True, help="Take any free number; after a lost race, another.")
@SESSION
@click.option("--role", help="The role.  [default: the one that the charter plans for the number]")
@click.option("--goal", help="The goal, in a sentence with numbers.")
@click.option(
    "--target", "targets", multiple=True, metavar="T", help='As in "emails sent >= 17 emails/day"; repeatable.'
)
@click.option(
    "--responsibility",
    "responsibilities",
    multiple=True,
    metavar="R",
    help="What you do; repeatable.  [default: the goal]",
)
@click.option("--scope", multiple=True, metavar="S", help='As in "outreach 1-17", "replies: standard"; repeatable.')
@click.option(
    "--schedule", multiple=True, metavar="S",
    help='As in "Send batch, mon-fri 10:00-11:00", "Approval queue, mon,wed by 08:00"; repeatable.',
)  # fmt: skip
@click.option(
    "--status", type=click.Choice(get_args(Status), case_sensitive=False), metavar="STATUS",
    help="REGISTERED, or PENDING: not committed yet.",
)  # fmt: skip
@click.option("--key", metavar="new|PATH|KEY", help="The SSH key that speaks for you; new: make one, and keep it.")
@click.option("--label", "labels", multiple=True, metavar="NAME=TEXT", help="A label; repeatable. NAME= removes it.")
@click.option(
    "--from", "source", type=click.File(encoding="utf-8", errors="surrogateescape"), metavar="FILE|-",
    help="Read a claim or a message from FILE, or from standard input (-).",
)  # fmt: skip
@click.option("--message", metavar="TEXT", help="A registration message, in one line or as a block.")
@click.option("--release", metavar="REASON", help="In an active fleet: give the number back first, in one proposal.")
@click.option("--yes", is_flag=True, help="Accept the targets that are read from the goal.")
@click.option("--push", is_flag=True, help="Create the branch on the remote, if no session was faster.")
@PR
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(
    console: Console, number: int | None, any_number: bool, session_id: str | None, role: str | None,
    goal: str | None, targets: tuple[str, ...], responsibilities: tuple[str, ...], scope: tuple[str, ...],
    schedule: tuple[str, ...], status: str | None, key: str | None, labels: tuple[str, ...], source: IO[str] | None,
    message: str | None, release: str | None, yes: bool, push: bool, pr: bool, remote: str, repo: Path, format: str,
) -> int:  # fmt: skip
    """Propose a claim: writes branch claim/NN; with --push also on the remote, if no session was faster.

    A number that is yours is amended: what you do not name stays as it is.
    """
    if source and message:
        raise click.UsageError("--from and --message exclude each other")
    if release is not None and (pr or on_github(Repo(repo))):
        raise click.UsageError(RELEASE_APART)
    text, file = _source(console, source, message)
    owner = _owner(repo, remote) if pr else None
    options = ClaimOptions(
        number, session_id, role, goal, targets, responsibilities, text, scope, schedule, status, labels, owner, file
    )
    request = request_from(options, any_number=any_number, now=console.now, name=lambda: session_of(session_id, repo))
    request = request._replace(release=reason_for(release))
    accept = None if yes else lambda targets: _accepted(console, targets)
    outcome, spoken = claim_with_key(
        repo=repo, request=request, key=key, folder=key_folder(), push=push or pr, remote=remote, hint=console.hint,
        accept=accept,
    )  # fmt: skip
    if spoken and (path := kept_in(Repo(repo), request.session_id, spoken)):
        console.hint(f"the key is kept in {logged(path)}\n")
    _show(console, outcome, format, drawn=yes)  # without --yes they were shown before
    open_for(console, repo, remote, outcome.branch, wanted=pr and outcome.succeeded)
    if format != "json":
        console.hint(_next(outcome, request.session_id, repo))
    return 0 if outcome.succeeded else 1


def _show(console: Console, outcome: ClaimOutcome, format: str, *, drawn: bool) -> None:
    """The outcome, and in text with `drawn` the targets that were read from the goal."""
    if format == "json":
        from validator.report.documents import as_json

        console.say(as_json(claim_document(outcome)))
        return
    if drawn:
        console.hint("".join(f"target: {target}\n" for target in outcome.drawn))
    console.say(_render(outcome, colour=console.colour))


def _source(console: Console, source: IO[str] | None, message: str | None) -> tuple[str | None, str]:
    """The text of a claim, and the name of its file; a file that is named as the message is read."""
    if source:
        name = getattr(source, "name", "-")
        return source.read(MOST), "" if name in ("-", "<stdin>") else str(name)
    if message and not is_message(message) and os.path.isfile(message):
        console.hint(f"{logged(message)} is a file, and read as with --from\n")
        with open(message, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(MOST), message
    return message, ""


def _owner(repo: Path, remote: str) -> tuple[str, str] | None:
    """The account that opens the pull request, and its login."""
    from validator.hosts.github.pull_request import account

    return account(repo=repo, remote=remote)


def _accepted(console: Console, targets: tuple[str, ...]) -> bool:
    """Show the targets that were read from the goal, and ask whether they are right."""
    console.hint("".join(f"target: {target}\n" for target in targets))
    return console.ask("These targets are read from the goal. Right?")


def _render(outcome: ClaimOutcome, *, colour: bool) -> str:
    """The outcome as text, with the findings."""
    from validator.report.text import render as report

    changes = "".join(f"  {logged(line)}\n" for line in outcome.changes.splitlines())
    advice = "".join(f"· {logged(line)}\n" for line in outcome.advice)
    shown = without_others(outcome.verdict, claim_path(outcome.number)) if outcome.verdict else None
    verdict = report(shown, colour=colour) if shown else ""
    return f"{changes}{verdict}{advice}{outcome.note}\n"


def _next(outcome: ClaimOutcome, session_id: str, repo: Path) -> str:
    """The next command; none where the findings say what to do."""
    is_open = outcome.verdict is None or outcome.verdict.accepted
    return ask_again(session_id, repo) if is_open else ""


def claim_document(outcome: ClaimOutcome) -> "ClaimDocument":
    """The outcome as a JSON document."""
    from validator.report.documents import ClaimDocument, finding_entries

    return ClaimDocument(
        number=outcome.number,
        branch=outcome.branch,
        commit=outcome.commit,
        pushed=outcome.pushed,
        findings=finding_entries(outcome.verdict.findings) if outcome.verdict else (),
        note=outcome.note,
        changes=well_formed(outcome.changes),
        advice=tuple(map(well_formed, outcome.advice)),
        drawn=tuple(map(well_formed, outcome.drawn)),
    )
