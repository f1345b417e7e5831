"""What other repositories take from here: hooks for pre-commit, and the action, as their readers want them."""

import re
from typing import Any

import pytest
import yaml12
from click.testing import CliRunner

from tests.repository import ROOT
from tests.schemastore import validator
from validator.cli import registry


def read(path: str) -> Any:
    return yaml12.parse_yaml((ROOT / path).read_text("utf-8"))


@pytest.mark.parametrize(
    ("path", "schema"),
    [(".pre-commit-hooks.yaml", "pre-commit-hooks"), (".pre-commit-config.yaml", "pre-commit-config")],
)
def test_pre_commits_files_have_its_form(path: str, schema: str) -> None:
    assert list(validator(f"https://json.schemastore.org/{schema}.json").iter_errors(read(path))) == []


def test_every_hook_calls_a_verb_that_is_there() -> None:
    for hook in read(".pre-commit-hooks.yaml"):
        program, verb, *options = hook["entry"].split()
        assert program == "registry"
        told = CliRunner().invoke(registry, [verb, "--help"])
        assert told.exit_code == 0
        assert all(option in told.output for option in options)


@pytest.mark.parametrize(
    ("hook", "path", "runs"),
    [
        ("registry-validate", "registry/sessions/04.yaml", True),
        ("registry-validate", "registry/charter.yaml", True),
        ("registry-validate", "registry/consensus/acknowledgements/04.yaml", True),
        ("registry-validate", "", True),
        ("registry-codeowners", "registry/charter.yaml", True),
        ("registry-codeowners", "CODEOWNERS", True),
        ("registry-codeowners", "registry/sessions/04.yaml", False),
    ],
)
def test_a_hook_runs_where_a_file_that_it_judges_is_changed(hook: str, path: str, runs: bool) -> None:
    """pre-commit searches for `files` in the paths that a commit leaves, and runs the entry if one fits.

    Of what a commit deletes it hands on no path, so the claims are judged before every commit.
    """
    (row,) = (row for row in read(".pre-commit-hooks.yaml") if row["id"] == hook)
    assert (row.get("always_run", False) or bool(re.search(row["files"], path))) is runs
    assert row["pass_filenames"] is False, "the verb judges the folder, and takes no file names"


def test_action_and_gate_take_the_same_steps() -> None:
    """But for the cache, whose key an action makes for itself, and which it fills on main as well."""
    whole = read(".github/workflows/validate.yml")["jobs"]["gate"]["steps"], read("action.yml")["runs"]["steps"]
    cached = [step for step in whole[1] if "/cache/" in step.get("uses", "") or step.get("id") == "lock"]
    assert [step["name"] for step in cached] == [
        "The lock of what is installed", "What a run on main has installed", "Keep it for the proposals",
    ]  # fmt: skip
    gate = [step for step in whole[0] if "/cache/" not in step.get("uses", "")]
    assert len(whole[0]) - len(gate) == 1
    action = [step for step in whole[1] if step not in cached]
    assert [step.get("uses") for step in action] == [step.get("uses") for step in gate]
    assert [step.get("with") for step in action] == [step.get("with") for step in gate]
    assert [step.get("env") for step in action] == [step.get("env") for step in gate]
    assert action[-1]["run"].endswith(gate[-1]["run"].removeprefix(".venv/bin/registry"))
