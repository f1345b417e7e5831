"""`--help` of every verb, compared as a whole."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.stage import verb
from tests.repository import ROOT
from validator.cli import registry
from validator.cli.group import Verbs, all_verbs

VERBS = {(): registry, **dict(all_verbs(registry))}


@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words) or "registry")
def test_help(words: tuple[str, ...], tmp_path: Path, expected: Callable[[str, str], None]) -> None:
    done = verb(tmp_path, *words, "--help")
    assert (done.exit_code, done.err) == (0, "")
    expected(f"help/{'-'.join(words) or 'registry'}.txt", done.out)


def test_every_verb_that_reads_main_can_ask_the_remote_first() -> None:
    options = {words: {one.name for one in command.params} for words, command in VERBS.items()}
    reading = {words for words, names in options.items() if "ref" in names}
    assert len(reading) > 10
    assert {words for words in reading if "fetch" not in options[words]} == {("github", "apply")}, "that one writes"


@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words) or "registry")
def test_a_verb_is_listed_with_the_first_line_of_its_help(words: tuple[str, ...]) -> None:
    group = VERBS[words]
    if isinstance(group, Verbs):
        lines = {name: line for verbs in group.sections.values() for name, line in verbs.items()}
        assert lines == {name: (command.help or "").split("\n")[0] for name, command in group.commands.items()}


@pytest.mark.parametrize("words", [words for words, command in VERBS.items() if not isinstance(command, Verbs)])
def test_the_example_in_the_help_is_one_that_the_verb_takes(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fleet.git").mkdir()  # the server's repository, for the verb that guards it
    command = VERBS[words]
    example = shlex.split((command.epilog or "").removeprefix("\b\n").removeprefix("Example: "))
    assert tuple(example[: len(words) + 1]) == ("registry", *words)
    given = example[len(words) + 1 :]
    assert given or not any(parameter.required for parameter in command.params)
    command.make_context(words[-1], given, help_option_names=["-h", "--help"])


def test_the_list_of_verbs_imports_none_of_them() -> None:
    code = "import sys, validator.cli as c; c.registry(['--help'], standalone_mode=False); print(*sys.modules)"
    listed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    ).stdout
    assert "Who is who in a fleet" in listed
    for heavy in ("pydantic", "git", "validator.cli.validate", "validator.rules"):
        assert heavy not in listed.split()
