"""`make runner-check`: the workflows as they are in a real runner (act), the verbs with the real `gh`.

Three attacks by act, chosen by the commit id (ARGS=--long: all but one; test_attacks.py plays the jobs of each), the
story of a fleet, and the verbs for the engineer. Whatever `gh` asks on the way, and what it is answered, is held
against GitHub's published description. Needs act in .venv, gh, and the description from npm, so it is no part of the
suite. ARGS=--bless writes the files of the story.

The story and the rest are played beside each other, each on a GitHub of its own. The jobs of act start the program
anew; the verbs of people, and the jobs that act does not run, are forked from a process that has loaded it.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.hosts.github.forge import HUMANS, SESSION_ID, Forge, claim
from tests.hosts.github.openapi import GRAPHQL, Description
from tests.hosts.github.rest import ROUTES
from tests.hosts.github.runner import Runner, agrees
from tests.hosts.github.story import Story, play
from tests.hosts.github.test_attacks import ATTACKS, MINE, Attack, name_for_a_log
from tests.repository import claim_path, turn
from tests.warm.begin import PYTHONPATH, begin, end
from validator.hosts.github.codeowners import owners_text
from validator.hosts.github.judge import validate_event

# act ends an annotation's properties at the last `::` of the line, GitHub's runner at the first.
PLAYED = [make for make in ATTACKS if make is not name_for_a_log]


class Played(NamedTuple):
    """What was asked of a GitHub, as method, path and status, and what of it does not fit the description."""

    asked: frozenset[tuple[str, str, int]]
    problems: tuple[str, ...]


def main() -> None:
    """Play everything; exit 1 at the first thing that is not as it should be."""
    with tempfile.TemporaryDirectory() as name, warm(Path(name)), ProcessPoolExecutor(2) as parts:
        played = list(parts.map(on_a_forge, (story, others)))
    asked = frozenset[tuple[str, str, int]]().union(*(one.asked for one in played))
    described = {(route.method, route.path, route.status) for route in ROUTES if route.path != GRAPHQL}
    unused = [f"nobody has asked: {method} {path}" for method, path, _ in sorted(described - asked)]
    if wrong := [*(problem for one in played for problem in one.problems), *unused]:
        raise SystemExit("\n".join(wrong))
    print(f"{len(asked)} kinds of requests and answers fit GitHub's description")


@contextmanager
def warm(folder: Path) -> Iterator[None]:
    """The process that verbs are forked from."""
    server = begin(folder / "warm")
    try:
        yield
    finally:
        if server:
            end(server)


def on_a_forge(part: Callable[[Forge, Runner], None]) -> Played:
    """Play a part on a GitHub of its own, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        forge, github = Forge.made(Path(name)), Description()
        forge.github.watcher = github.watch
        part(forge, Runner(forge))
        assert not list(forge.folder.rglob("PWNED*")), "something of a proposal ran"
        forge.stop()
        return Played(frozenset(github.asked), tuple(github.problems))


def story(forge: Forge, runner: Runner) -> None:
    """The way of a fleet."""
    play(Story(forge, runner, bless="--bless" in sys.argv))


def others(forge: Forge, runner: Runner) -> None:
    """What is no part of a fleet's way."""
    attacks(forge, runner)
    published(forge, runner)
    engineer(forge)
    issue(forge)


def attacks(forge: Forge, runner: Runner) -> None:
    """Claims that bring their own judge along."""
    for make in PLAYED if "--long" in sys.argv else in_turn():
        attack = make(forge)
        forge.propose(7, {MINE: claim(4), **attack.changes}, author=(SESSION_ID, "session"))
        gate(forge, runner, make.__name__, forge.pull_request(7, fork=True), attack.code)
        forge.close(7)


def in_turn() -> list[Callable[[Forge], Attack]]:
    """Three neighbours of the attacks."""
    return [PLAYED[(turn() + at) % len(PLAYED)] for at in range(3)]


def gate(forge: Forge, runner: Runner, name: str, payload: Mapping[str, Any], code: str | None) -> None:
    """The gate's run of an event is red, and in every part what the verdict is on the same event."""
    found = runner.run("validate", "pull_request_target", payload)
    verdict = validate_event(repo=runner.clone, remote="origin", data=json.dumps(payload).encode())
    print(f"{found.colour:<6} {name}", flush=True)
    codes = {finding.code for finding in verdict.findings}
    if verdict.accepted or not agrees(found, verdict) or code not in (None, *codes):
        raise SystemExit(f"{found.log}\nnot as the gate says: {name}")


def published(forge: Forge, runner: Runner) -> None:
    """The pages of main, with what a fork proposes, on a branch of their own."""
    forge.origin.git("config", "http.receivepack", "true")
    before, pull = forge.main, 8
    forge.propose(pull, {claim_path(9): claim(9)}, author=(SESSION_ID, "session"))
    found = runner.run("pages", "push", forge.push(before))
    print(f"{found.colour:<6} pages", flush=True)
    if found.colour != "green":
        raise SystemExit(found.log)
    page = forge.origin.git("show", f"registry-pages:proposals/pull-{pull}.html")
    today = re.sub("</?span[^>]*>", "", forge.origin.git("show", "registry-pages:index.html"))
    assert claim_path(9) in page, page
    assert f"gh pr review {pull} --approve" in today, today
    assert forge.main[:12] in today, "of another main"
    forge.close(pull)


def engineer(forge: Forge) -> None:
    """What an engineer asks and sets: GitHub's settings, twice, and every check."""
    named = {"registry/charter.yaml": forge.origin.git("show", "main:registry/charter.yaml").replace("@OWNER", "@A-b")}
    forge.origin.commit("main", {**{k: f"{v}\n" for k, v in named.items()}, "CODEOWNERS": owners_text(["@A-b"])})
    state = forge.read_state()
    forge.write_state(state | {"issues": [], "rulesets": [], "tokens": state["tokens"]})
    for words, codes in (("github plan", (1,)), ("github apply", (0,)), ("doctor", (0, 1))):
        done = verb(forge, *words.split())
        assert done.returncode in codes, done.stdout + done.stderr
    state = forge.read_state()
    state["rulesets"][0]["rules"].pop()
    forge.write_state(state)
    assert verb(forge, "github", "apply").returncode == 0


def issue(forge: Forge) -> None:
    """An audit finds one session twice on main and opens its issue, and closes it when main is clean."""
    for change, status in ((claim(5).replace("number: 5", "number: 6"), 1), (claim(6), 0)):
        before = forge.main
        forge.origin.commit("main", {claim_path(6): change})
        job = forge.deliver("push", forge.push(before), ["audit"])["audit of main"]
        assert job.status == status, job.last.out + job.last.error
        print(f"{'red' if status else 'green':<6} audit", flush=True)


def verb(forge: Forge, *words: str) -> subprocess.CompletedProcess[str]:
    folder = forge.folder / "engineer"
    if not folder.exists():
        forge.origin.git("clone", "--quiet", str(forge.origin.path), str(folder))
    env = forge.variables(forge.folder) | {"GH_TOKEN": HUMANS, "PYTHONPATH": PYTHONPATH}
    line = [sys.executable, "-P", "-m", "validator", *words]
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)


if __name__ == "__main__":
    main()
