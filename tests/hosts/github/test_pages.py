"""The workflow that publishes the pages: its own lines, run in a clone, against a server that is a folder."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.cli.stage import Stage, git
from tests.cli.test_proposals import claims
from tests.cli.test_site import content
from tests.repository import ROOT, environment
from tests.shell import program, quoted

WORKFLOW: Any = yaml12.parse_yaml((ROOT / ".github/workflows/pages.yml").read_text("utf-8"))
SCRIPTS = [step["run"] for step in WORKFLOW["jobs"]["pages"]["steps"] if "run" in step]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def publish(stage: Stage, name: str) -> Path:
    """Run the workflow's lines in a fresh clone; the folder of its temporary files."""
    clone, temporary = stage.clone(name), stage.folder / f"{name} files"
    temporary.mkdir()
    program(clone / ".venv/bin/registry", f'exec {quoted(sys.executable)} -P -m validator "$@"')
    where = {"GITHUB_SERVER_URL": f"file://{stage.folder}", "GITHUB_REPOSITORY": "fleet.git"}
    variables = environment(PYTHONPATH=str(ROOT), RUNNER_TEMP=str(temporary), GITHUB_SHA="a" * 40, **where)
    for script in SCRIPTS:
        if "make runtime" not in script:
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            done = subprocess.run(command, cwd=clone, env=variables, capture_output=True, encoding="utf-8", check=False)
            assert done.returncode == 0, done.stderr
    return temporary


@pytest.mark.takes_long
def test_the_branch_has_the_pages_of_main_and_of_the_proposals(stage: Stage) -> None:
    stage.registered(4)
    claims(stage, 5)
    first = publish(stage, "first")
    published = set(git(stage.bare, "ls-tree", "-r", "--name-only", "registry-pages").splitlines())
    assert published == {*content(first / "pages"), ".nojekyll"}
    assert {"index.html", "REGISTRY.md", "api/v1/status.json", "proposals/claim-05.html"} <= published
    landed = stage.registered(6)
    publish(stage, "second")
    assert git(stage.bare, "rev-list", "--count", "registry-pages") == "1\n"
    status = json.loads(git(stage.bare, "show", "registry-pages:api/v1/status.json"))
    assert status["commit"] == landed


def test_only_a_push_to_main_starts_it_and_it_may_do_nothing_else() -> None:
    job = WORKFLOW["jobs"]["pages"]
    assert (WORKFLOW["on"], WORKFLOW["permissions"]) == ({"push": {"branches": ["main"]}}, {})
    assert job["permissions"] == {"contents": "write"}
    assert [step["with"]["persist-credentials"] for step in job["steps"] if "checkout" in step.get("uses", "")] == [
        False
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_line_has_an_expression_in_it(script: str) -> None:
    assert "${{" not in script
