"""`registry audit`: judge a whole registry as it stands on main, and its history where two claims meet."""

from collections.abc import Callable
from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import OUTPUT, REF, REPO, REPORT
from validator.cli.progress import each_second
from validator.cli.verdict import deliver, report, with_open_proposals
from validator.git.repo import Repo
from validator.model.findings import Verdict
from validator.operations import audit as operation
from validator.registry.reader import reader_at

DOCUMENTS = {"output-validate": "ValidateDocument", "output-audit-steps": "AuditStepsDocument"}


@click.command(epilog="Example: registry audit --ref origin/main")
@REPO
@REF
@click.option("--steps", is_flag=True, help="Prove from --root on that every step of main was allowed.")
@click.option("--root", metavar="COMMIT", help="The full id of main's root, as install-hook prints it.")
@click.option("--issue", is_flag=True, help="Keep one issue on GitHub up to date with what is found (through gh).")
@REPORT
@OUTPUT
@click.pass_obj
@fetches
def command(
    console: Console, repo: Path, ref: str | None, steps: bool, root: str | None, issue: bool, format: str,
    output: Path | None,
) -> int:  # fmt: skip
    """Judge the whole registry and its history."""
    if steps:
        if root is None:
            raise click.UsageError("--steps needs --root COMMIT, main's root that registry install-hook prints")
        if issue:
            raise click.UsageError("--issue keeps what audit finds without --steps")
        return _steps(console, repo, ref, root, format, output)
    if root is not None:
        raise click.UsageError("--root says where --steps begins")
    if ref is None and Repo(repo).has_uncommitted("registry"):
        console.hint("uncommitted changes in registry/ are not judged here; judge them: registry validate --worktree\n")
    verdict = audit(repo=repo, ref=ref, hint=console.hint)
    if issue:
        from validator.hosts.github.posts import issue as keep

        console.hint(keep(repo=repo, verdict=verdict))
    return report(console, with_open_proposals(verdict, repo), format, output)


def audit(*, repo: Path, ref: str | None, hint: Callable[[str], None] = lambda _: None) -> Verdict:
    """The verdict on the registry at a revision (None: main), with every finding counted as its own.

    `hint` gets a line each second of a long audit.
    """
    reader, commit = reader_at(repo, ref)
    return operation.audit(reader, commit, each_second(hint))


def _steps(console: Console, repo: Path, ref: str | None, root: str, format: str, output: Path | None) -> int:
    from validator.cli.replayed import replay_document, report_replay
    from validator.operations.replay import replay

    def progress(done: int, steps: int) -> None:
        if done < steps:
            console.hint(f"{done:,} of {steps:,} steps\n")

    replayed = replay(repo=repo, ref=ref, root=root, progress=progress)
    if format not in ("text", "json"):
        return report(console, replayed.verdict, format, output)
    colour = console.colour and output is None
    text = report_replay(replayed, colour=colour) if format == "text" else replay_document(replayed)
    deliver(console, text, output, whole=format != "text")
    return 0 if replayed.bad is None else 1
