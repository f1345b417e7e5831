"""`--help` of every verb, whole: what it says is a promise to whoever types it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import pytest

from tests.cli.stage import verb
from validator.cli.verbs import registry


def verbs(commands: Mapping[str, click.Command], *before: str) -> Iterator[tuple[str, ...]]:
    for name, command in sorted(commands.items()):
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from verbs(command.commands, *before, name)


VERBS = [(), *verbs(registry.commands)]


@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words) or "registry")
def test_help(words: tuple[str, ...], tmp_path: Path, expected: Callable[[str, str], None]) -> None:
    done = verb(tmp_path, *words, "--help")
    assert (done.exit_code, done.err) == (0, "")
    expected(f"help/{'-'.join(words) or 'registry'}.txt", done.out)
