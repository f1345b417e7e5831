"""The workflow that publishes the pages: its own lines, run in a clone, against a server that is a folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml12

from tests.cli.stage import Stage, git
from tests.cli.states import FLEET
from tests.cli.test_proposals import claims, propose
from tests.cli.test_site import assert_sound, content, unwrapped
from tests.repository import ROOT, claim_path, environment
from tests.shell import program, quoted
from validator.hosts.site.output import LOCK, MANIFEST

WORKFLOW: Any = yaml12.parse_yaml((ROOT / ".github/workflows/pages.yml").read_text("utf-8"))
SCRIPTS = [step["run"] for step in WORKFLOW["jobs"]["pages"]["steps"] if "run" in step]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def publish(stage: Stage, name: str, *pulls: dict[str, Any]) -> Path:
    """Run the workflow's lines in a fresh clone; the folder of its temporary files. `pulls` are GitHub's open ones."""
    clone, temporary = stage.clone(name), stage.folder / f"{name} files"
    temporary.mkdir()
    listed, numbers = stage.folder / "pulls.json", "".join(f"{one['number']}\n" for one in pulls)
    listed.write_text(json.dumps(pulls))
    says = f'case "$*" in *--jq*) printf %s {quoted(numbers)};; *) cat {quoted(listed)};; esac'
    gh = program(stage.folder / "programs/gh", says)
    program(clone / ".venv/bin/registry", f'exec {quoted(sys.executable)} -P -m validator "$@"')
    variables = variables_of(stage, temporary)
    variables["PATH"] = f"{gh.parent}{os.pathsep}{variables['PATH']}"
    for script in SCRIPTS:
        if "make runtime" not in script:
            ran(script, clone, variables)
    return temporary


def variables_of(stage: Stage, temporary: Path) -> dict[str, str]:
    where = {"GITHUB_SERVER_URL": f"file://{stage.folder}", "GITHUB_REPOSITORY": "fleet.git"}
    return environment(PYTHONPATH=str(ROOT), RUNNER_TEMP=str(temporary), GITHUB_SHA="a" * 40, **where)


def ran(script: str, folder: Path, variables: dict[str, str]) -> None:
    """Run a step as a runner does."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


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


def test_the_branch_is_replaced_and_has_nothing_else_than_pages(stage: Stage) -> None:
    for name in ("first", "second"):
        folder = stage.folder / name / "pages"
        folder.mkdir(parents=True)
        for file in ("index.html", MANIFEST, LOCK):
            (folder / file).write_text(name)
        ran(SCRIPTS[-1], stage.folder, variables_of(stage, folder.parent))
    assert git(stage.bare, "rev-list", "--count", "registry-pages") == "1\n"
    assert git(stage.bare, "ls-tree", "-r", "--name-only", "registry-pages") == ".nojekyll\nindex.html\n"
    assert git(stage.bare, "show", "registry-pages:index.html") == "second"


@pytest.mark.takes_long
def test_a_pull_request_from_a_fork_gets_a_card_like_a_branch(stage: Stage) -> None:
    stage.registered(4)
    made = propose(stage, "claim/05", (claim_path(5), FLEET[5]))
    taken = propose(
        stage, "claim/06", (claim_path(6), FLEET[6].replace("marketing-outreach-3", "marketing-outreach-1"))
    )
    branch = claims(stage, 7)
    user = {"id": 583231, "login": "<b>session"}
    pulls = [(8, made), (9, taken), (10, branch), (11, "0" * 40)]
    for number, commit in pulls[:3]:
        git(stage.bare, "update-ref", f"refs/pull/{number}/head", commit)
    for name in ("claim/05", "claim/06"):
        git(stage.bare, "update-ref", "-d", f"refs/heads/{name}")
    rows = [{"number": number, "head": {"sha": commit}, "user": user} for number, commit in pulls]
    site = content(publish(stage, "first", *rows) / "pages")
    assert_sound(site)
    today = unwrapped(site["index.html"])
    waiting, rejected = today.split("Rejected by the gate (1)")
    assert "Waiting for you (2)" in waiting
    assert "gh pr review 8 --approve &amp;&amp; gh pr merge 8 --merge" in waiting
    assert "gh pr review 10 --approve &amp;&amp; gh pr merge 10 --merge" in waiting, "a branch has one too"
    assert "registry approve" not in today
    assert "gh pr close 9 --comment &#34;WHY&#34;" in rejected
    assert "its pull request is closed, and the reason stands there" in waiting
    assert "registry whoami</code>" not in waiting, "its session has no reason on a plain server"
    assert "This registry is on GitHub" in today
    assert "whoever can push can approve" not in today
    assert "REG104" in rejected
    assert "from forks are not listed" not in today
    page = site["proposals/pull-8.html"].decode()
    assert "+session_id: marketing-outreach-2" in page
    assert claim_path(5) in page
    conflicts = site["conflicts.html"].decode()
    assert 'proposals/pull-9.html">#9</a></span>' in conflicts, "one that is taken conflicts with main"
    assert 'href="../proposals/pull-8.html">#8</a>' in site["sessions/05.html"].decode()
    assert not {"proposals/pull-10.html", "proposals/pull-11.html"} & site.keys(), "a branch is shown once"


def test_what_reads_the_proposals_has_no_token() -> None:
    (build,) = [step for step in WORKFLOW["jobs"]["pages"]["steps"] if "registry site" in step.get("run", "")]
    assert "env" not in build


def test_only_a_push_to_main_starts_it_and_it_may_do_nothing_else() -> None:
    job = WORKFLOW["jobs"]["pages"]
    assert (WORKFLOW["on"], WORKFLOW["permissions"]) == ({"push": {"branches": ["main"]}}, {})
    assert job["permissions"] == {"contents": "write", "pull-requests": "read"}
    (checkout,) = [step["with"] for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert checkout == {"ref": "main", "fetch-depth": 0, "persist-credentials": False}, (
        "the verbs refuse a part of history"
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_line_has_an_expression_in_it(script: str) -> None:
    assert "${{" not in script
