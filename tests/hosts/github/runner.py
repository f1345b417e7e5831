"""The workflows as they are, run by a real runner (act) instead of the tests' stand-in for one.

What the runner reports is read back: red or green, annotations, the summary. The pinned actions are local
stand-ins: a clone of main, nothing, and the cache, which always has what main locks; so nothing is ever installed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml12

from tests.hosts.github.forge import NAME, Forge
from tests.repository import ROOT, environment
from tests.shell import program
from validator.model.findings import Origin, Verdict

ACT = Path(sys.executable).with_name("act")
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
"""
CACHE = """\
name: stand-in
inputs: {path: {required: true}, key: {required: true}}
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        test "${{ inputs.path }}" = .venv
        expr "${{ inputs.key }}" : 'registry-[A-Za-z0-9]*-[A-Za-z0-9]*-3.12.1-[0-9a-f]\\{64\\}$'
        PYTHONPATH="$FORGE_TESTS" "$FORGE_PYTHON" -c \\
          'from pathlib import Path; from tests.hosts.github.forge import prepare; prepare(Path.cwd())'
"""
PYTHON = """\
name: stand-in
inputs: {python-version: {required: true}}
outputs: {python-version: {value: "${{ inputs.python-version }}.1"}}
runs: {using: composite, steps: [{shell: bash, run: "true"}]}
"""


class Run(NamedTuple):
    """What the runner reports of one event: each job's end, the annotations and the summary."""

    jobs: Mapping[str, str]
    annotations: tuple[tuple[str, Mapping[str, str], str], ...]  # command, properties, text
    summary: str
    log: str

    @property
    def colour(self) -> str:
        return "green" if self.jobs and set(self.jobs.values()) == {"success"} else "red"


def agrees(found: Run, verdict: Verdict) -> bool:
    """Whether colour, annotations and summary of a run are what the verdict on the same event is.

    What main had already is a notice.
    """
    word, colour = ("accepted", "green") if verdict.accepted else ("rejected", "red")
    codes = {finding.code for finding in verdict.findings if finding.origin is Origin.INTRODUCED}
    return (
        found.colour == colour
        and {row[1]["title"].split()[0] for row in found.annotations if row[0] != "notice"} - {"careful"} == codes
        and f"### {word}: " in found.summary
        and all(code in found.summary for code in codes)
        and any(row[0] == "notice" and row[2].startswith(f"{word}: ") for row in found.annotations)
    )


class Runner:
    """act, for a forge: workflows and events are the forge's, the pinned actions those above."""

    def __init__(self, forge: Forge) -> None:
        self.forge, self.folder = forge, forge.folder / "runner"
        program(self.folder / "tools" / "make", "echo 'a job installs' >&2; exit 1")
        for name, text in (
            ("checkout", CHECKOUT), ("setup-python", PYTHON), ("cache", CACHE), ("cache/restore", CACHE)
        ):  # fmt: skip
            (self.folder / name).mkdir(parents=True)
            (self.folder / name / "action.yml").write_text(text)
        self.clone = self.folder / "repository"
        git(self.folder, "clone", "--quiet", str(forge.origin.path), str(self.clone))
        for name in ("validate", "comment", "renew", "audit", "pages"):
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
        words += [
            "--env",
            f"GITHUB_REPOSITORY={NAME}",
            "--secret",
            f"GITHUB_TOKEN={token}",
            *self._actions(self.clone / file),
        ]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", env=self._environment(), check=False)
        found = read_back(done.stdout)
        assert found.jobs, f"the runner ran nothing: {done.stdout}{done.stderr}"
        return found

    def _actions(self, workflow: Path) -> Iterator[str]:
        parsed: Any = yaml12.parse_yaml(workflow.read_text("utf-8"))
        used = {step["uses"] for job in parsed["jobs"].values() for step in job["steps"] if "uses" in step}
        for action, commit in {(*name.split("@"),) for name in used}:
            name = "/".join(action.split("/")[:2])
            yield from ("--local-repository", f"{name}@{commit}={self.folder / name.removeprefix('actions/')}")

    def _environment(self) -> dict[str, str]:
        forge = self.forge
        stand_in = {"FORGE_ORIGIN": str(forge.origin.path), "FORGE_TESTS": str(ROOT), "FORGE_PYTHON": sys.executable}
        github = forge.github.variables() | {"GH_REPO": NAME}
        github["PATH"] = f"{self.folder / 'tools'}{os.pathsep}{os.environ['PATH']}"
        return environment(**stand_in, **github, HOME=str(self.folder), TMPDIR=str(self.folder))


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
