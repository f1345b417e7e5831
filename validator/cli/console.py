"""What the command line says and hears: text, questions, colour, the clock, the files of a runner."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from validator.model.errors import FatalError
from validator.model.findings import Verdict

if TYPE_CHECKING:
    from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome


STOPPED = 130  # how shells tell of an interrupt (128 + SIGINT): for who watches that is no answer


def report_on(verdict: Verdict, format: str, output: Path | None) -> NoReturn:
    """Print or write a report, and leave with what the verdict comes to."""
    from validator.report import FORMATS, Setting
    from validator.rules import RULES

    text = FORMATS[format](verdict, Setting(colour=colour() and output is None, rules=RULES))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format == "github" and summary:
        from validator.report.github import summary as as_markdown

        append(Path(summary), as_markdown(verdict), "summary")
    if output is None:
        say(text)
    else:
        write(output, text)
    sys.exit(0 if verdict.accepted else 1)


def recorded(view: "MainState", draft: "RecordDraft", ended: "RecordOutcome", format: str) -> NoReturn:
    """Print what became of a record, and leave with whether it was taken."""
    from validator.cli.consensus.documents import render
    from validator.report.text import render as report

    answer(render(view, draft, ended, format, lambda verdict: report(verdict, colour=colour())), 0 if ended.won else 1)


def is_given(context: click.Context, name: str) -> bool:
    """Whether an option was given, rather than left at its default."""
    return context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


def event(file: str) -> bytes:
    """The payload of an event, as far as one can be long."""
    from validator.hosts.github.event import MAX_BYTES

    path = file or os.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise FatalError("which event? give its file, or run where GITHUB_EVENT_PATH names one")
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FatalError(f"the event payload {path} cannot be read: {error.strerror}") from error


def answer(text: str, exit_code: int) -> NoReturn:
    """Print an answer, and leave with its exit code."""
    say(text)
    sys.exit(exit_code)


def say(text: str) -> None:
    """Print to stdout."""
    try:
        click.echo(text, nl=False, color=True)
    except BrokenPipeError:  # who reads has read enough; click knows what to do
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter tries again as it ends
        raise FatalError(f"the answer cannot be printed: {error.strerror}") from error


def hint(text: str) -> None:
    """Print to stderr: what is not the answer."""
    click.echo(text, nl=False, err=True)


def yes(_: str) -> bool:
    """The answer of who has given `--yes`."""
    return True


def asked(question: str) -> bool:
    """Ask a human; where nobody can answer, say which option does."""
    if not sys.stdin.isatty():
        raise FatalError(f"{question} Nobody is here to answer; accept with --yes")
    return click.confirm(question, err=True)


def append(path: Path, text: str, what: str) -> None:
    """Write to one of the files that a runner gives to a step."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FatalError(f"the step {what} cannot be written: {error.strerror}") from error


def write(path: Path, text: str) -> None:
    """Write a report to a file."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FatalError(f"{path} cannot be written: {error.strerror}") from error


def colour() -> bool:
    """Colour for a terminal only, and not where NO_COLOR (no-color.org) asks for none."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and bool(sys.stdout) and sys.stdout.isatty()


def now() -> str:
    """The time, as RFC 3339 text in UTC."""
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def width() -> int:
    """How many columns the terminal has."""
    import shutil

    return shutil.get_terminal_size((120, 24)).columns
