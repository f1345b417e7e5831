"""`make runner-check`: the workflows as they are, run by a real runner (act) instead of the tests' stand-in for one.

The seed's twelve sessions are proposed, judged and merged, one of them through the queue, beside ten attacks, a group
that excludes what has landed, a comment and an audit. What the runner reports is read back: red or green, annotations,
the summary, the comment. The two pinned actions are local stand-ins: a clone of main, and nothing.

It needs the program act in .venv, so it is no part of the suite.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml12

from tests.hosts.github.forge import SESSION_ID, Forge, claim
from tests.hosts.github.test_attacks import ATTACKS, MINE
from tests.repository import ROOT, environment, fleet
from validator.hosts.github.judge import validate_event

ACT = Path(sys.executable).with_name("act")
SESSION = (SESSION_ID, "session")
TWIN = {"session_id": "marketing-outreach-2", "runtime_id": "session-twin"}
CHECKOUT = """\
name: stand-in
inputs: {ref: {required: true}, fetch-depth: {default: "1"}, persist-credentials: {default: "true"}}
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        test "${{ inputs.ref }} ${{ inputs.persist-credentials }}" = "main false"
        depth="--depth=${{ inputs.fetch-depth }}"
        git clone --quiet ${depth/--depth=0/} --branch main "file://$FORGE_ORIGIN" .
        PYTHONPATH="$FORGE_TESTS" "$FORGE_PYTHON" -c \\
          'from pathlib import Path; from tests.hosts.github.forge import prepare; prepare(Path.cwd())'
"""
NOTHING = "name: stand-in\nruns: {using: composite, steps: [{shell: bash, run: 'true'}]}\n"


class Run(NamedTuple):
    """What the runner reports of one event: each job's end, the annotations and the summary."""

    jobs: Mapping[str, str]
    annotations: tuple[tuple[str, Mapping[str, str], str], ...]  # command, properties, text
    summary: str
    log: str

    @property
    def colour(self) -> str:
        return "green" if self.jobs and set(self.jobs.values()) == {"success"} else "red"


class Runner:
    """act, for a forge: workflows and events are the forge's, the pinned actions those above."""

    def __init__(self, forge: Forge) -> None:
        self.forge, self.folder = forge, forge.folder / "runner"
        for name, text in (("checkout", CHECKOUT), ("setup-python", NOTHING)):
            (self.folder / name).mkdir(parents=True)
            (self.folder / name / "action.yml").write_text(text)
        self.clone = self.folder / "repository"
        git(self.folder, "clone", "--quiet", str(forge.origin.path), str(self.clone))
        for name in ("validate", "comment", "renew", "audit"):
            file = f".github/workflows/{name}.yml"
            assert (self.clone / file).read_bytes() == (ROOT / file).read_bytes(), "the workflows are not changed"

    def run(self, workflow: str, event: str, payload: Mapping[str, Any]) -> Run:
        git(self.clone, "fetch", "--quiet", "origin")
        git(self.clone, "reset", "--quiet", "--hard", "origin/main")
        (self.folder / "event.json").write_text(json.dumps(payload))
        file = f".github/workflows/{workflow}.yml"
        token = self.forge.token(dict.fromkeys(("actions", "pull-requests", "issues"), "write") | {"contents": "read"})
        words = [str(ACT), event, "--json", "--directory", str(self.clone), "--workflows", file]
        words += ["--eventpath", str(self.folder / "event.json"), "--platform", "ubuntu-24.04=-self-hosted"]
        words += ["--secret", f"GITHUB_TOKEN={token}", *self._actions(self.clone / file)]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", env=self._environment(), check=False)
        found = read_back(done.stdout)
        assert found.jobs, f"the runner ran nothing: {done.stdout}{done.stderr}"
        return found

    def _actions(self, workflow: Path) -> Iterator[str]:
        parsed: Any = yaml12.parse_yaml(workflow.read_text("utf-8"))
        used = {step["uses"] for job in parsed["jobs"].values() for step in job["steps"] if "uses" in step}
        for name in sorted(used):
            yield from ("--local-repository", f"{name}={self.folder / name.split('@')[0].removeprefix('actions/')}")

    def _environment(self) -> dict[str, str]:
        forge = self.forge
        path = f"{forge.folder / 'tools'}{os.pathsep}{os.environ['PATH']}"
        stand_in = {"FORGE_STATE": str(forge.state), "FORGE_CALLS": str(forge.calls), "PATH": path}
        stand_in |= {"FORGE_ORIGIN": str(forge.origin.path), "FORGE_TESTS": str(ROOT), "FORGE_PYTHON": sys.executable}
        return environment(**stand_in, HOME=str(self.folder), TMPDIR=str(self.folder))


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, env=environment(), capture_output=True)


def read_back(log: str) -> Run:
    """What act says, a JSON object a line."""
    jobs, annotations, summary = dict[str, str](), list[tuple[str, Mapping[str, str], str]](), ""
    for line in log.splitlines():
        row = json.loads(line)
        if "jobResult" in row:
            jobs[row["job"]] = row["jobResult"]
        if row.get("command") in ("error", "warning", "notice"):
            annotations.append((row["command"], row.get("kvPairs") or {}, row.get("arg", "")))
        if row.get("command") == "summary":
            summary += row.get("content", "")
    return Run(jobs, tuple(annotations), summary, log)


def main() -> None:
    """Play the story; exit 1 with the runner's log at the first thing that is not as the gate says."""
    with tempfile.TemporaryDirectory() as name:
        forge = Forge.made(Path(name))
        story = Story(forge, Runner(forge))
        story.attacks()
        story.comment()
        story.renewal()
        story.fleet()
        story.audit()
        assert not list(forge.folder.rglob("PWNED*")), "something of a proposal ran"


class Story:
    """What is proposed, and what the runner has to make of it."""

    def __init__(self, forge: Forge, runner: Runner) -> None:
        self.forge, self.runner = forge, runner

    def attacks(self) -> None:
        """Ten claims that bring their own judge along."""
        for make in ATTACKS[:10]:
            attack = make(self.forge)
            self.forge.propose(7, {MINE: claim(4), **attack.changes}, author=SESSION)
            self.gate(make.__name__, "red", self.forge.pull_request(7, fork=True), code=attack.code)
            self.forge.close(7)

    def comment(self) -> None:
        """Two jobs, of which the second puts on the pull request what the first one has found."""
        self.forge.claim(8, 4)
        found = self.runner.run("comment", "pull_request_target", self.forge.pull_request(8))
        (comment,) = self.forge.read_state()["comments"]["8"]
        self.holds("comment", found, found.colour == "green" and "### accepted: no findings" in comment["body"])
        self.forge.close(8)

    def renewal(self) -> None:
        """Two share a session: when one is merged, the runs of the other are run again, and say who has it."""
        for pull, number in ((30, 4), (31, 5)):
            self.forge.claim(pull, number, session_id="marketing-outreach-1", runtime_id="session-1")
            self.gate(f"number {number} of one session", "green", self.forge.pull_request(pull))
        names = ("validate", "comment")
        runs = [{"id": 7001, "workflow": f"{name}.yml", "display_title": "pull request 31"} for name in names]
        self.forge.write_state(self.forge.read_state() | {"runs": runs})
        before = self.forge.main
        self.forge.merge(30)
        found = self.runner.run("renew", "push", self.forge.push(before))
        again = [call["path"] for call in self.forge.sent() if call["path"].endswith("/actions/runs/7001/rerun")]
        self.holds("renew", found, found.colour == "green" and len(again) == 2)
        self.gate("the loser", "red", self.forge.pull_request(31), code="REG104")
        self.runner.run("comment", "pull_request_target", self.forge.pull_request(31))
        (comment,) = self.forge.read_state()["comments"]["31"]
        self.holds("its comment", found, "is registered under number 4 since" in comment["body"])
        self.forge.close(31)
        self.forge.propose(32, {"registry/sessions/04.yaml": None})
        self.forge.merge(32)

    def fleet(self) -> None:
        """Twelve proposals from one main; number 6 comes twice, first in the name of the session that has number 5."""
        start, first = self.forge.main, 100
        for number in fleet():
            self.forge.claim(first + number, number, start, **(TWIN if number == 6 else {}))
            self.gate(f"number {number}", "green", self.forge.pull_request(first + number))
        for number in (1, 2, 3, 4, 5):
            self.forge.merge(first + number)
        self.group("a group that takes number 5's session_id", "red", first + 6, code="REG104")
        self.forge.close(first + 6)
        self.forge.claim(first + 20, 6)
        self.gate("number 6 again", "green", self.forge.pull_request(first + 20))
        self.group("its group", "green", first + 20)
        for pull in (first + 20, *(first + number for number in range(7, 13))):
            self.forge.merge(pull)

    def audit(self) -> None:
        """After a push to main, which holds all twelve by then."""
        found = self.runner.run("audit", "push", self.forge.push(self.forge.origin.git("rev-parse", "main~1")))
        self.holds("audit", found, found.colour == "green" and found.summary.startswith("### accepted"))

    def group(self, name: str, colour: str, pull: int, *, code: str | None = None) -> None:
        self.forge.queue(pull)
        self.gate(name, colour, self.forge.merge_group(pull), "merge_group", code=code)

    def gate(
        self, name: str, colour: str, payload: Mapping[str, Any], event: str = "pull_request_target", *,
        code: str | None = None,
    ) -> None:  # fmt: skip
        """The gate's run of an event: of this colour, and in every part what the verdict is on the same event."""
        found = self.runner.run("validate", event, payload)
        verdict = validate_event(repo=self.runner.clone, remote="origin", data=json.dumps(payload).encode())
        told = {row[1]["title"].split()[0] for row in found.annotations if row[0] != "notice"} - {"careful"}
        said = "accepted" if verdict.accepted else "rejected"
        agrees = (
            found.colour == colour == ("green" if verdict.accepted else "red")
            and told == {finding.code for finding in verdict.findings}
            and f"### {said}: " in found.summary
            and all(finding.code in found.summary for finding in verdict.findings)
            and any(row[0] == "notice" and row[2].startswith(f"{said}: ") for row in found.annotations)
        )
        self.holds(name, found, agrees and (code is None or code in told))

    def holds(self, name: str, found: Run, right: bool) -> None:
        print(f"{found.colour:<6} {name}", flush=True)
        if not right:
            raise SystemExit(f"{found.log}\nnot as the gate says: {name}")


if __name__ == "__main__":
    main()
