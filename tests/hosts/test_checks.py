"""The checks of `registry doctor` on the files of a main, one fault at a time; `hosts/github` runs the verb itself."""

from typing import Any

import pytest

from tests.hosts.github.forge import product
from tests.repository import charter
from validator.hosts.github.checks import (
    MOST_GOVERNED,
    Check,
    GateInputs,
    State,
    local_checks,
    plain_checks,
    read_inputs,
)
from validator.hosts.github.codeowners import owners_text
from validator.hosts.github.settings import CHECK
from validator.hosts.github.workflows import is_action, is_workflow, read_workflow
from validator.model.layout import CHARTER
from validator.model.shapes import Charter
from validator.registry.parsing import parse
from validator.registry.yaml.reader import read

GATE = ".github/workflows/validate.yml"
PAGES = ".github/workflows/pages.yml"
HANDLE = "@session-approver"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF6QYDuGz4D8uesDvOQ1kJCeyeVUrym9ijma72o55/w5"
Files = dict[str, str | None]


def files() -> dict[str, str]:
    """This working copy as it should be on a GitHub where the gate is in force."""
    found = {str(path): content.decode() for path, content in product().items()}
    return found | {CHARTER: charter().replace("@OWNER", HANDLE), "CODEOWNERS": owners_text([HANDLE])}


def inputs_of(changes: Files) -> GateInputs:
    now = {path: text for path, text in (files() | changes).items() if text is not None}
    flows = [read_workflow(path, now[path].encode()) for path in sorted(now) if is_workflow(path) or is_action(path)]
    approved = parse(read(CHARTER, now.get(CHARTER, "").encode()), Charter).value
    return read_inputs(frozenset(now), now, approved, tuple(flows))


def checks(changes: Files) -> dict[str, Check]:
    return {check.name: check for check in local_checks(inputs_of(changes))}


def test_a_plain_server_is_judged_by_its_approvers_and_their_keys() -> None:
    signed = files()[CHARTER].replace(f'{{handle: "{HANDLE}"}}', f'{{handle: "@OWNER", key: "{KEY}"}}')
    for text, states in (
        (signed, ["in-force", "in-force"]),
        (files()[CHARTER], ["in-force", "not-in-force"]),
        (charter(), ["not-in-force", "not-in-force"]),
        ("", ["not-in-force", "not-in-force"]),
    ):
        found = [*plain_checks(inputs_of({CHARTER: text}))]
        assert ([check.name for check in found], [check.state for check in found]) == (
            ["approver-named", "approvals-signed"],
            states,
        )


def gate(**changes: Any) -> Files:
    """The gate's workflow with words put in place of others."""
    text = files()[GATE]
    for before, after in changes.values():
        assert before in text
        text = text.replace(before, after)
    return {GATE: text}


def pages(before: str, after: str) -> Files:
    """The workflow that may write a branch, with words put in place of others."""
    assert before in files()[PAGES]
    return {PAGES: files()[PAGES].replace(before, after)}


def test_all_is_in_force_here() -> None:
    found = checks({})
    assert {check.state for check in found.values()} == {State.IN_FORCE}
    assert not any(check.command for check in found.values())


NAME = f"    name: {CHECK}\n"
JOB = f"on: push\npermissions: {{}}\njobs:\n  a:\n{NAME}"
FAULTS: dict[str, tuple[Files, str, str]] = {
    "nobody": ({CHARTER: charter()}, "approver-named", "registry/charter.yaml still names @OWNER, which is"),
    "no charter": ({CHARTER: None}, "approver-named", "registry/charter.yaml is missing or broken"),
    "no owners": ({"CODEOWNERS": None}, "codeowners-file", "there is no CODEOWNERS"),
    "two places": ({"docs/CODEOWNERS": "* @a\n"}, "codeowners-file", "CODEOWNERS counts, so what is in docs"),
    "by hand": ({"CODEOWNERS": f"* {HANDLE}\n"}, "codeowners-file", "CODEOWNERS is not what registry/charter.yaml"),
    "skipped": ({"CODEOWNERS": f"* {HANDLE}\n!a {HANDLE}\n" * 9}, "codeowners-lines", "line 2: a pattern cannot be"),
    "cancelled": (
        {"CODEOWNERS": f"* {HANDLE}\n/validator/rules/\n"}, "ownership-kept", 'line 2 ("/validator/rules/") takes the',
    ),
    "bare": ({"CODEOWNERS": f"/validator/ {HANDLE}\n"}, "governed-owned", "nobody owns .github/"),
    "too many": (
        {f"schema/{number}": "" for number in range(MOST_GOVERNED)}, "governed-owned", " governed files beyond",
    ),
    "strangers": ({"CODEOWNERS": "* @a\n"}, "owners-approve", "@a owns governed files, but is no approver in"),
    "unread": ({".github/workflows/z.yml": "{"}, "workflows-read", ".github/workflows/z.yml (line 1: not YAML"),
    "no gate": ({GATE: None}, "gate-runs", 'no workflow has a job named "registry gate"'),
    "two gates": ({".github/workflows/z.yml": JOB}, "gate-runs", f"{GATE}, .github/workflows/z.yml each have a job"),
    "if": (gate(a=(NAME, f"{NAME}    if: always()\n")), "gate-runs", f"the job gate of {GATE} has if:"),
    "needs": (gate(a=(NAME, f"{NAME}    needs: a\n")), "gate-runs", f"the job gate of {GATE} has needs:"),
    "a step that may fail": (
        gate(a=("      - name: Judge\n", "      - name: Judge\n        continue-on-error: true\n")),
        "gate-runs", f"the job gate of {GATE} has continue-on-error:",
    ),
    "no queue": (gate(a=("  merge_group:\n    types: [checks_requested]\n", "")), "gate-runs", "does not run on merge"),
    "paths": (gate(a=("    branches: [main]\n", "    paths: [a]\n")), "gate-runs", "by pull_request_target.paths"),
    "branches": (gate(a=("[main]", "[a]")), "gate-runs", "by pull_request_target.branches, which is not main"),
    "types": (gate(a=("[opened, synchronize, ", "[")), "gate-runs", "leaves out pull_request_target.types: opened"),
    "one type": (gate(a=("[checks_requested]", "destroyed")), "gate-runs", "leaves out merge_group.types: checks_req"),
    "no permissions": ({".github/workflows/z.yml": "on: push\njobs: {}\n"}, "workflow-permissions", "states no permis"),
    "pages of a branch": (pages("[main]", "[a]"), "workflow-permissions", f"{PAGES} may write to the"),
    "pages of all": (pages("\n    branches: [main]", ""), "workflow-permissions", f"{PAGES} may write to the"),
    "pages of a proposal": (pages("on:\n", "on:\n  issues:\n"), "workflow-permissions", f"{PAGES} may write to the"),
    "may write": (gate(a=("contents: read", "contents: write")), "workflow-permissions", f"{GATE} may write to the"),
    "a tag": (
        {"action.yml": "runs: {steps: [{uses: a/b@v1}]}\n"}, "actions-pinned", "not pinned by commit: a/b@v1 (action",
    ),
    "head": (
        gate(a=("          ref: main\n", "          ref: ${{ github.event.pull_request.head.sha }}\n")),
        "head-is-data", f"{GATE} checks a proposal out with the rights of main",
    ),
    "ruleset": ({".github/rulesets/main.json": None}, "ruleset-file", ".github/rulesets/main.json is missing or stale"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_why_it_matters_and_what_mends_it(fault: str) -> None:
    changes, name, what = FAULTS[fault]
    check = checks(changes)[name]
    assert check.state is State.NOT_IN_FORCE
    assert what in check.what
    assert check.why
    assert check.command


@pytest.mark.parametrize(
    "changes", [{"CODEOWNERS": f"* {HANDLE.upper()}\n"}, {CHARTER: charter().replace("@OWNER", "@Session-Approver")}]
)
def test_logins_are_compared_without_case(changes: Files) -> None:
    assert checks(changes)["owners-approve"].state is State.IN_FORCE


def test_a_long_list_of_faults_stays_short() -> None:
    assert checks(FAULTS["skipped"][0])["codeowners-lines"].what.endswith("; and 4 more")


def test_an_unreadable_codeowners_is_reported() -> None:
    whole = inputs_of({})
    texts = {path: text for path, text in whole.texts.items() if path != "CODEOWNERS"}
    found = {check.name: check for check in local_checks(whole._replace(texts=texts))}
    assert found["codeowners-file"].what.endswith("and is not loaded")
