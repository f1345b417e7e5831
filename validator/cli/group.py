"""A group of verbs that imports a verb's module when the verb is used; `--help` needs none of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from io import StringIO
from itertools import pairwise
from typing import IO, Any

import click
from click.shell_completion import CompletionItem

from validator.cli.console import INTERRUPTED, Console, printing
from validator.git.child_processes import closing
from validator.model.errors import FatalError
from validator.startup import describe

# Who uses the verbs → the verb → its line of help.
Sections = Mapping[str, Mapping[str, str]]


class Verbs(click.Group):
    """The verbs of `package`, each a module with `command` (`-` in a verb is `_` in its name)."""

    def __init__(self, *, package: str, sections: Sections, **settings: Any) -> None:
        names = [verb for verbs in sections.values() for verb in verbs]
        super().__init__(commands=_Modules(package, names), **settings)  # type: ignore[arg-type]  # nothing is added
        self.sections = sections

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; the Git processes that it has started end with it, also where a program calls it."""
        words = [*ctx._protected_args, *ctx.args]
        try:
            with closing():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None  # 1, which click has for it, is the answer no
        except BrokenPipeError:
            with printing():
                raise
        except (FatalError, OSError, click.UsageError) as error:
            if ctx.parent is None and self._prints_json(words):
                _print_error(ctx.obj or Console(), error)  # of an unknown verb: before the group has run
            if isinstance(error, click.UsageError):
                _fold(error)
            raise

    def _prints_json(self, words: Sequence[str]) -> bool:
        """Whether JSON is asked for, or is what the verb prints where no format is named."""
        if any(word.startswith("--format") for word in words):
            return "--format=json" in words or ("--format", "json") in pairwise(words)
        verb = self.commands.get(words[0]) if words else None
        return any(one.name == "format" and one.default == "json" for one in (verb.params if verb else ()))

    def make_context(self, *given: Any, **settings: Any) -> click.Context:
        """Read the options; `--help` and `--version` print here."""
        try:
            with printing():
                return super().make_context(*given, **settings)
        except click.UsageError as error:
            _fold(error)
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of the help."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their lines, uncut, in sections by user."""
        longest = max(map(len, self.commands))
        for title, verbs in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(verb.ljust(longest), line) for verb, line in verbs.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The verbs and options that begin like this, from the lists, so that no verb is imported."""
        lines = [pair for verbs in self.sections.values() for pair in verbs.items()]
        verbs = [CompletionItem(verb, help=line) for verb, line in lines if verb.startswith(incomplete)]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]


def _fold(error: click.UsageError) -> None:
    """Let click show an error folded to the terminal, as every other line of this program is."""

    def show(file: IO[Any] | None = None) -> None:
        text = StringIO()
        type(error).show(error, text)
        Console().hint(text.getvalue())

    error.show = show  # type: ignore[method-assign]  # click calls it on this very error


def _print_error(console: Console, error: FatalError | OSError | click.UsageError) -> None:
    """Print what went wrong as a document too, unless standard output has a document already, or is closed."""
    from validator.model.escape import well_formed
    from validator.report.documents import ErrorDocument, ErrorEntry, as_json

    text = error.format_message() if isinstance(error, click.UsageError) else str(error)
    text = describe(error) if isinstance(error, OSError) else text
    message, _, help = well_formed(text).partition("; ")
    if not console.has_said:
        with suppress(FatalError):
            console.say(as_json(ErrorDocument(error=ErrorEntry(message=message, help=help))))


class _Modules(Mapping[str, click.Command]):
    def __init__(self, package: str, names: list[str]) -> None:
        self._package, self._names = package, names

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._names:
            raise KeyError(name)
        module = f"{self._package}.{name.replace('-', '_')}"
        command: click.Command = import_module(module).command
        if command.epilog and not command.epilog.startswith("\b"):
            command.epilog = f"\b\n{command.epilog}"  # a command is not broken over lines
        if command.help is None:
            from validator.cli.docstrings import docstring

            command.help = docstring(module, "command")
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def all_verbs(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb of a group and of the groups in it, with the words that call it."""
    for name, command in group.commands.items():
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from all_verbs(command, *before, name)
