"""The parser of `registry VERB`, and the only owner of stdout, stderr, the environment and the exit code.

Longer than other modules because every verb's options stand here, in one place. Verbs are imported when they run: what
a verb does not need, it does not pay for.
"""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from validator import __version__
from validator.finding import FatalError, Verdict

Command = TypeVar("Command", bound=Callable[..., Any])

# Git reads these before any option; a hook or a wrapper sets them for its own repository. Those that a receiving server
# needs to see the objects of a push (quarantine) stay.
_KEPT = {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_EXEC_PATH"}

REPO = click.option(
    "--repo", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", show_default="this folder",
    help="A folder of the repository.",
)  # fmt: skip
REF = click.option("--ref", metavar="REV", help="The commit to read.  [default: origin/main, else main]")
FORMAT = click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
REPORT = click.option(
    "--format", type=click.Choice(["text", "github", "json", "sarif"]), default="text", show_default=True
)
OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file."
)
CHECK = click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file is stale.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="registry")
def registry() -> None:
    """Who is who in a fleet of AI coding sessions: numbers, roles and measurable goals, kept in Git.

    Exit codes: 0 yes, 1 no (findings; not reached), 2 usage or environment.
    """


@registry.command()
@REPO
@click.option("--base", metavar="REV", help="Where it would land.  [default: origin/main, else main]")
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change.")
@click.option("--steps", is_flag=True, help="Judge what moves main: every first-parent commit against its parent.")
@click.option("--worktree", is_flag=True, help="Judge the files on disk instead of a commit.")
@REPORT
@OUTPUT
def validate(
    repo: Path, base: str | None, head: str, steps: bool, worktree: bool, format: str, output: Path | None
) -> NoReturn:
    """Judge a change as it would land."""
    from validator.commands.validate import validate

    _report(validate(repo=repo, base=base, head=head, steps=steps, worktree=worktree), format, output)


@registry.command()
@REPO
@REF
@REPORT
@OUTPUT
def audit(repo: Path, ref: str | None, format: str, output: Path | None) -> NoReturn:
    """Judge the whole registry and its history."""
    from validator.commands.audit import audit

    _report(audit(repo=repo, ref=ref), format, output)


@registry.command()
@click.argument("rule", required=False)
@click.option("--page", is_flag=True, help="Write docs/rules.md instead.")
@CHECK
@FORMAT
@REPO
def explain(rule: str | None, page: bool, check: bool, format: str, repo: Path) -> NoReturn:
    """A rule in full, by code or name; without one, the list."""
    if check and not page:
        raise click.UsageError("--check goes with --page")
    if page:
        from validator.commands.generated import rules_page

        _answer(*rules_page(repo=repo, check=check))
    from validator.commands.explain import explain

    _answer(*explain(name=rule, format=format))


@registry.command()
@CHECK
@REPO
def schema(check: bool, repo: Path) -> NoReturn:
    """Write schema/*.schema.json from the models."""
    from validator.commands.generated import schema

    _answer(*schema(repo=repo, check=check))


@registry.command()
@CHECK
@REPO
def codeowners(check: bool, repo: Path) -> NoReturn:
    """Write CODEOWNERS from the charter's approvers."""
    from validator.commands.generated import codeowners

    _answer(*codeowners(repo=repo, check=check))


@registry.command()
@REPO
@REF
@FORMAT
def status(repo: Path, ref: str | None, format: str) -> NoReturn:
    """How far the fleet is: numbers, criteria, next action."""
    from validator.commands.status import status

    _answer(*status(repo=repo, ref=ref, format=format, colour=_colour(), width=_width()))


@registry.command()
@click.option("--session-id", required=True, help="The stable name of the session.")
@REPO
@REF
@FORMAT
def whoami(session_id: str, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What main says about one session; exit 1 if it is not registered."""
    from validator.commands.whoami import whoami

    _answer(*whoami(repo=repo, ref=ref, session_id=session_id, format=format))


@registry.command()
@click.argument("number", type=int, required=False)
@REPO
@REF
@FORMAT
def history(number: int | None, repo: Path, ref: str | None, format: str) -> NoReturn:
    """What happened to the numbers, in the order of main."""
    from validator.commands.history import history

    _answer(*history(repo=repo, ref=ref, number=number, format=format))


@registry.command()
@REPO
@REF
def export(repo: Path, ref: str | None) -> NoReturn:
    """Charter, slots, claims and digest as one JSON document."""
    from validator.commands.export import export

    _answer(*export(repo=repo, ref=ref))


@registry.command()
def demo() -> NoReturn:
    """The whole story in a minute, on a Git server in a temporary folder."""
    from validator.commands.demo import demo

    sys.exit(demo(say=_say, now=_now(), colour=_colour()))


def main() -> NoReturn:
    """Run the command line. A FatalError ends in one line on stderr and exit 2."""
    for name in [name for name in os.environ if name.startswith("GIT_") and name not in _KEPT]:
        del os.environ[name]
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # what else is installed has no say, and is not even looked for
    gc.disable()  # a run is short: looking for garbage would take as long as all the rest
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is shown as an escape instead of ending in a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        registry(prog_name="registry")
    except FatalError as error:
        from validator.escaping import visible

        click.echo(f"registry: {visible(str(error))}", err=True)
    finally:
        gc.freeze()  # nor does the interpreter look for any when it ends
    sys.exit(2)


def _report(verdict: Verdict, format: str, output: Path | None) -> NoReturn:
    """Print or write a report, and leave with what the verdict comes to."""
    from validator.report import FORMATS, Setting
    from validator.rules import RULES

    text = FORMATS[format](verdict, Setting(colour=_colour() and output is None, rules=RULES))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format == "github" and summary:
        from validator.report.github import summary as as_markdown

        _append(Path(summary), as_markdown(verdict))
    if output is None:
        _say(text)
    else:
        _write(output, text)
    sys.exit(0 if verdict.accepted else 1)


def _answer(text: str, exit_code: int) -> NoReturn:
    _say(text)
    sys.exit(exit_code)


def _say(text: str) -> None:
    try:
        click.echo(text, nl=False, color=True)
    except BrokenPipeError:  # who reads has read enough; click knows what to do
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter tries again as it ends
        raise FatalError(f"the answer cannot be printed: {error.strerror}") from error


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FatalError(f"the step summary cannot be written: {error.strerror}") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error


def _colour() -> bool:
    """Colour for a terminal only, and not where NO_COLOR (no-color.org) asks for none."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and bool(sys.stdout) and sys.stdout.isatty()


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((120, 24)).columns
