"""Random actions of sessions, approvers and attackers leave a guarded registry valid.

A state machine plays on real repositories: a bare one with the guard, clones of sessions that may be stale, two
approvers with keys, and plain pushes by whoever can reach the server. `--long` plays more and longer stories.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.cli.stage import ENVIRONMENT, REGISTRY, Done, Stage, commit, git, new_key, try_git, verb, write
from validator.registry.yaml.reader import read
from validator.registry.yaml.writer import write_claim

CAPACITY = 3
CHARTER = f"""\
mission: {{statement: Answer every customer}}
capacity: {CAPACITY}
orchestrator: 1
time_zone: UTC
approvers:
  - {{handle: "@OWNER"}}
  - {{handle: "@OTHER", key: "SECOND"}}
"""
SESSIONS = ("anna-1", "ben-1", "cleo-1", "dora-1")
ACTS = """
    claim claim_any approve take_over merge_for_oneself two_at_once take_a_proposal_away approve release approve
    take_a_second_number propose_with_plain_git claim both_approve_at_once replace_a_proposal reject rewrite_main
    claim_twice fetch compare approve
""".split()
PLAYED = set[str]()


class Registry(RuleBasedStateMachine):
    """One act a step, by somebody drawn at random; `events` is what history has said of main so far."""

    def __init__(self) -> None:
        super().__init__()
        self.environment = dict(os.environ)
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            del os.environ[name]
        os.environ.update(ENVIRONMENT)
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.events: list[dict[str, Any]] = []
        self.turn = 0

    @initialize()
    def a_guarded_server(self) -> None:
        second, _ = new_key(self.folder / "second"), new_key(self.folder / "stranger")
        self.stage = Stage(self.folder, charter=CHARTER.replace("SECOND", second), guarded=True, signed=True)
        git(self.stage.clone("other"), "config", "user.signingkey", str(self.folder / "second"))
        for name in ("left", "right", "attacker"):
            self.stage.clone(name)

    def teardown(self) -> None:
        try:
            self.compare()
            assert git(self.stage.bare, "fsck", "--strict", "--no-progress", "--no-dangling") == ""
        finally:
            self.temporary.cleanup()
            os.environ.clear()
            os.environ.update(self.environment)

    @rule(
        act=st.integers(0, len(ACTS) - 1),
        left=st.booleans(),
        session=st.sampled_from(SESSIONS),
        number=st.integers(1, CAPACITY),
        place=st.integers(0, 9),
        even=st.booleans(),
    )
    def somebody_acts(self, act: int, left: bool, session: str, number: int, place: int, even: bool) -> None:
        """One rule for all, drawn as a whole: what comes next must not depend on who wins a race.

        `act` is how many acts to pass over: small numbers, which are drawn the most, lead through all of them. `place`
        is the how-manieth of what there is: an open proposal, a held number, a commit of main.
        """
        self.clone, self.human = ("left", "human") if left else ("right", "other")
        self.session, self.number, self.place, self.even = session, number, place, even
        self.turn += 1 + act
        note(f"{ACTS[self.turn % len(ACTS)]}: {session}, {number}")
        PLAYED.add(ACTS[self.turn % len(ACTS)])
        getattr(self, ACTS[self.turn % len(ACTS)])()

    # What sessions do

    def claim(self) -> None:
        self.claims(self.clone, str(self.number))

    def claim_any(self) -> None:
        self.claims(self.clone, "--any")

    def claim_twice(self) -> None:
        first, second = (self.claims(clone, str(self.number)) for clone in ("left", "right"))
        assert first.exit_code == second.exit_code
        assert first.document["commit"] in (second.document["commit"], None)

    def claims(self, clone: str, number: str) -> Done:
        there, held, goal = self.stage.refs(), self.held(), f"Answer {20 + self.even} letters daily"
        words = [
            "--session-id",
            self.session,
            "--role",
            f"The desk of {self.session}",
            "--goal",
            goal,
            "--yes",
            "--push",
        ]
        done = verb(self.folder / clone, "claim", number, *words, "--format", "json")
        assert done.exit_code in (0, 1), done
        answer, now = done.document, self.stage.refs()
        ref = f"refs/heads/claim/{answer['number']:02}"
        if done.exit_code:
            assert now == there
            assert number == "--any" or self.stands_against(self.session, int(number), there, held), answer["note"]
        elif "yours already" in answer["note"]:
            assert now == there
            assert held[answer["number"]] == self.session
        else:
            claim = self.stage.at(now[ref], f"registry/sessions/{ref[-2:]}.yaml")
            assert (claim["session_id"], claim["number"], claim["goal"]) == (self.session, answer["number"], goal)
            assert {name for name in now if now.get(name) != there.get(name)} <= {ref}
            assert held.get(answer["number"], self.session) == self.session
        return done

    def stands_against(self, session: str, number: int, there: Mapping[str, str], held: Mapping[int, str]) -> bool:
        """Whether a session has a reason to lose a number: it, or somebody else, has something already."""
        proposed = {ref: self.named(ref) for ref in there if ref.startswith("refs/heads/claim/")}
        rival = proposed.get(f"refs/heads/claim/{number:02}", session)
        return number in held or session in held.values() or rival != session or session in proposed.values()

    def two_at_once(self) -> None:
        """Two processes in two clones want the same number."""
        there, held = self.stage.refs(), self.held()
        other = SESSIONS[(SESSIONS.index(self.session) + 1) % len(SESSIONS)]
        words = ["claim", str(self.number), "--goal", "Answer 20 letters daily", "--yes", "--push", "--role"]
        ended = self.at_once(
            ("left", *words, f"The desk of {self.session}", "--session-id", self.session),
            ("right", *words, f"The desk of {other}", "--session-id", other),
        )
        assert set(ended) <= {0, 1}
        if not any(self.stands_against(session, self.number, there, held) for session in (self.session, other)):
            assert sorted(ended) == [0, 1]

    def propose_with_plain_git(self) -> None:
        """From whatever the clone last heard of main, without asking anybody first."""
        folder, there = self.folder / self.clone, self.stage.refs()
        git(folder, "checkout", "--quiet", "--detach", "origin/main")
        self.writes(folder, self.number, self.session)
        commit(folder, "mine")
        pushed = try_git(folder, "push", "origin", f"HEAD:refs/heads/claim/{self.number:02}")
        assert pushed.exit_code == 0 or self.stage.refs() == there
        assert pushed.exit_code or self.held().get(self.number, self.session) == self.session

    def release(self) -> None:
        done = verb(self.folder / self.clone, "release", str(self.number), "--reason", "enough")
        assert done.exit_code == (0 if self.number in self.held() else 1), done

    def fetch(self) -> None:
        git(self.folder / self.clone, "fetch", "--quiet", "--prune", "origin")

    # What approvers do

    def approve(self) -> None:
        name, there = self.proposal(), self.stage.refs()
        done = verb(self.folder / self.human, "approve", name, "--yes", "--format", "json")
        now = self.stage.refs()
        if f"refs/heads/{name}" not in there:
            assert now == there
            return
        (row,) = done.document["approvals"]
        if done.exit_code:
            assert now == there
            assert row["note"].startswith(f"{name} is not merged: the gate rejects it")
        else:
            assert now["refs/heads/main"] == row["merged"]
            parents = git(self.stage.bare, "log", "-1", "--format=%P", "main").split()
            assert parents == [there["refs/heads/main"], there[f"refs/heads/{name}"]]
            assert there.keys() - now.keys() == {f"refs/heads/{name}"}

    def both_approve_at_once(self) -> None:
        first = self.proposal()
        self.place += self.even
        ended = self.at_once(("human", "approve", first, "--yes"), ("other", "approve", self.proposal(), "--yes"))
        assert set(ended) <= {0, 1, 2}

    def reject(self) -> None:
        name, there = self.proposal(), self.stage.refs()
        done = verb(self.folder / self.human, "reject", name, "--reason", "not like this")
        now = self.stage.refs()
        if name in self.proposals():
            raise AssertionError(done)
        if f"refs/heads/{name}" not in there:
            assert now == there
            assert done.exit_code == 2 or any(ref.startswith(f"refs/rejected/{name}/") for ref in there)
        elif done.exit_code == 0:
            assert there.keys() - now.keys() == {f"refs/heads/{name}"}
            (reason,) = now.keys() - there.keys()
            assert reason.startswith(f"refs/rejected/{name}/")
        assert now["refs/heads/main"] == there["refs/heads/main"]

    # What nobody may do

    def rewrite_main(self) -> None:
        line = git(self.stage.bare, "rev-list", "--first-parent", "main").split()
        older = line[self.place % len(line)]
        self.is_refused("--force", f"{older}:refs/heads/main", unless=older == line[0])
        self.is_refused(":refs/heads/main")
        self.is_refused(f"{older}:refs/tags/main")

    def merge_for_oneself(self) -> None:
        folder, key = self.attacker(), self.folder / "stranger"
        signing = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "-c", "commit.gpgsign=true"]
        options = signing if self.even else []
        merged = try_git(folder, *options, "merge", "--quiet", "--no-ff", "-m", "mine", f"origin/{self.proposal()}")
        if merged.exit_code == 0 and "Already up to date" not in merged.out:
            self.is_refused("HEAD:refs/heads/main")

    def take_a_proposal_away(self) -> None:
        """By deleting it, or with a reason of one's own, or with something that an approver has signed for another."""
        name, signed = self.proposal(), git(self.stage.bare, "rev-parse", "main").strip()
        landed = try_git(self.stage.bare, "merge-base", "--is-ancestor", name, "main").exit_code == 0
        if name in self.proposals():
            self.is_refused(f"{signed}:refs/rejected/{name}/{signed[:12]}")
            self.is_refused("--atomic", f"{signed}:refs/rejected/{name}/{signed[:12]}", f":refs/heads/{name}")
            self.is_refused(f":refs/heads/{name}", unless=landed)

    def replace_a_proposal(self) -> None:
        name, folder = self.proposal("claim/"), self.attacker()
        number = int(name.removeprefix("claim/"))
        self.writes(folder, number, self.session)
        commit(folder, "instead", key=str(self.folder / "owner") if self.even else "")
        rightly = self.named(f"refs/heads/{name}") in (self.session, None)
        self.is_refused("--force", f"HEAD:refs/heads/{name}", unless=rightly)

    def take_over(self) -> None:
        """Not even with an approver's signature."""
        for number, holder in self.one_held():
            folder = self.attacker()
            self.writes(folder, number, f"not-{holder}")
            commit(folder, "mine now", key=str(self.folder / "owner") if self.even else "")
            self.is_refused("--force", "HEAD:refs/heads/main")
            self.is_refused("--force", f"HEAD:refs/heads/claim/{number:02}")

    def take_a_second_number(self) -> None:
        for _, holder in self.one_held():
            if self.number not in self.held():
                folder = self.attacker()
                self.writes(folder, self.number, holder)
                commit(folder, "one more", key=str(self.folder / "owner"))
                self.is_refused("HEAD:refs/heads/main")
                self.is_refused("--force", f"HEAD:refs/heads/claim/{self.number:02}")

    # What stays true

    @invariant()
    def main_is_clean(self) -> None:
        done = verb(self.stage.bare, "audit", "--ref", "main")
        assert done.exit_code == 0, done.out

    @invariant()
    def one_holder_a_number_and_one_number_a_session(self) -> None:
        held = self.held()
        assert len(set(held.values())) == len(held) <= CAPACITY

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        """History's answer grows at its end, and who registered a number last is who holds it."""
        events = verb(self.stage.bare, "history", "--ref", "main", "--format", "json").document["events"]
        assert events[: len(self.events)] == self.events
        self.events, holders = events, dict[int, str]()
        for event in events:
            assert event["event"] in ("registered", "amended", "released")
            if event["event"] == "released":
                assert holders.pop(event["number"]) == event["session_id"]
            else:
                assert (event["number"] in holders) == (event["event"] == "amended")
                assert holders.setdefault(event["number"], event["session_id"]) == event["session_id"]
        assert holders == self.held()

    def compare(self) -> None:
        """Every clone computes the same: an old one that fetches, a fresh one, and the server."""
        clones = [self.folder / name for name in ("human", "other", "left", "right", "attacker")]
        for clone in clones:
            git(clone, "fetch", "--quiet", "--prune", "origin")
        fresh = self.stage.clone(f"fresh-{len(list(self.folder.iterdir()))}")
        first, *others = (self.status(clone) for clone in (self.stage.bare, fresh, *clones))
        assert all(other == first for other in others)

    # How the machine looks and acts

    def status(self, folder: Path) -> dict[str, Any]:
        answer: dict[str, Any] = verb(folder, "status", "--format", "json").document
        # A clone's own branches are proposals to itself, and what is to be done next depends on the proposals.
        for slot in answer["slots"]:
            slot["state"] = slot["state"].replace("proposed", "open")
        del answer["next_action"]
        return answer

    def held(self) -> dict[int, str]:
        """Who holds which number, read with nothing but Git."""
        paths = git(self.stage.bare, "ls-tree", "-r", "--name-only", "main", "registry/sessions/").split()
        claims = [self.stage.at("main", path) for path in paths if path.endswith(".yaml")]
        return {claim["number"]: claim["session_id"] for claim in claims}

    def one_held(self) -> list[tuple[int, str]]:
        held = sorted(self.held().items())
        return [held[self.place % len(held)]] if held else []

    def named(self, ref: str) -> str | None:
        """The session that a proposal names in its number's claim; None where there is no such claim."""
        found = try_git(self.stage.bare, "show", f"{ref}:registry/sessions/{ref[-2:]}.yaml")
        return str(read("", found.out.encode()).value["session_id"]) if found.exit_code == 0 else None

    def proposals(self) -> list[str]:
        names = [ref.removeprefix("refs/heads/") for ref in self.stage.refs("refs/heads/")]
        return [name for name in names if name != "main"]

    def proposal(self, kind: str = "") -> str:
        """An open proposal; where there is none, somebody makes one first, if that is possible."""
        if not [name for name in self.proposals() if name.startswith(kind)]:
            self.claims(self.clone, "--any")
        names = [name for name in self.proposals() if name.startswith(kind)] or ["claim/01"]
        return names[self.place % len(names)]

    def writes(self, folder: Path, number: int, session: str) -> None:
        value = 20 + self.even
        claim = {
            "number": number,
            "role": f"The desk of {session}",
            "goal": f"Answer {value} letters daily",
            "targets": [{"metric": "letters answered", "op": "gte", "value": value, "unit": "letters", "per": "day"}],
            "session_id": session,
            "responsibilities": ["Answer letters"],
            "status": "REGISTERED",
            "timestamp": "2026-01-05T08:00:00Z",
        }
        write(folder, f"registry/sessions/{number:02}.yaml", write_claim(claim))

    def attacker(self) -> Path:
        """The attacker's clone, up to date."""
        folder = self.folder / "attacker"
        git(folder, "fetch", "--quiet", "--prune", "origin")
        git(folder, "checkout", "--quiet", "--detach", "--force", "origin/main")
        git(folder, "clean", "--quiet", "--force", "-d")
        return folder

    def is_refused(self, *push: str, unless: bool = False) -> None:
        folder, there = self.folder / "attacker", self.stage.refs()
        git(folder, "fetch", "--quiet", "--prune", "origin")
        done = try_git(folder, "push", "origin", *push)
        if not unless:
            assert done.exit_code == 1, f"{push} went through: {done.err}"
            assert "remote: " in done.err
            assert self.stage.refs() == there

    def at_once(self, *runs: tuple[str, ...]) -> list[int]:
        """Run verbs in processes at the same time; their exit codes."""
        silent: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started = [
            subprocess.Popen([*REGISTRY, *words], cwd=self.folder / folder, env=ENVIRONMENT, **silent)
            for folder, *words in runs
        ]
        return [process.wait(timeout=120) for process in started]


@pytest.mark.takes_long
def test_the_registry_stays_sound(long: bool) -> None:
    profile = settings(
        max_examples=20 if long else 3,
        stateful_step_count=40 if long else 20,
        derandomize=not long,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Registry, settings=profile)
    assert set(ACTS) == PLAYED, "in few stories too, everything happens"
