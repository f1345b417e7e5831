"""Reading workflow files: jobs, steps and checks, and hostile files that are reported as unreadable."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.hosts.github.privileged import MOST, fetchers
from validator.hosts.github.settings import CHECK
from validator.hosts.github.workflows import (
    MAX_BYTES,
    Job,
    Workflow,
    is_action,
    is_workflow,
    local_places,
    may_be_called,
    read_workflow,
    unreadable,
)

PATH = ".github/workflows/a.yml"
STEP = "    steps:\n      - {step}\n"


def read(text: str | bytes, path: str = PATH) -> Workflow:
    return read_workflow(path, text.encode() if isinstance(text, str) else text)


def test_what_is_read_of_a_workflow() -> None:
    flow = read("on: [push, merge_group]\npermissions: {}\njobs:\n  a:\n    name: b\n    if: always()\n" + STEP)
    assert (list(flow.triggers), flow.permissions, flow.unread) == (["push", "merge_group"], {}, None)
    assert flow.jobs == (Job("a", "b", ("if",), None, ({"step": None},)),)
    assert list(read("on: push\njobs: {a: {uses: ./b.yml}}").uses()) == ["./b.yml"]


SHA = "${{ github.event.pull_request.head.sha }}"


@pytest.mark.parametrize(
    ("step", "gets_it"),
    [
        (f"run: echo {SHA}", False),
        (f"run: gh api repos/x/statuses/{SHA} -f state=success", False),
        (f"run: 'test {SHA} = x && git fetch origin main'", False),
        (f'run: "echo {SHA}\\ngit fetch origin main"', False),
        (f"env: {{S: '{SHA}'}}\n        run: git log -1", False),
        (f"env: {{S: '{SHA}'}}\n        run: git checkout $S", True),
        (f'run: "S={SHA}\\nT=$S\\ngit switch --detach $T"', True),
        ("run: git checkout $JOB", True),
        ("run: gh pr checkout 1", True),
        (f"uses: actions/github-script@x\n        with: {{script: 'core.info(\"{SHA}\")'}}", False),
        (f"uses: x/commit-status@x\n        with: {{sha: '{SHA}'}}", False),
        (f"uses: actions/checkout@x\n        with: {{ref: '{SHA}'}}", True),
        (f"run: curl -X POST https://api.example.invalid/repos/x/statuses/{SHA} -d state=success", False),
        (f"run: git merge-base origin/main {SHA}", False),
        (f"run: 'echo git checkout {SHA}'", False),
        (f"run: |\n          # git checkout {SHA}\n          true", False),
        (f"run: git diff --name-only main...{SHA} > show.txt", False),
        (f"uses: x/wait-on-check-action@x\n        with: {{ref: '{SHA}'}}", False),
        ("run: gh pr diff 5", False),
        ("run: gh pr diff 5 | git apply", True),
        (f"run: git -C x -c a=b --no-pager checkout {SHA}", True),
        (f"run: echo {SHA} | xargs git checkout", True),
        (f"run: curl -L https://raw.example.invalid/x/{SHA}/a.sh", True),
        ("run: 'git fetch origin pull/${{ github.event.number }}/head:pr'", True),
        ("uses: actions/checkout@x\n        with: {ref: '${{ github.event.workflow_run.head_branch }}'}", True),
        ("uses: actions/checkout@x\n        with: {ref: '${{ env.JOB }}'}", True),
        ("uses: actions/github-script@x\n        with: {script: \"exec('git', ['checkout', pr.head.sha])\"}", True),
        (f"uses: ./a\n        with: {{repository: '{SHA.replace('sha', 'repo')}', ref: '{SHA}'}}", True),
    ],
)  # fmt: skip
def test_only_a_step_that_checks_a_commit_out_is_reported(step: str, gets_it: bool) -> None:
    text = f"on: pull_request_target\njobs:\n  a:\n    env: {{JOB: '{SHA}'}}\n    steps:\n      - {step}\n"
    assert bool(fetchers([read(text)])) is gets_it


STEPS = "{{on: pull_request_target, jobs: {{a: {{outputs: {outputs}, steps: [{steps}]}}, b: {{steps: [{last}]}}}}}}"
OUTPUT = f"{{run: 'echo \"sha={SHA}\" >> $GITHUB_OUTPUT'}}"
CHECKOUT = "{{uses: actions/checkout@x, with: {{ref: '${{{{ {ref} }}}}'}}}}"


@pytest.mark.parametrize(
    ("outputs", "steps", "last", "gets_it"),
    [
        ("{}", f"{OUTPUT}, {CHECKOUT.format(ref='steps.x.outputs.sha')}", "", True),
        ("{}", f"{OUTPUT}, {CHECKOUT.format(ref='steps.x.outputs.base')}", "", False),
        ("{at: '${{ steps.x.outputs.sha }}'}", OUTPUT, CHECKOUT.format(ref="needs.a.outputs.at"), True),
        ("{at: '${{ steps.x.outputs.main }}'}", OUTPUT, CHECKOUT.format(ref="needs.a.outputs.at"), False),
        ("{}", f"{{run: 'echo \"S={SHA}\" >> $GITHUB_ENV'}}, {{run: git checkout $S}}", "", True),
        ("{}", f"{{run: 'echo \"S={SHA}\" >> $GITHUB_ENV'}}", "{run: git checkout $S}", False),
        (
            "{}",
            "{uses: actions/github-script@x, with: {script: \"core.setOutput('sha', pr.head.sha)\"}}",
            CHECKOUT.format(ref="needs.a.outputs.sha"),
            True,
        ),
    ],
)
def test_a_commit_that_is_handed_on_is_followed(outputs: str, steps: str, last: str, gets_it: bool) -> None:
    flow = read(STEPS.format(outputs=outputs, steps=steps, last=last))
    assert flow.unread is None
    assert bool(fetchers([flow])) is gets_it


CALLED = ".github/workflows/b.yml"
ACTION = ".github/actions/get/action.yml"


@pytest.mark.parametrize(
    ("call", "path", "called", "gets_it"),
    [
        ("uses: ./.github/workflows/b.yml", CALLED, CHECKOUT.format(ref="github.event.pull_request.head.sha"), True),
        ("uses: ./.github/workflows/b.yml", CALLED, CHECKOUT.format(ref="inputs.at"), False),
        (f"uses: ./{CALLED}, with: {{at: '{SHA}'}}", CALLED, CHECKOUT.format(ref="inputs.at"), True),
        (f"uses: ./{CALLED}, with: {{other: '{SHA}'}}", CALLED, CHECKOUT.format(ref="inputs.at"), False),
        ("steps: [{uses: ./.github/actions/get}]", ACTION, "{run: git fetch origin pull/1/head}", True),
        (f"steps: [{{uses: ./.github/actions/get/, with: {{ref: '{SHA}'}}}}]", ACTION, "{run: make}", False),
        (f"steps: [{{uses: ./.github/actions/get, with: {{ref: '{SHA}'}}}}]", ACTION, "", True),
        ("steps: [{uses: ./}]", "action.yml", "{run: gh pr checkout 1}", True),
        (f"uses: ./{PATH}", CALLED, "{run: gh pr checkout 1}", False),
    ],
)
def test_what_a_privileged_workflow_calls_runs_with_its_rights(
    call: str, path: str, called: str, gets_it: bool
) -> None:
    flow = read(f"{{on: pull_request_target, jobs: {{a: {{{call}}}}}}}")
    body = f"runs: {{steps: [{called}]}}" if path.endswith("action.yml") else f"jobs: {{a: {{steps: [{called}]}}}}"
    other = read(f"{{on: workflow_call, {body}}}", path)
    assert (flow.unread, other.unread) == (None, None)
    assert fetchers([flow, other]) == ([PATH] if gets_it else [])
    assert fetchers([other]) == [], "nobody but the workflow that calls it starts it"


def test_a_chain_of_calls_has_an_end() -> None:
    call = "{{on: pull_request_target, jobs: {{a: {{uses: ./{}{}.yml}}}}}}"
    flows = [read(call.format(".github/workflows/", at + 1), f".github/workflows/{at}.yml") for at in range(MOST + 2)]
    last = read(
        "{on: workflow_call, jobs: {a: {steps: [{run: gh pr checkout 1}]}}}", f".github/workflows/{MOST + 2}.yml"
    )
    assert fetchers([*flows, last]) == [flow.path for flow in flows[3:]]


@pytest.mark.parametrize(
    ("steps", "gets_it"),
    [
        ("*get", True), ("[*step]", True), ("[{uses: a/checkout@v1, with: *with}]", True), ("[{run: *run}]", True),
        ("[{run: *other}]", False),
    ],
)  # fmt: skip
def test_aliases_are_written_out_as_github_does(steps: str, gets_it: bool) -> None:
    anchors = (
        f"{{steps: &get [&step {{uses: a/checkout@v1, with: &with {{ref: '{SHA}'}}}}, "
        "{run: &run gh pr checkout 1}, {run: &other echo}]}"
    )
    flow = read(f"on: workflow_call\njobs: {{a: {anchors}}}\n")
    assert (flow.unread, len(flow.jobs[0].steps)) == (None, 3)
    flow = read(f"on: pull_request_target\nx: {anchors}\njobs: {{a: {{steps: {steps}}}}}\n")
    assert flow.unread is None
    assert fetchers([flow]) == ([PATH] if gets_it else [])


def test_which_files_are_workflows_and_actions() -> None:
    paths = [".github/workflows/a.yaml", ".github/workflows/a.txt", "action.yml", ".github/actions/a/action.yaml"]
    assert [is_workflow(path) for path in paths] == [True, False, False, False]
    assert [is_action(path) for path in paths] == [False, False, True, True]
    assert is_action("a/action.yml"), "an action may be anywhere"
    assert local_places("./a/b/") == ("a/b", "a/b/action.yml", "a/b/action.yaml")
    assert local_places("./") == ("", "action.yml", "action.yaml")
    assert local_places("a/b@v1") == ()


def test_unknown_files_give_no_workflow() -> None:
    flow = unreadable(PATH, "it is no regular file")
    assert (flow.jobs, flow.unpinned(), fetchers([flow]), flow.unread) == ((), [], [], "it is no regular file")


@pytest.mark.parametrize(
    ("step", "on", "gets_it"),
    [
        ("{uses: a@b, with: {ref: '${{ github.event.pull_request.head.sha }}'}}", "pull_request_target", True),
        ("{run: gh pr checkout $NUMBER}", "issue_comment", True),
        ("{run: git fetch origin refs/pull/1/merge}", "workflow_run", True),
        ("{uses: a@b, with: {ref: '${{ github.event.pull_request.head.sha }}'}}", "pull_request", False),
        ("{uses: a@b, with: {ref: main}}", "pull_request_target", False),
        ("{uses: a@b, with: [head.sha]}", "pull_request_target", False),
    ],
)
def test_steps_that_check_out_the_proposal_are_found(step: str, on: str, gets_it: bool) -> None:
    assert bool(fetchers([read(f"on: {on}\njobs:\n  a:\n{STEP.format(step=step)}")])) is gets_it


@pytest.mark.parametrize(
    ("name", "can"),
    [
        ("registry gate", True),
        ("registry ${{ matrix.a }}", True),
        ("${{ a }} gate", True),
        ("registry ${{ 'gate' || '}}' }}", True),
        ("registry ${{\n  'gate' }}", True),
        ("registry gate ${{ a }} gate", False),
        ("the ${{ a }}", False),
        ("Registry gates", False),
        ("${{a}}" * 10_000, True),
        ("${{a}}x" * 10_000, False),
    ],
)
def test_what_a_check_can_be_called(name: str, can: bool) -> None:
    start = time.process_time()
    assert may_be_called(Job("a", name, (), None, ()), CHECK) is can
    assert time.process_time() - start < 1


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in pairwise("abcdefghijklmno"))
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "it is no mapping"),
    "a list": ("- push\n", "it is no mapping"),
    "no YAML": ("on: [push\njobs: {", "line 2: not YAML"),
    "no UTF-8": (b"on: push\xff\n", "line 1: the file is not UTF-8"),
    "bytes of UTF-16": ("on: push\n".encode("utf-16"), "line 1: the file is not UTF-8"),
    "brackets": ("[" * 30_000, "line 1: nested more than 16 deep"),
    "folders": ("".join(" " * at + "a:\n" for at in range(300)), "line 17: nested more than 16 deep"),
    "aliases of aliases": (BOMB, "line 2: an alias"),
    "an alias for nothing": ("on: push\njobs:\n  a: *x\n", "line 3: an alias"),
    "an alias that holds itself": ("on: push\njobs: {a: &a {steps: [*a]}}\n", "line 2: an alias"),
    "a merge key": ("on: push\nx: &x {name: registry gate}\njobs:\n  a:\n    <<: *x\n", "line 5: an alias"),
    "jobs twice": ("on: push\njobs: {}\njobs: {a: {name: registry gate}}\n", "line 2: an alias"),
    "an alias in what stands twice": ("x: &x 1\njobs: {}\njobs: {a: *x}\n", "line 2: an alias"),
    "an alias in a list that stands twice": ("x: &x 1\njobs: 1\njobs: [*x]\n", "line 2: an alias"),
    "two documents": ("on: push\n---\non: pull_request\n", "line 2: a second document begins here"),
    "a list for a key": ("? [a]\n: b\n", "line 1: a list or mapping as a key"),
    "an object of Python's": ("jobs: !!python/object/apply:os.system {a: b}\n", "line 1: an alias, a tag"),
    "too much": ("#" * (MAX_BYTES + 1), "line 1: the file is 65,537 bytes long; this one may have at most 65,536"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workflows_are_reported_as_unread(name: str) -> None:
    text, why = HOSTILE[name]
    start = time.process_time()
    flow = read(text)
    assert flow.unread is not None
    assert flow.unread.startswith(why)
    assert time.process_time() - start < 5


ODD = (
    "on: {push: null, 1: 2}", "on: 5", "on: [[push], {a: b}]", "jobs: 5", "jobs: [a]", "jobs: {a: null, b: [c], 1: 2}",
    "jobs: {a: {steps: {uses: b}}}", "jobs: {a: {steps: [1, null, [a], {uses: 5}, {uses: {a: b}}, {with: 5}]}}",
    "jobs: {a: {name: [registry, gate], uses: [b], permissions: 5}}", "permissions: [a]", "runs: 5", "runs: {steps: 5}",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("path", [PATH, "action.yml"])
def test_unusual_workflows_are_read_partially(text: str, path: str) -> None:
    flow = read(text, path)
    assert isinstance(flow.unpinned(), list)
    assert not fetchers([flow])
    assert not [job for job in flow.jobs if may_be_called(job, CHECK)]


@given(st.text() | st.text(alphabet="on:jbs-[]{}&*!|>'\"?#, \n", max_size=60))
def test_any_text_is_read_as_a_workflow(text: str) -> None:
    for path in (PATH, "action.yml"):
        flow = read_workflow(path, text.encode("utf-8", "surrogatepass"))
        assert isinstance(flow.unpinned(), list)
        assert isinstance(fetchers([flow]), list)
