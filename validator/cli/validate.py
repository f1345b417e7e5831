"""`registry validate`: judge a change as it would land."""

from pathlib import Path

import click

from validator.cli.console import Console, is_given
from validator.cli.fetching import fetches
from validator.cli.options import EVENT, OUTPUT, REMOTE, REPO, REPORT
from validator.cli.progress import each_second
from validator.cli.verdict import report, with_open_proposals
from validator.operations.steps import validate
from validator.startup import dropped

DOCUMENTS = {"output-validate": "ValidateDocument"}


@click.command(epilog="Example: registry validate --base origin/main --head claim/04")
@REPO
@click.option("--base", metavar="REV", help="Where it would land.  [default: origin/main, else main]")
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change.")
@click.option("--steps", is_flag=True, help="Judge what moves main: every first-parent commit against its parent.")
@click.option("--worktree", is_flag=True, help="Judge the files on disk instead of a commit.")
@click.option("--staged", is_flag=True, help="Judge what is staged, as a pre-commit hook should.")
@EVENT
@REMOTE
@REPORT
@OUTPUT
@click.pass_obj
@fetches
def command(
    console: Console, repo: Path, base: str | None, head: str, steps: bool, worktree: bool, staged: bool,
    event: str | None, remote: str, format: str, output: Path | None,
) -> int:  # fmt: skip
    """Judge a change as it would land."""
    if event is None:
        verdict = validate(
            repo=repo,
            base=base,
            head=head,
            steps=steps,
            worktree=worktree,
            staged=staged,
            index=dropped.get("GIT_INDEX_FILE"),
            hint=console.hint,
            progress=each_second(console.hint),
        )
        return report(console, with_open_proposals(verdict, repo), format, output)
    from validator.cli.runner import payload
    from validator.hosts.github.judge import validate_event
    from validator.hosts.github.next_step import on_the_page

    context = click.get_current_context()
    given = [name for name in ("base", "head", "steps", "worktree", "staged") if is_given(context, name)]
    if given:
        raise click.UsageError(f"--event says what is judged; leave out --{given[0]}")
    verdict = validate_event(repo=repo, remote=remote, data=payload(event))
    return report(console, verdict, format, output, on_the_page(verdict))
