"""The terminal: output, questions, colour, the clock, the size."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from validator.model.errors import FatalError
from validator.model.fold import folded

NARROWEST = 40  # columns; in fewer nothing is folded further
INTERRUPTED = 130  # exit code after Ctrl-C: 128 + SIGINT, as shells report it


class Console:
    """A verb's output: stdout for the result, stderr for everything else. `has_said`: whether stdout has anything."""

    has_said = False

    def say(self, text: str, *, whole: bool = False) -> None:
        """Print to stdout, folded to the terminal unless it is to stay `whole`: JSON, which begins with a brace, does.

        Raises FatalError where nothing can be printed: it is closed, or its disk is full.
        """
        self.has_said = True
        self.require_stdout()
        if not whole and not text.startswith("{"):
            text = folded(text, self.fold)
        with printing():
            click.echo(text, nl=False, color=True)

    def require_stdout(self) -> None:
        """Raise FatalError where standard output is closed."""
        if sys.stdout is None:
            raise FatalError("the result cannot be printed: standard output is closed")

    def hint(self, text: str) -> None:
        """Print to stderr: progress, questions and errors. Failures to print are ignored: the exit code remains."""
        try:
            click.echo(folded(text, self.fold), nl=False, err=True)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

    def ask(self, question: str) -> bool:
        """Ask a yes/no question. Raises FatalError where stdin is not a terminal."""
        if not sys.stdin.isatty():
            raise FatalError(f"{question} stdin is not a terminal; pass --yes")
        return click.confirm(question, err=True)

    def asker(self, yes: bool) -> Callable[[str], bool]:
        """A function that asks, or with `--yes` one that always agrees."""
        return (lambda _: True) if yes else self.ask

    def beside(self, format: str) -> Callable[[str], None]:
        """Print text beside the result: to stderr where the result is JSON, which has stdout for itself."""
        return self.say if format == "text" else self.hint

    def write(self, path: Path, text: str) -> None:
        """Write the result to a file instead."""
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise FatalError(f"{path} cannot be written: {error.strerror}") from error

    @property
    def colour(self) -> bool:
        """Whether to use colour: on a terminal, unless NO_COLOR (no-color.org) is set."""
        wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return wanted and bool(sys.stdout) and sys.stdout.isatty()

    @property
    def width(self) -> int:
        """How many columns the terminal has."""
        import shutil

        return shutil.get_terminal_size((120, 24)).columns

    @property
    def fold(self) -> int | None:
        """The width to which prose is folded; None where it goes to a file or a program that did not say its width."""
        said = os.environ.get("COLUMNS", "")
        if said.isdecimal() and int(said):
            return max(int(said), NARROWEST)
        return max(self.width, NARROWEST) if sys.stdout and sys.stdout.isatty() else None

    @property
    def now(self) -> str:
        """The time, as RFC 3339 text in UTC."""
        from datetime import UTC, datetime

        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def printing() -> Iterator[None]:
    """Raise FatalError where stdout takes no more: its disk is full, its terminal or its reader has gone."""
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter tries again as it ends
        raise FatalError(f"the result cannot be printed: {error.strerror}") from error


def is_given(context: click.Context, name: str) -> bool:
    """Whether an option was given, rather than left at its default."""
    return context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
