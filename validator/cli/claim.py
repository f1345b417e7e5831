"""`registry claim`: propose a claim of a number, in words of one's own, from a file or from a message."""

from pathlib import Path
from typing import IO

import click

from validator.cli import completing
from validator.cli.console import Console
from validator.cli.options import FORMAT, REMOTE, REPO
from validator.operations.claim.race import claim, render
from validator.operations.claim.request import Words, wish_from
from validator.report.documents import ClaimDocument

MOST = 1 << 20  # characters of a file that are read

DOCUMENTS = {"output-claim": ClaimDocument}


@click.command(
    epilog='Example: registry claim 4 --push --yes --session-id marketing-outreach-1 --goal "Send 17 emails daily"'
)
@click.argument("number", type=int, required=False, shell_complete=completing.numbers)
@click.option("--any", "any_number", is_flag=True, help="Take any free number; after a lost race, another.")
@click.option("--session-id", help="The stable name of the session.")
@click.option("--role", help="The role.  [default: the one that the charter plans for the number]")
@click.option("--goal", help="The goal, in a sentence with numbers.")
@click.option(
    "--target", "targets", multiple=True, metavar="T", help='As in "emails sent >= 17 emails/day"; repeatable.'
)
@click.option(
    "--responsibility", "responsibilities", multiple=True, metavar="R", help="Repeatable.  [default: the goal]"
)
@click.option(
    "--from", "source", type=click.File(encoding="utf-8", errors="surrogateescape"), metavar="FILE|-",
    help="A claim, or a message.",
)  # fmt: skip
@click.option("--message", metavar="TEXT", help="A registration message, in one line or as a block.")
@click.option("--yes", is_flag=True, help="Accept the targets that are drawn from the goal.")
@click.option("--push", is_flag=True, help="Create the branch on the remote, if nobody was faster.")
@click.option("--pr", is_flag=True, help="Open a pull request as well (GitHub, through gh).")
@REMOTE
@REPO
@FORMAT
@click.pass_obj
def command(
    console: Console, number: int | None, any_number: bool, session_id: str | None, role: str | None,
    goal: str | None, targets: tuple[str, ...], responsibilities: tuple[str, ...], source: IO[str] | None,
    message: str | None, yes: bool, push: bool, pr: bool, remote: str, repo: Path, format: str,
) -> int:  # fmt: skip
    """Propose a claim: writes branch claim/NN; with --push also on the remote, if nobody was faster."""
    if source and message:
        raise click.UsageError("--from and --message are two ways to say the same; use one")
    text = source.read(MOST) if source else message
    words = Words(number, session_id, role, goal, targets, responsibilities, text)
    wish, drawn = wish_from(words, any_number=any_number, now=console.now)
    if drawn and not yes and not _accepted(console, drawn):
        return 1
    ended = claim(repo=repo, wish=wish, push=push or pr, remote=remote, tell=console.hint)
    console.say(render(ended, format, colour=console.colour))
    if pr and ended.won:
        from validator.hosts.github.pull_request import open_pull_request

        console.hint(open_pull_request(repo=repo, remote=remote, branch=ended.branch))
    return 0 if ended.won else 1


def _accepted(console: Console, drawn: tuple[str, ...]) -> bool:
    """Show the targets that the goal was read as, and ask whether they are meant."""
    console.hint("".join(f"target: {target}\n" for target in drawn))
    if console.ask("These targets are read from the goal. Right?"):
        return True
    console.hint('nothing is proposed; say the targets: --target "emails sent >= 17 emails/day"\n')
    return False
