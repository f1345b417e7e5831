"""A stand-in for GitHub on this machine: a repository with its refs, payloads in the published shape, and a runner.

The runner reads the workflow files themselves: what starts them, their jobs, their steps, a matrix of one axis. `uses:`
of actions/checkout is played by a clone, of the others by nothing; every `run:` is given to `bash -e`, as on
GitHub.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.hosts.github.github import GitHub
from tests.hosts.github.rest import head_of
from tests.repository import ROOT, Changes, Repository, claim_path, environment, fleet, tracked
from tests.shell import program, quoted
from tests.warm.begin import SOCKET, START

PAYLOADS = Path(__file__).parent / "payloads"
OURS = ("audit", "comment", "renew", "validate")  # the workflows of a registry; `test` is about the program
NAME = "OWNER/registry"
HUMANS = "gho_made_up"  # the token of somebody who administers the repository
# What a workflow's token can be given (GitHub: Controlling permissions for GITHUB_TOKEN), as far as it is asked here.
SCOPES = ("actions", "contents", "issues", "pull-requests")
PLAYED = ("actions/checkout", "actions/setup-python", "actions/cache", "actions/cache/restore", "actions/cache/save")
OWNER_ID, SESSION_ID = 1, 583231
# What stands on the main of a registry on GitHub: the product itself, and the registry.
PRODUCT = ("validator", "requirements", "registry", ".github", "Makefile", "CODEOWNERS", "pyproject.toml", "action.yml")


def product() -> dict[str | bytes, bytes]:
    """The files of this very working copy, as main has them."""
    return dict(_product())


@cache
def _product() -> dict[str | bytes, bytes]:
    files = tracked(*(ROOT / name for name in PRODUCT))
    return {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in files}


class Step(NamedTuple):
    """A `run:` line that was run."""

    line: str
    status: int
    out: str
    error: str


class Job(NamedTuple):
    """A job that was run, with its step summary and its outputs."""

    name: str
    steps: tuple[Step, ...]
    summary: str
    outputs: Mapping[str, str]

    @property
    def status(self) -> int:
        """The last step's exit code: the first that fails ends a job."""
        return self.steps[-1].status

    @property
    def last(self) -> Step:
        return self.steps[-1]


class Forge:
    """A repository on the stand-in: `origin`, a bare repository, and what the API would know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = Repository(folder / "origin.git")
        self.authors = dict[int, tuple[int, str]]()
        self.action: Path | None = None
        self.more: Mapping[str, str] = {}
        self.runs = 0
        self.url: str | None = None
        self.state = folder / "github.json"
        self.calls = folder / "calls.jsonl"
        self.loaded = folder / "loaded.txt"
        self._github: GitHub | None = None

    @property
    def github(self) -> GitHub:
        """The servers of GitHub, which run from here on."""
        self._github = self._github or GitHub(self.folder, self.origin.path, self.state, self.calls)
        return self._github

    def stop(self) -> None:
        """Stop the servers, if they run."""
        if self._github:
            self._github.stop()

    @classmethod
    def made(cls, folder: Path) -> "Forge":
        """A forge whose main holds this very working copy, and a registry without claims."""
        forge = cls(folder)
        forge.origin.commit("main", product())
        forge.loaded.write_text(forge.origin.git("rev-parse", "main:validator"))
        tokens = {HUMANS: dict.fromkeys((*SCOPES, "administration"), "write")}
        empty = {"pulls": [], "comments": {}, "issues": [], "owner_type": "Organization"}
        forge.write_state({**empty, "tokens": tokens})
        return forge

    @property
    def main(self) -> str:
        return self.origin.git("rev-parse", "refs/heads/main")

    def read_state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.state.read_text())
        return state

    def write_state(self, state: Mapping[str, Any]) -> None:
        self.state.write_text(json.dumps(state))

    def sent(self) -> list[dict[str, Any]]:
        """The calls that change something, in order."""
        rows = [json.loads(line) for line in self.calls.read_text().splitlines()] if self.calls.exists() else []
        return [row for row in rows if row["method"] != "GET"]

    def propose(
        self, number: int, changes: Changes, *, start: str | None = None, author: tuple[int, str] = (OWNER_ID, "OWNER")
    ) -> str:
        """Open a pull request, or push to it: `refs/pull/N/head`, and no branch, as from a fork. Its head commit."""
        commit = self.origin.commit(f"pulls/{number}", changes, start or self.main)
        return self.open(number, commit, author=author)

    def open(
        self, number: int, commit: str, *, author: tuple[int, str] = (OWNER_ID, "OWNER"), base: str = "main",
        body: str | None = None,
    ) -> str:  # fmt: skip
        """Make a commit the head of a pull request, new or not."""
        self.origin.git("update-ref", f"refs/pull/{number}/head", commit)
        if self.origin.tip(f"refs/heads/pulls/{number}"):
            self.origin.git("update-ref", "-d", f"refs/heads/pulls/{number}")
        self.authors[number] = author
        state = self.read_state()
        state["pulls"] = [row for row in state["pulls"] if row["number"] != number]
        user = {"id": author[0], "login": author[1]}
        row = {"number": number, "state": "open", "head": {"sha": commit}, "base": {"ref": base}, "user": user}
        state["pulls"].append({**row, "author_association": "NONE", "title": "Claim", "body": body})
        self.write_state(state)
        return commit

    def claim(self, pull: int, number: int, start: str | None = None, **fields: str) -> str:
        """Open a pull request with a claim of the first fleet."""
        return self.propose(pull, {claim_path(number): claim(number, **fields)}, start=start)

    def merge(self, pull: int, how: str = "merge") -> str:
        """Merge a pull request as GitHub does: by a merge commit, as one commit (`squash`), or commit by commit."""
        commit = self.queue(pull) if how == "merge" else self._replayed(pull, squash=how == "squash")
        self.origin.git("update-ref", "refs/heads/main", commit)
        self.close(pull)
        return commit

    def _replayed(self, pull: int, *, squash: bool) -> str:
        """Commits of a pull request made anew on top of main, one parent each, by GitHub and not by their authors."""
        head, tip = f"refs/pull/{pull}/head", self.main
        base = self.origin.git("merge-base", tip, head)
        rows = [head] if squash else self.origin.git("rev-list", "--reverse", f"{base}..{head}").splitlines()
        for row in rows:
            tree = self.origin.git("merge-tree", "--write-tree", tip, row)
            tip = self.origin.commit_tree(tree, tip, branch=f"replayed/{pull}")
        return tip

    def update_branch(self, pull: int) -> str:
        """*Update branch*: main is merged into the head of a pull request, by GitHub in the name of who clicks."""
        head = self.origin.git("rev-parse", f"refs/pull/{pull}/head")
        tree = self.origin.git("merge-tree", "--write-tree", head, self.main)
        commit = self.origin.commit_tree(tree, head, self.main, branch=f"updated/{pull}")
        return self.open(pull, commit, author=self.authors[pull])

    def close(self, pull: int) -> None:
        """Take a pull request off the list of open ones; its ref stays, as on GitHub."""
        for ref, _ in self.groups(pull):
            self.origin.git("update-ref", "-d", ref)
        state = self.read_state()
        closed = [row for row in state["pulls"] if row["number"] == pull]
        state["pulls"] = [row for row in state["pulls"] if row["number"] != pull]
        self.write_state(state | {"last_pull": max(pull, state.get("last_pull", 0))})
        for row in closed:
            if "ref" in row["head"]:  # as delete_branch_on_merge says
                self.origin.git("update-ref", "-d", f"refs/heads/{row['head']['ref']}")

    def queue(self, pull: int, base: str | None = None) -> str:
        """Put a pull request into the merge queue; the commit of its group."""
        base = base or self.main
        tree = self.origin.git("merge-tree", "--write-tree", base, f"refs/pull/{pull}/head")
        branch = f"gh-readonly-queue/main/pr-{pull}-{base}"
        return self.origin.commit_tree(tree, base, f"refs/pull/{pull}/head", branch=branch)

    def groups(self, pull: int) -> list[tuple[str, str]]:
        rows = self.origin.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/gh-readonly-queue/")
        found = [line.split() for line in rows.splitlines()]
        return [(ref, oid) for ref, oid in found if f"/pr-{pull}-" in ref]

    # ---- payloads

    def pull_request(self, pull: int, action: str = "opened", *, fork: bool = False) -> dict[str, Any]:
        """The payload of `pull_request_target`."""
        payload = template(f"pull_request_target.{action}")
        request = payload["pull_request"]
        self._follow(pull)
        payload["number"] = request["number"] = pull
        request["head"]["sha"] = self.origin.git("rev-parse", f"refs/pull/{pull}/head")
        request["base"]["sha"] = self.main
        request["user"]["id"], request["user"]["login"] = self.authors[pull]
        if fork:
            request["head"]["label"] = "session:claim"
            request["head"]["repo"].update({"id": 2, "full_name": "session/registry", "fork": True})
        return payload

    def _follow(self, pull: int) -> None:
        """Where a pull request was opened from a branch, make its head what the branch is by now."""
        state = self.read_state()
        for row in state["pulls"]:
            if row["number"] == pull and "ref" in row["head"]:
                row["head"]["sha"] = head_of(self.origin.path, pull, row["head"]["ref"])
                self.authors[pull] = (row["user"]["id"], row["user"]["login"])
                self.write_state(state)

    def merge_group(self, pull: int, base: str | None = None) -> dict[str, Any]:
        """The payload of `merge_group`."""
        payload = template("merge_group")
        ((ref, commit),) = self.groups(pull)
        payload["merge_group"].update({"head_ref": ref, "head_sha": commit, "base_sha": base or self.main})
        return payload

    def push(self, before: str) -> dict[str, Any]:
        """The payload of `push` to main."""
        return template("push") | {"ref": "refs/heads/main", "before": before, "after": self.main}

    # ---- the runner

    def deliver(
        self, event: str, payload: Mapping[str, Any], names: Sequence[str] = OURS, **variables: str
    ) -> dict[str, Job]:
        """Run every job of the workflows that an event starts, by the names of their checks; `variables` go to all."""
        jobs, self.more = dict[str, Job](), variables
        for name in names:
            workflow = self.workflow(name, self.commit_of(event, payload) if event == "pull_request" else "main")
            if is_started(workflow["on"], event, payload):
                self._note(name, workflow, payload)
                jobs |= {job.name: job for job in self._run(workflow, event, payload)}
        return jobs

    def _note(self, name: str, workflow: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
        """A run, as GitHub lists it: the newest first."""
        title = str(workflow.get("run-name", name)).replace(
            "${{ github.event.pull_request.number }}", str(payload.get("number", ""))
        )
        state = self.read_state()
        runs = state.setdefault("runs", [])
        runs.insert(0, {"id": 7000 + len(runs), "path": f".github/workflows/{name}.yml", "display_title": title})
        self.write_state(state)

    def commit_of(self, event: str, payload: Mapping[str, Any]) -> str:
        """What actions/checkout gets where nothing else is asked for, and what a workflow file is taken from."""
        if event == "pull_request":
            head = f"refs/pull/{payload['number']}/head"
            tree = self.origin.git("merge-tree", "--write-tree", self.main, head)
            return self.origin.commit_tree(tree, self.main, head, branch=f"pulls/{payload['number']}/merge")
        return str(payload["after"]) if event == "push" else self.main

    def judge(self, payload: Mapping[str, Any], event: str = "pull_request_target") -> Job:
        """The gate's job alone, whether or not the event would start it."""
        self.more = {}
        return next(self._run(self.workflow("validate"), event, payload))

    def act(self, payload: Mapping[str, Any]) -> Job:
        """The composite action as the one step of a job, from a folder of its own: the registry needs no program."""
        import yaml12

        action: Any = yaml12.parse_yaml((ROOT / "action.yml").read_text("utf-8"))
        self.action = self.folder / "action"
        if not self.action.exists():
            for path, content in product().items():
                file = self.action / str(path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            prepare(self.action)
        job = {"name": "registry gate", "steps": action["runs"]["steps"]}
        return self._run_job(job, "pull_request_target", payload, {}, {}, {"contents": "read"})

    def gate(self, pull: int, **options: Any) -> Job:
        """The gate's job on a pull request."""
        return self.judge(self.pull_request(pull, **options))

    def gate_group(self, pull: int, base: str | None = None) -> Job:
        """The gate's job on a merge queue's group."""
        return self.judge(self.merge_group(pull, base), "merge_group")

    def workflow(self, name: str, commit: str = "main") -> dict[str, Any]:
        """A workflow as a commit has it: main's, except for `pull_request`."""
        import yaml12

        text = self.origin.git("cat-file", "blob", f"{commit}:.github/workflows/{name}.yml")
        parsed: Any = yaml12.parse_yaml(text)
        assert isinstance(parsed, dict)
        return parsed

    def _run(self, workflow: dict[str, Any], event: str, payload: Mapping[str, Any]) -> Iterator[Job]:
        done = dict[str, Job]()
        for key, job in workflow["jobs"].items():
            if "needs" in job and (job["needs"] not in done or done[job["needs"]].status):
                continue
            if "if" in job and not holds(job["if"], done):
                continue
            for variables in combinations(job):
                done[key] = self._run_job(job, event, payload, done, variables, self.granted(workflow, job))
                yield done[key]

    def granted(self, workflow: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, str]:
        """What a job's token may: what the job says, else its workflow, else what the repository lets all have."""
        stated = job.get("permissions", workflow.get("permissions"))
        if stated is None and self.read_state().get("token", {}).get("default_workflow_permissions") == "read":
            return {"contents": "read"}
        if stated is None:
            stated = "write-all"
        if isinstance(stated, str):
            return dict.fromkeys(SCOPES, stated.removesuffix("-all"))
        return dict(stated)

    def token(self, granted: Mapping[str, str]) -> str:
        """A token of a run, which GitHub makes anew for each job."""
        state, token = self.read_state(), f"ghs_{self.runs}"
        self.write_state(state | {"tokens": state["tokens"] | {token: dict(granted)}})
        return token

    def may_read(self, token: str) -> bool:
        """Whether Git is let in with a token where the repository is private."""
        rights: Mapping[str, str] = self.read_state()["tokens"].get(token, {})
        return rights.get("contents", "none") != "none"

    def _run_job(
        self, job: dict[str, Any], event: str, payload: Mapping[str, Any], done: Mapping[str, Job],
        variables: Mapping[str, str], granted: Mapping[str, str],
    ) -> Job:  # fmt: skip
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        folder.mkdir()
        values = {"github.token": self.token(granted), **variables}
        values |= {f"steps.{s['id']}.outputs.{n}": "" for s in job["steps"] if "id" in s for n in ("remark", "pulls")}
        values |= {f"needs.{k}.outputs.{n}": v for k, one in done.items() for n, v in one.outputs.items()}
        (folder / "event.json").write_text(json.dumps(payload))
        steps = list[Step]()
        for step in job["steps"]:
            if "uses" in step:
                self._use(step, folder, event, payload)
                continue
            steps.append(self._run_step(step, folder, event, values))
            if steps[-1].status:
                break
        outputs = {name: filled(text, values) for name, text in job.get("outputs", {}).items()}
        summary = folder / "summary.md"
        said = summary.read_text("utf-8") if summary.exists() else ""
        return Job(filled(job["name"], values), tuple(steps), said, outputs)

    def _use(self, step: Mapping[str, Any], folder: Path, event: str, payload: Mapping[str, Any]) -> None:
        action = step["uses"].split("@")[0]
        assert action in PLAYED, f"the stand-in cannot play {action}"
        if action == "actions/checkout":
            given = step["with"]
            assert given["persist-credentials"] is False
            assert given.get("ref") == "main" or event in ("pull_request", "push")
            depth = [] if given.get("fetch-depth") == 0 else ["--depth=1"]
            clone = ["git", "clone", "--quiet", *depth, "--branch=main", f"file://{self.origin.path}", "work"]
            subprocess.run(clone, cwd=folder, check=True, env=environment(), capture_output=True)
            if self.url:
                remote = ["git", "remote", "set-url", "origin", self.url]
                subprocess.run(remote, cwd=folder / "work", check=True, env=environment())
            if "ref" not in given:
                commit = self.commit_of(event, payload)
                for get in (["fetch", "--quiet", "origin", commit], ["checkout", "--quiet", "--detach", commit]):
                    subprocess.run(["git", *get], cwd=folder / "work", check=True, env=environment())
            prepare(folder / "work", self.loaded.read_text())

    def _run_step(self, step: Mapping[str, Any], folder: Path, event: str, values: dict[str, str]) -> Step:
        script, output = folder / "step.sh", folder / f"output-{step.get('id', 'none')}"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "-e", str(script)], cwd=folder / "work", capture_output=True, encoding="utf-8", check=False,
            env=self.variables(folder, output, event) | {k: filled(v, values) for k, v in step.get("env", {}).items()},
        )  # fmt: skip
        if output.exists():
            for line in output.read_text().splitlines():
                name, _, value = line.partition("=")
                values[f"steps.{step['id']}.outputs.{name}"] = value
        return Step(step["run"], done.returncode, done.stdout, done.stderr)

    def variables(self, folder: Path, output: Path | None = None, event: str = "") -> dict[str, str]:
        """The environment of a step, for which the stand-in is GitHub."""
        runner = {"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_EVENT_NAME": event}
        runner |= {"HOME": str(folder), "TMPDIR": str(folder)}
        files = {"GITHUB_EVENT_PATH": folder / "event.json", "GITHUB_STEP_SUMMARY": folder / "summary.md"}
        files |= {"GITHUB_OUTPUT": output} if output else {}
        runner |= self.github.variables() | ({} if self.url else {"GH_REPO": NAME})
        files |= {"GITHUB_ACTION_PATH": self.action} if self.action else {}
        return environment(**runner, **self.more, **{name: str(file) for name, file in files.items()})


def prepare(work: Path, loaded: str = "") -> None:
    """What `make runtime` and `make test` leave in a checkout: a program that runs its code, and nothing to prepare.

    `loaded` is the tree of the program that these tests have loaded already (`tests.warm`). Where the checkout's own is
    another one at that moment, it starts by itself.
    """
    tools = work / ".venv" / "bin"
    python = quoted(sys.executable)
    git = f"git -C {quoted(work)} 2>/dev/null"
    same = f'[ "$({git} rev-parse HEAD:validator)" = "{loaded}" ] && {git} diff --quiet HEAD -- validator'
    path = quoted(f"{START}{os.pathsep}{work}")
    script = f'export PYTHONPATH={path}\n{same} || export {SOCKET}=\nexec {python} -P -m validator "$@"'
    program(tools / "registry", script)
    program(tools / "python", f'exec {python} "$@"')
    made_for = f"{work.resolve()} {sys.version_info.major} {sys.version_info.minor}\n"
    for stamp in (".made", ".installer", ".lock", ".runtime", ".dev"):
        (work / ".venv" / stamp).write_text(made_for)
        os.utime(work / ".venv" / stamp, (4102444800, 4102444800))


def template(name: str) -> dict[str, Any]:
    """A payload in the shape that GitHub publishes."""
    payload: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return deepcopy(payload)


def claim(number: int, **fields: str) -> str:
    """A claim of the first fleet, with fields changed or added."""
    text = fleet()[number]
    for name, value in fields.items():
        kept = [line for line in text.splitlines() if not line.startswith(f"{name}: ")]
        text = "\n".join([*kept, f"{name}: {value}", ""])
    return text


def holds(condition: str, done: Mapping[str, Job]) -> bool:
    """Whether a job's `if:` holds: the output of a job before it is not a text."""
    found = re.fullmatch(r"needs\.(\w+)\.outputs\.(\w+) != '([^']*)'", condition)
    assert found, f"the stand-in cannot tell whether {condition} holds"
    return done[found[1]].outputs[found[2]] != found[3]


def combinations(job: Mapping[str, Any]) -> list[dict[str, str]]:
    """The variables of each run of a job: one a value of its matrix, or one without any."""
    axes = job.get("strategy", {}).get("matrix", {})
    assert len(axes) <= 1, "the stand-in plays a matrix of one axis"
    return [{f"matrix.{name}": value} for name, row in axes.items() for value in row] or [{}]


def is_started(on: Mapping[str, Any], event: str, payload: Mapping[str, Any]) -> bool:
    """Whether an event starts a workflow (GitHub: Events that trigger workflows)."""
    if event not in on:
        return False
    given = on[event] if isinstance(on[event], dict) else {}
    base = payload.get("pull_request", {}).get("base", {}).get("ref") or payload.get("ref", "").split("/")[-1]
    action = payload.get("action")
    return action in given.get("types", [action]) and base in given.get("branches", [base])


def group_of(workflow: Mapping[str, Any], event: str, payload: Mapping[str, Any], ref: str = "") -> str:
    """The concurrency group of a run (GitHub: Control the concurrency of workflows and jobs)."""
    known = {"event": payload, "event_name": event, "ref": ref, "sha": payload.get("after")}

    def value(found: re.Match[str]) -> str:
        for name in found[1].split(" || "):
            at: Any = known
            for key in name.strip().removeprefix("github.").split("."):
                at = at.get(key) if isinstance(at, dict) else None
            if at:
                return str(at)
        return ""

    return re.sub(r"\$\{\{ (.+?) \}\}", value, workflow["concurrency"]["group"])


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its expressions evaluated; one that the stand-in does not know is an error."""
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: values[found[1]], text)
