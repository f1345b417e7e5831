"""`registry consensus broadcast`: the orchestrator sends the final registry to every session."""

from collections.abc import Iterable
from pathlib import Path

import click

from validator.cli.consensus.documents import document_of, next_line, open_pr, render
from validator.cli.console import Console
from validator.cli.identity import session_of
from validator.cli.options import FORMAT, PR, PUSH, REMOTE, REPO, SESSION, Seconds
from validator.operations.consensus.broadcast import Way, broadcast
from validator.report.documents import DeliveryEntry, RecordDocument, as_json


class BroadcastDocument(RecordDocument):
    """`consensus broadcast`: the record is proposed only when every delivery has succeeded."""

    deliveries: tuple[DeliveryEntry, ...]


DOCUMENTS = {"output-consensus-broadcast": BroadcastDocument}


@click.command(
    epilog="Example: registry consensus broadcast --session-id marketing-orchestrator --push -- tee {session_id}.txt"
)
@SESSION
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Deliver as files in this folder.")
@click.option("--branch", is_flag=True, help="Deliver on branch broadcast of the remote.")
@click.option("--timeout", type=Seconds(), default=30, show_default=True, help="Seconds for each run of COMMAND.")
@PUSH
@PR
@REMOTE
@REPO
@FORMAT
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(
    console: Console, session_id: str | None, folder: Path | None, branch: bool, timeout: float, push: bool, pr: bool,
    remote: str, repo: Path, format: str, command: tuple[str, ...],
) -> int:  # fmt: skip
    """The orchestrator sends the registry to every session; COMMAND, after --, is run once for each.

    It gets the message on its standard input; {session_id}, {runtime_id} and {number} in it are the session's,
    {message} is the message and {file} a file that has it.
    """
    if bool(command) + branch + bool(folder) > 1:
        raise click.UsageError("one carrier: --folder, --branch, or a command after --")
    state, draft, outcome, rows = broadcast(
        repo=repo, remote=remote if push or pr else None, session_id=session_of(session_id, repo),
        way=Way(command, branch, folder, timeout), now=console.now, hint=console.hint,
    )  # fmt: skip
    if format == "json":
        document = document_of(state, draft, outcome)
        console.say(as_json(BroadcastDocument(**dict(document), deliveries=rows)))
    else:
        digits = max(2, len(str(state.charter.capacity)))
        console.say(_deliveries(rows, digits) + render(outcome, draft.path, colour=console.colour))
        if outcome.succeeded:
            console.hint(next_line(draft, repo))
    open_pr(console, state, outcome, wanted=pr)
    return 0 if outcome.succeeded else 1


def _deliveries(rows: Iterable[DeliveryEntry], digits: int) -> str:
    """A line for each delivery, with its result."""
    return "".join(
        f"{'✗' if row.state == 'failed' else '✓'} {row.number:>{digits}}  {row.session_id:<26} {row.state}"
        f"{f': {row.note}' if row.note else ''}\n"
        for row in rows
    )
