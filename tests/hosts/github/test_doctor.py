"""`registry doctor`: every check, in force and not, and the command that mends it."""

import json
from typing import Any

import pytest

from tests.hosts.github.forge import Forge
from tests.hosts.github.test_settings import OWNERS, github, with_owners
from tests.repository import Changes

pytestmark = pytest.mark.blackbox


def named(forge: Forge) -> Changes:
    """A main whose approver is somebody."""
    charter = forge.origin.git("show", "main:registry/charter.yaml").replace("@OWNER", "@session-approver") + "\n"
    return {"registry/charter.yaml": charter, "CODEOWNERS": OWNERS.replace("@OWNER", "@session-approver")}


def doctor(forge: Forge, *words: str) -> dict[str, dict[str, Any]]:
    done = github(forge, "doctor", "--format", "json", *words, login="--local" not in words)
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(done.stdout)
    assert document["in_force"] == (done.returncode == 0)
    return {check["name"]: check for check in document["checks"]}


def wrong(checks: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, check in checks.items() if check["state"] == "not-in-force"]


def test_every_check_passes_on_a_protected_repository(forge: Forge) -> None:
    forge.origin.commit("main", named(forge))
    with_owners(forge, str(named(forge)["CODEOWNERS"]))
    assert github(forge, "github", "apply").returncode == 0
    assert github(forge, "install-hook", "--trial", "--unsigned", str(forge.origin.path)).returncode == 0
    checks = doctor(forge)
    assert {check["state"] for check in checks.values()} == {"in-force"}
    assert {check["part"] for check in checks.values()} == {"local", "remote"}
    assert all(check["what"] and check["why"] and check["command"] is None for check in checks.values())


def test_the_placeholder_owner_is_reported(forge: Forge) -> None:
    checks = doctor(forge, "--local")
    assert checks["approver-named"]["what"] == "registry/charter.yaml still names @OWNER, which is a placeholder"
    assert checks["approver-named"]["command"] == "${EDITOR:-vi} registry/charter.yaml && registry codeowners"


WORKFLOW = "on: pull_request_target\njobs:\n  a:\n    name: {name}\n    runs-on: x\n    steps:\n      - {step}\n"
FAULTS: dict[str, tuple[Changes, str, str]] = {
    "no owners at all": ({"CODEOWNERS": None}, "codeowners-file", "there is no CODEOWNERS"),
    "another place goes first": (
        {".github/CODEOWNERS": "* @OWNER\n"},
        "codeowners-file",
        ".github/CODEOWNERS counts, so what is in CODEOWNERS does not",
    ),
    "too large to be loaded": (
        {"CODEOWNERS": "# " + "x" * 3 * 1024 * 1024},
        "codeowners-file",
        "CODEOWNERS has 3,145,728 bytes or more, is no file, or is not UTF-8, and is not loaded",
    ),
    "another owner than approver": (
        {"CODEOWNERS": "* @somebody\n"},
        "owners-approve",
        "@somebody owns governed files, but is no approver in registry/charter.yaml",
    ),
    "lines that are skipped": (
        {"CODEOWNERS": "* @OWNER\n!registry/ @OWNER\n/docs/[a-z]* @OWNER\n*.md OWNER\n\\#x @OWNER\n"},
        "codeowners-lines",
        'line 2: a pattern cannot be negated with !; line 3: [ ] is no range of characters here; line 4: "OWNER" is',
    ),
    "a later line takes ownership away": (
        {"CODEOWNERS": "* @OWNER\n/registry/ # everybody\n"},
        "ownership-kept",
        'line 2 ("/registry/") takes the owners from registry/charter.yaml',
    ),
    "a governed file that no line matches": (
        {"CODEOWNERS": "/validator/ @OWNER\n"},
        "governed-owned",
        "nobody owns .github/ISSUE_TEMPLATE/",
    ),
    "the gate has gone": (
        {".github/workflows/validate.yml": None},
        "gate-runs",
        'no workflow has a job named "registry gate"',
    ),
    "a second job of the gate's name": (
        {".github/workflows/z.yml": WORKFLOW.format(name="registry ${{ matrix.x }}", step="run: exit 0")},
        "gate-runs",
        '.github/workflows/validate.yml, .github/workflows/z.yml each have a job that can be called "registry gate"',
    ),
    "a workflow without permissions": (
        {".github/workflows/z.yml": WORKFLOW.format(name="a", step="run: exit 0")},
        "workflow-permissions",
        ".github/workflows/z.yml states no permissions",
    ),
    "a workflow that may write": (
        {".github/workflows/z.yml": "on: push\npermissions: write-all\njobs: {}\n"},
        "workflow-permissions",
        ".github/workflows/z.yml may write to the repository",
    ),
    "an action by its tag": (
        {".github/workflows/z.yml": WORKFLOW.format(name="a", step="uses: actions/checkout@v7")},
        "actions-pinned",
        "not pinned by commit: actions/checkout@v7 (.github/workflows/z.yml)",
    ),
    "a proposal that is checked out": (
        {
            ".github/workflows/z.yml": WORKFLOW.format(
                name="a", step='{uses: actions/checkout@v7, with: {ref: "${{ github.event.pull_request.head.sha }}"}}'
            )
        },
        "head-is-data",
        ".github/workflows/z.yml checks a proposal out with the rights of main",
    ),
    "an action elsewhere that checks it out": (
        {
            ".github/workflows/z.yml": WORKFLOW.format(name="a", step="uses: ./tools/one/"),
            "tools/one/action.yaml": "runs: {steps: [{uses: ./tools/two}]}\n",
            "tools/two/action.yml": "runs: {steps: [&a {run: echo}, *a, {run: gh pr checkout 1}]}\n",
            "docs/action.yml": "[",
        },
        "head-is-data",
        ".github/workflows/z.yml checks a proposal out with the rights of main",
    ),
    "a ruleset of yesterday": ({".github/rulesets/main.json": "{}\n"}, "ruleset-file", ".github/rulesets/main.json is"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_on_main_is_named(forge: Forge, fault: str) -> None:
    changes, name, what = FAULTS[fault]
    forge.origin.commit("main", changes)
    check = doctor(forge, "--local")[name]
    assert check["state"] == "not-in-force"
    assert check["what"].startswith(what)
    assert check["command"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("    name: registry gate\n", "    if: always()\n    name: registry gate\n", "the job gate of"),
        ("    branches: [main]\n", "    branches: [main]\n    paths: [registry/**]\n", "pull_request_target.paths"),
        ("  merge_group:\n    types: [checks_requested]\n", "", "does not run on merge_group"),
    ],
)
def test_a_gate_that_can_be_skipped_is_reported(forge: Forge, before: str, after: str, said: str) -> None:
    text = forge.origin.git("show", "main:.github/workflows/validate.yml") + "\n"
    assert before in text
    forge.origin.commit("main", {".github/workflows/validate.yml": text.replace(before, after)})
    assert said in doctor(forge, "--local")["gate-runs"]["what"]


def test_a_shallow_clone_is_reported_first(forge: Forge) -> None:
    folder = forge.folder / "clone"
    forge.origin.commit("main", {"registry/README.md": "x\n"})
    forge.origin.git("clone", "--quiet", "--depth=1", f"file://{forge.origin.path}", str(folder))
    done = github(forge, "doctor")
    assert done.returncode == 1
    assert done.stdout == (
        "✗ history-whole: a shallow clone does not hold who was first; run: git fetch --unshallow\n"
        "    why: the history decides who was first; nothing can be judged without all of it\n"
        "    run: git fetch --unshallow\n0 in force, 1 not, 0 cannot be checked from here\n"
    )


def test_a_plain_server_without_the_guard(forge: Forge) -> None:
    check = doctor(forge, "--local")["hook-installed"]
    what = "origin is a plain Git server without the guard: there is no pre-receive hook"
    assert (check["state"], check["what"]) == ("not-in-force", what)


@pytest.mark.parametrize(
    ("url", "state"),
    [("git@github.com:OWNER/registry.git", "in-force"), ("ssh://server.invalid/registry.git", "unknown")],
)
def test_a_server_elsewhere(forge: Forge, url: str, state: str) -> None:
    doctor(forge, "--local")
    forge.origin.git("-C", str(forge.folder / "clone"), "remote", "set-url", "origin", url)
    assert doctor(forge, "--local")["hook-installed"]["state"] == state


def test_github_is_queried_only_when_logged_in(forge: Forge) -> None:
    done = github(forge, "doctor", login=False)
    assert "? github: gh is not logged in\n" in done.stdout
    assert "    run: gh auth login\n" in done.stdout


def test_checks_without_permission_are_unknown(forge: Forge) -> None:
    """Only what GitHub says that it does not have is missing there; here the files may not be read."""
    with_owners(forge)
    state = forge.read_state()
    forge.write_state(state | {"tokens": state["tokens"] | {"gho_other": {"administration": "write"}}})
    done = github(forge, "doctor", "--format", "json", login="gho_other")
    asked = [check for check in json.loads(done.stdout)["checks"] if check["part"] == "remote"]
    assert [(check["name"], check["state"]) for check in asked] == [("github", "unknown")]
    assert "HTTP 403" in asked[0]["what"]


def test_local_does_not_query_github(forge: Forge) -> None:
    done = github(forge, "doctor", "--local", "--format", "json")
    assert {check["part"] for check in json.loads(done.stdout)["checks"]} == {"local"}
    assert not forge.calls.exists() or not forge.calls.read_text()


def test_differing_github_settings_are_named(forge: Forge) -> None:
    with_owners(forge)
    state = forge.read_state()
    forge.write_state(state | {"owner_errors": [{"line": 4, "kind": "Unknown owner", "source": "* @OWNER"}]})
    checks = doctor(forge)
    assert wrong(checks)[-4:] == [
        "github: ruleset main", "github: repository", "github: workflow permissions", "github: owners exist",
    ]  # fmt: skip
    assert checks["github: ruleset main"]["command"] == "registry github plan && registry github apply"
    assert checks["github: owners exist"]["what"].endswith("line 4: Unknown owner")


def link(to: str) -> tuple[str, str]:
    return "120000", to


HOSTILE: dict[str, Changes] = {
    "workflows": {
        ".github/workflows/bomb.yml": "a: &a [x, x]\n" + "".join(f"a{n}: &a [*a, *a]\n" for n in range(1_000)),
        ".github/workflows/deep.yml": "[" * 30_000,
        ".github/workflows/bytes.yml": b"\xff\x00\xfe",
        ".github/workflows/large.yml": b"#" * 5_000_000,
        ".github/workflows/link.yml": link("/dev/zero"),
        ".github/workflows/other.yml": ("160000", "1" * 40),
        ".github/workflows/\x1b[2J\n::error::.yml": "jobs: [1, {a: b}]\n",
        b".github/workflows/\xff.yml": "on: {push: 5}\njobs: {a: {steps: [{uses: 5}]}}\n",
        ".github/workflows/names.yml": f"on: push\njobs: {{a: {{name: '{'${{a}}' * 5_000}'}}}}\n",
        "action.yml": "runs: [steps]\n",
    },
    "owners": {
        "CODEOWNERS": "".join(f"{'*a' * 400}{n} @OWNER\n{'**/a*/' * 300} @OWNER\n" for n in range(60)) + "\0\r\n!\n",
        "validator/" + "a" * 250: "",
        "validator/" + "/".join(["aaaa"] * 400): "",
    },
    "no owners": {
        "CODEOWNERS": b"* @OWNER \xff\n",
        ".github/CODEOWNERS/a": "",
        "docs/CODEOWNERS": link("../CODEOWNERS"),
    },
    "owners elsewhere": {"CODEOWNERS": ("160000", "1" * 40), ".github/rulesets/main.json": b"\xff"},
    "a charter": {"registry/charter.yaml": "approvers: [{handle: 5}]\n"},
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.takes_long
def test_any_content_of_main_gives_a_list_of_checks(forge: Forge, what: str) -> None:
    forge.origin.commit("main", HOSTILE[what])
    done = github(forge, "doctor", "--local")
    assert (done.returncode, done.stderr) == (1, "")
    checks, _, table = done.stdout.partition("\n\n")
    starts = ("✓ ", "✗ ", "? ", "    why: ", "    run: ", "    fill in: ")
    assert all(line.startswith(starts) for line in checks.splitlines()[: None if table else -1])
    assert wrong(doctor(forge, "--local"))


def test_a_workflow_that_cannot_be_read_is_named(forge: Forge) -> None:
    forge.origin.commit("main", HOSTILE["workflows"])
    what = doctor(forge, "--local")["workflows-read"]["what"]
    assert "action.yml (" not in what, "it holds a mapping, if not one of an action"
    assert ".github/workflows/bomb.yml (line 2: an alias, a tag, a merge key, or a duplicate key)" in what
    assert ".github/workflows/large.yml (it has 5,000,000 bytes; 65,536 are read)" in what
    assert what.endswith(" and 1 more")


@pytest.mark.takes_long
def test_a_second_gate_passes_but_is_reported(forge: Forge) -> None:
    """The gate accepts it, since it has no claim; doctor reports it."""
    job = "jobs:\n  yes:\n    name: registry ${{ 'gate' }}\n    runs-on: x\n    steps:\n      - run: exit 0\n"
    head = forge.propose(7, {".github/workflows/z.yml": f"on: pull_request\npermissions: {{}}\n{job}"})
    assert forge.gate(7).status == 0
    doctor(forge, "--local")
    forge.origin.git("-C", str(forge.folder / "clone"), "fetch", "--quiet", "origin", "refs/pull/7/head")
    assert (
        'each have a job that can be called "registry gate"'
        in doctor(forge, "--local", "--ref", head)["gate-runs"]["what"]
    )
