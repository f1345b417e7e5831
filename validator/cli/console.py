"""What the command line says and hears: text, questions, colour, the clock, the size of the terminal."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from validator.model.errors import FatalError

INTERRUPTED = 130  # how shells tell of an interrupt (128 + SIGINT): for who watches that is no answer


class Console:
    """A verb's way to the user: stdout for its answer, stderr for the rest."""

    def say(self, text: str) -> None:
        """Print to stdout."""
        try:
            click.echo(text, nl=False, color=True)
        except BrokenPipeError:  # who reads has read enough; click knows what to do
            raise
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter tries again as it ends
            raise FatalError(f"the answer cannot be printed: {error.strerror}") from error

    def hint(self, text: str) -> None:
        """Print to stderr: what is not the answer."""
        click.echo(text, nl=False, err=True)

    def ask(self, question: str) -> bool:
        """Ask a human; where nobody can answer, say which option does."""
        if not sys.stdin.isatty():
            raise FatalError(f"{question} stdin is not a terminal; pass --yes")
        return click.confirm(question, err=True)

    def asker(self, yes: bool) -> Callable[[str], bool]:
        """How to ask: not at all where `--yes` was given."""
        return (lambda _: True) if yes else self.ask

    def beside(self, format: str) -> Callable[[str], None]:
        """Where text goes that is not the answer itself: JSON stays alone on stdout."""
        return self.say if format == "text" else self.hint

    def write(self, path: Path, text: str) -> None:
        """Write an answer to a file instead."""
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise FatalError(f"{path} cannot be written: {error.strerror}") from error

    @property
    def colour(self) -> bool:
        """Colour for a terminal only, and not where NO_COLOR (no-color.org) asks for none."""
        wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return wanted and bool(sys.stdout) and sys.stdout.isatty()

    @property
    def width(self) -> int:
        """How many columns the terminal has."""
        import shutil

        return shutil.get_terminal_size((120, 24)).columns

    @property
    def now(self) -> str:
        """The time, as RFC 3339 text in UTC."""
        from datetime import UTC, datetime

        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_given(context: click.Context, name: str) -> bool:
    """Whether an option was given, rather than left at its default."""
    return context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
