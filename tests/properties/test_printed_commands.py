"""What is printed works: generated fleets go from nothing to their second week by printed commands alone.

Every actor runs only what `whoami` and `consensus status` show it: a command as it stands (with --yes), a form with its
capitals filled in. Each command has to succeed, and after it the same actor is told something else. Beside that every
command that any verb prints on the way, refusals too, is run once, and has to work; in short runs in the first round.
"""

import json
import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.printed import printed
from tests.cli.stage import ENVIRONMENT, Done, Stage, verb

ROUNDS = 12  # a fleet of any size needs nine: claim, confirm, approve, broadcast, acknowledge, activate, and the merges
QUESTIONS = (
    "status --fetch", "consensus status", "proposals --all", "conflicts", "guide --fetch", "whoami", "history",
    "roll-call", "audit", "schema --check", "doctor --local",
)  # fmt: skip
REFUSED = (
    "claim 1 --session-id late-1 --goal 'Answer 20 letters daily' --role 'Late Desk' --yes --push",
    "claim 99 --session-id late-1 --goal 'Answer 20 letters daily' --role 'Late Desk' --yes --push",
    "withdraw claim/01 --session-id late-1",
    "consensus confirm --session-id late-1 --push",
    "consensus activate --week 2020-W10 --yes",
    "approve 98 --yes",
    "show 98",
)
MOVES = {"claim", "approve", "reject", "withdraw", "release"}
STEPS = {("consensus", step) for step in ("confirm", "approve", "broadcast", "acknowledge", "activate")}
ANSWERS = {"whoami", "status", "consensus", "conflicts", "doctor", "audit", "schema", "codeowners", "roll-call"}
FORM = re.compile(r"fill in: (registry .*)$")


class Plan(NamedTuple):
    """What is drawn of a fleet."""

    capacity: int
    orchestrator: int
    zone: str
    mission: str
    slots: bool
    signed: bool
    keys: bool


def plans(most: int) -> st.SearchStrategy[Plan]:
    return st.integers(1, most).flatmap(
        lambda capacity: st.builds(
            Plan,
            st.just(capacity),
            st.integers(1, capacity),
            st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland"]),
            st.sampled_from(["Answer every customer", "Sell 40 books a day"]),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        )
    )


def charter(plan: Plan) -> str:
    numbers = range(1, plan.capacity + 1)
    slots = [{"number": n, "title": f"Desk {n}", "role": f"Desk {n} - Answer letters"} for n in numbers]
    whole: dict[str, Any] = {
        "mission": {"statement": plan.mission},
        "capacity": plan.capacity,
        "orchestrator": plan.orchestrator,
        "time_zone": plan.zone,
        "approvers": [{"handle": "@OWNER"}],
        **({"slots": slots} if plan.slots else {}),
        **({"session_keys": "required"} if plan.keys else {}),
    }
    return json.dumps(whole).replace('{"handle": "@OWNER"}', '{handle: "@OWNER"}')  # as Stage looks for it


def filled(form: str, number: int) -> list[str]:
    """The form with what only this session knows; its week as well, without which none can be activated."""
    values = {"GOAL": "Answer 20 letters daily", "ROLE": f"Desk {number} - Answer letters"}
    return [*(values.get(word, word) for word in shlex.split(form)), "--schedule", "Answer, mon-fri 10:00-11:00"]


class Fleet:
    """A fleet on a guarded server; `ran` are the commands that were printed and run."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.stage = Stage(folder, charter=charter(plan), guarded=True, signed=plan.signed)
        self.sessions = {n: self.stage.clone(f"desk-{n}") for n in range(1, plan.capacity + 1)}
        for number, clone in self.sessions.items():
            assert verb(clone, "bind", f"desk-{number}").exit_code == 0
        self.ran, self.tried = set[str](), set[tuple[str, ...]]()

    def whoami(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = verb(self.sessions[number], "whoami", "--fetch", "--format", "json").document
        return found

    def run(self, clone: Path, words: list[str]) -> None:
        assert words[0] == "registry"
        asks = words[1] in ("claim", "approve") or words[1:3] in (["consensus", "approve"], ["consensus", "activate"])
        done = verb(clone, *words[1:], *(["--yes"] if asks else []))
        assert done.exit_code == 0, (words, done)
        self.ran.add(" ".join(words[1:3]))
        self.tries(clone, done)

    def tries(self, clone: Path, done: Done) -> None:
        """Run each command that was printed and that nobody has run yet: as its reader, in the state of now."""
        for words in printed(done.out + done.err):
            if words in self.tried or words[1] in MOVES or words[1:3] in STEPS:
                continue  # the walk itself runs these, when they are next
            self.tried.add(words)
            again = verb(clone, *words[1:])
            assert again.exit_code == 0 or (again.exit_code == 1 and words[1] in ANSWERS), (words, again)
            self.tries(clone, again)

    def looks(self, clone: Path) -> None:
        """Ask all that can be asked, and what is refused; what these print is run as well."""
        for line in (*QUESTIONS, *REFUSED):
            self.tries(clone, verb(clone, *shlex.split(line)))

    def session_acts(self, number: int) -> None:
        """Run what a session is told, until it is told to wait; three commands have to be enough."""
        for _ in range(3):
            told = self.whoami(number)
            form = FORM.search(told["next_action"])
            words = told["command"] or (filled(form[1], number) if form else None)
            if words is None:
                assert "wait: " in told["next_action"] or told["state"] == "active", told
                return
            if words[1] == "consensus":  # to the one who acts next, both verbs say the same
                moves = verb(self.sessions[number], "consensus", "status", "--format", "json").document["moves"]
                assert shlex.join(words) in [move["command"] for move in moves], (words, moves)
            self.run(self.sessions[number], words)
            after = self.whoami(number)
            assert (after["state"], after["next_action"]) != (told["state"], told["next_action"]), words
        raise AssertionError(f"desk-{number} is told one thing after the other: {told}")

    def human_acts(self) -> str:
        """Approve what is proposed, then run the human's next move; the phase afterwards."""
        verb(self.stage.human, "proposals")
        for one in verb(self.stage.human, "proposals", "--format", "json").document["proposals"]:
            assert one["verdict"] == "accepted", one
            self.run(self.stage.human, ["registry", "approve", one["name"]])
        now = verb(self.stage.human, "consensus", "status", "--format", "json").document
        for move in now["moves"]:
            if move["command"] and move["who"] == "@OWNER":
                self.run(self.stage.human, shlex.split(move["command"]))
        verb(self.stage.human, "proposals")
        phase: str = verb(self.stage.human, "status", "--format", "json").document["phase"]
        return phase


@pytest.mark.takes_long
def test_generated_fleets_reach_their_second_week_by_printed_commands(
    long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    @settings(
        max_examples=25 if long else 2,
        derandomize=not long,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(plans(6 if long else 3))
    def walks(plan: Plan) -> None:
        with TemporaryDirectory() as folder:
            walk(Fleet(Path(folder), plan), long)

    walks()


def walk(fleet: Fleet, long: bool) -> None:
    phases = list[str]()
    for _ in range(ROUNDS):
        for number, clone in fleet.sessions.items():
            fleet.session_acts(number)
            if number == 1 and (long or not phases):
                fleet.looks(clone)
        if long:
            fleet.looks(fleet.stage.human)
        phases.append(fleet.human_acts())
        if phases[-1] == "active":
            break
    assert phases[-1] == "active", phases
    assert {"consensus confirm", "consensus broadcast", "consensus acknowledge", "consensus activate"} <= fleet.ran
    first = fleet.whoami(1)["week"]
    fleet.run(fleet.stage.human, ["registry", "consensus", "activate"])
    second = fleet.whoami(1)
    assert second["state"] == "active"
    assert (second["week"] > first, second["week"] in second["next_action"]) == (True, True)
