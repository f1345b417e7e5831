"""`registry github plan` and `apply` against the stand-in: differences are reported, and applied once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.stage import Done as Console
from tests.cli.test_width import faults
from tests.hosts.github.forge import HUMANS, SCOPES, Forge
from tests.shell import quoted
from validator.hosts.github.codeowners import owners_text
from validator.hosts.github.settings import REPOSITORY, RULESET_FILE, WORKFLOW_TOKEN, ruleset, ruleset_text

pytestmark = pytest.mark.blackbox

Done = subprocess.CompletedProcess[str]
OWNERS = owners_text(["@OWNER"])


def github(forge: Forge, *words: str, login: bool | str = True, columns: str = "") -> Done:
    folder = forge.folder / "clone"
    if not folder.exists():
        forge.origin.git("clone", "--quiet", str(forge.origin.path), str(folder))
        (folder / ".venv").mkdir()
    env = forge.variables(forge.folder) | ({"GH_TOKEN": HUMANS if login is True else login} if login else {})
    env |= {"COLUMNS": columns} if columns else {}
    command = ["sh", "-c", f'PYTHONPATH={quoted(folder)} exec "$0" -P -m validator "$@"', sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=300)


def with_owners(forge: Forge, text: str = OWNERS) -> None:
    """Main on GitHub has these code owners."""
    forge.origin.commit("main", {"CODEOWNERS": text})


def test_plan_shows_differences_and_writes_nothing(forge: Forge) -> None:
    with_owners(forge, "* @somebody\n")
    done = github(forge, "github", "plan", columns="80")
    assert done.returncode == 1
    assert list(faults(Console(1, done.stdout, done.stderr))) == []
    assert "✗ ruleset main: there is none\n" in done.stdout
    assert '    -  "allow_squash_merge": true,\n    -  "allow_rebase_merge": true,\n' in done.stdout
    assert '    +  "default_workflow_permissions": "read",\n' in done.stdout
    assert "    -* @somebody\n" in done.stdout
    assert "    +* @OWNER\n" in done.stdout
    assert done.stdout.endswith("to make it so: registry github apply\n")
    assert forge.sent() == []


def test_plan_for_the_charter_of_an_earlier_commit(forge: Forge) -> None:
    with_owners(forge)
    text = forge.origin.git("show", "main:registry/charter.yaml")
    forge.origin.commit("main", {"registry/charter.yaml": text.replace("@OWNER", "@session-approver") + "\n"})
    assert "✓ CODEOWNERS\n" in github(forge, "github", "plan", "--ref", "origin/main~1").stdout
    assert "✗ CODEOWNERS\n" in github(forge, "github", "plan").stdout


@pytest.mark.takes_long
def test_apply_is_idempotent(forge: Forge) -> None:
    with_owners(forge)
    done = github(forge, "github", "apply", columns="80")
    assert list(faults(Console(done.returncode, done.stdout, done.stderr))) == []
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(call["method"], call["path"]) for call in forge.sent()] == [
        ("POST", "repos/OWNER/registry/rulesets"),
        ("PATCH", "repos/OWNER/registry"),
        ("PUT", "repos/OWNER/registry/actions/permissions/workflow"),
    ]
    assert [call["body"] for call in forge.sent()] == [ruleset(), dict(REPOSITORY), dict(WORKFLOW_TOKEN)]
    again = github(forge, "github", "apply", "--format", "json")
    assert (again.returncode, json.loads(again.stdout)["fits"]) == (0, True)
    assert len(forge.sent()) == 3
    assert github(forge, "github", "plan").stdout == (
        "✓ ruleset main\n✓ repository\n✓ workflow permissions\n✓ CODEOWNERS\n"
    )


@pytest.mark.takes_long
def test_a_ruleset_that_was_loosened_is_put_right_in_its_place(forge: Forge) -> None:
    with_owners(forge)
    github(forge, "github", "apply")
    state = forge.read_state()
    (ours,) = state["rulesets"]
    ours["bypass_actors"] = [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]
    ours["rules"] = [rule for rule in ours["rules"] if rule["type"] != "non_fast_forward"] + [{"type": "creation"}]
    forge.write_state(state)
    plan = github(forge, "github", "plan").stdout
    assert '    -      "actor_type": "RepositoryRole",\n' in plan
    assert '    +      "type": "non_fast_forward"\n' in plan
    assert '    -      "type": "creation"\n' in plan
    assert github(forge, "github", "apply").returncode == 0
    assert forge.sent()[-1] == {"method": "PUT", "path": "repos/OWNER/registry/rulesets/42", "body": ruleset()}


@pytest.mark.takes_long
def test_apply_keeps_unrelated_settings(forge: Forge) -> None:
    """An update changes only the named settings of repository, ruleset and token."""
    with_owners(forge)
    github(forge, "github", "apply")
    state = forge.read_state()
    state["repository"] |= {"allow_squash_merge": True, "has_wiki": True}
    state["rulesets"][0] |= {"enforcement": "evaluate", "source": "OWNER/registry"}
    forge.write_state(state)
    assert github(forge, "github", "apply").returncode == 0
    found = forge.read_state()
    assert found["repository"] == dict(REPOSITORY) | {"has_wiki": True}
    assert [row["enforcement"] for row in found["rulesets"]] == ["active"]


def test_organisation_rulesets_are_left_alone(forge: Forge) -> None:
    """An organisation's ruleset of the same name is not changed."""
    with_owners(forge)
    above = {"id": 7, "name": "main", "target": "branch", "enforcement": "disabled", "source_type": "Organization"}
    forge.write_state(forge.read_state() | {"parents_rulesets": [above]})
    assert github(forge, "github", "apply").returncode == 0
    assert forge.sent()[0]["method"] == "POST"


def test_a_ruleset_for_tags_is_not_ours(forge: Forge) -> None:
    with_owners(forge)
    tags = {"id": 7, "name": "main", "target": "tag", "enforcement": "active"}
    forge.write_state(forge.read_state() | {"rulesets": [tags]})
    assert "✗ ruleset main: there is none\n" in github(forge, "github", "plan").stdout


def test_our_ruleset_is_found_on_a_later_page(forge: Forge) -> None:
    with_owners(forge)
    others = [{"id": 1000 + at, "name": f"team {at}", "target": "branch", "enforcement": "active"} for at in range(130)]
    assert github(forge, "github", "apply").returncode == 0
    state = forge.read_state()
    forge.write_state(state | {"rulesets": [*others, *state["rulesets"]]})
    assert github(forge, "github", "plan").returncode == 0


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        (dict.fromkeys(SCOPES, "write"), "gh: Resource not accessible by integration (HTTP 403)"),
        (None, "gh: Bad credentials (HTTP 401)"),
    ],
)
def test_a_token_without_permission_is_a_one_line_error(forge: Forge, rights: dict[str, str] | None, said: str) -> None:
    state = forge.read_state()
    forge.write_state(state | {"tokens": state["tokens"] | ({"ghs_other": rights} if rights else {})})
    before = forge.read_state()
    done = github(forge, "github", "apply", login="ghs_other")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("registry: gh api GET repos/{owner}/{repo}")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert forge.read_state() == before


@pytest.mark.takes_long
def test_no_merge_queue_is_required_where_unavailable(forge: Forge) -> None:
    forge.write_state(forge.read_state() | {"owner_type": "User"})
    with_owners(forge)
    assert github(forge, "github", "apply").returncode == 0
    assert forge.sent()[0]["body"] == ruleset(queue=False)


def test_settings_in_files_are_reported_but_not_changed(forge: Forge) -> None:
    forge.origin.commit("main", {"CODEOWNERS": None})
    done = github(forge, "github", "apply")
    assert done.returncode == 1
    assert "✗ CODEOWNERS: there is none\n" in done.stdout
    assert done.stdout.endswith("propose it: registry codeowners, then a pull request\n")


def test_a_github_refusal_is_a_one_line_error(forge: Forge) -> None:
    state = forge.read_state()
    forge.write_state(state | {"rulesets": "nonsense"})
    done = github(forge, "github", "plan")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "registry: gh api GET repos/{owner}/{repo}/rulesets?includes_parents=false&per_page=100: "
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("rulesets", [[]]), ("rulesets", [{"name": "main", "target": "branch", "id": "x"}]), ("token", []),
        ("repository", {"owner": 5}), ("owner_type", None),
    ],
)  # fmt: skip
def test_malformed_github_answers_are_one_line_errors(forge: Forge, part: str, value: object) -> None:
    forge.write_state(forge.read_state() | {part: value})
    done = github(forge, "github", "plan")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == (done.returncode == 2)


def test_the_file_is_made_from_the_same_place(forge: Forge) -> None:
    assert json.loads(ruleset_text()) == ruleset()
    assert github(forge, "github", "ruleset", "--check").returncode == 0
    Path(forge.folder / "clone" / RULESET_FILE).write_text("{}\n")
    stale = github(forge, "github", "ruleset", "--check")
    assert (stale.returncode, stale.stdout) == (1, f"{RULESET_FILE} is stale; run: registry github ruleset\n")
    assert github(forge, "github", "ruleset").returncode == 0
    assert Path(forge.folder / "clone" / RULESET_FILE).read_text() == ruleset_text()
