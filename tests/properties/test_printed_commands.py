"""What is printed works: generated fleets go from nothing to their second week by printed commands alone.

Every actor runs only what `whoami` and `consensus status` show it: a command as it stands (with --yes), a form with its
capitals filled in. Each command has to succeed, and after it the same actor is told something else. On the way things
go wrong: a lost race, a rejection, a release, a changed charter; the way back is found by what is printed too. Beside
that every command and form that any verb prints, refusals too, is tried (walked.py); in short runs in the first round.
"""

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cli.printed import printed
from tests.cli.stage import ENVIRONMENT, verb, write
from tests.properties.walked import FORM, WEEK, Fleet, Plan

ROUNDS = 12  # a fleet of any size needs nine: claim, confirm, approve, broadcast, acknowledge, activate, and the merges
PHASES = ("registering", "registered", "confirmed", "approved", "broadcast", "acknowledged", "active")
QUESTIONS = (
    "status --fetch", "consensus status", "proposals --all", "conflicts", "guide --fetch", "whoami", "history",
    "history 1", "roll-call", "audit", "schema --check", "doctor --local", "show 1", "show release/01",
    "show record/confirmation", "schedule", "explain REG404", "codeowners --check",
    "validate",
)  # fmt: skip
LATE = "--session-id late-1 --goal 'Answer 20 letters daily' --role 'Late Desk'"
REFUSED = (
    "withdraw",
    f"claim 1 {LATE} --yes --push",
    f"claim 99 {LATE} --yes --push",
    "claim 1 --session-id late-1 --goal 'Be nice' --role 'Late Desk' --yes --push",
    "claim --any --session-id late-1 --goal 'Answer letters' --role 'Late Desk' --yes --push",
    "claim 1 --goal 'Answer some letters' --yes --push",
    "claim 1 --schedule 'Answer, mon-fri' --push",
    "withdraw claim/01 --session-id late-1",
    "release 98 --reason 'Not needed'",
    "consensus confirm --session-id late-1 --push",
    "consensus broadcast --session-id late-1 --branch --push",
    "consensus acknowledge --session-id late-1 --push",
    "consensus activate --week 2020-W10 --yes",
    "consensus approve --yes",
    "approve 98 --yes",
    "approve release/98 --yes",
    "approve --all-accepted --yes",
    "reject 98 --reason 'Not needed'",
    "show 98",
    "history 98",
    "charter propose --push",
)


class Plot(NamedTuple):
    """A fleet, and what goes wrong in which phase."""

    plan: Plan
    troubles: tuple[tuple[str, str], ...]


def plots(most: int, troubles: int) -> st.SearchStrategy[Plot]:
    plans = st.integers(1, most).flatmap(
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
    trouble = st.tuples(st.sampled_from(PHASES), st.sampled_from(sorted(TROUBLES)))
    return st.builds(Plot, plans, st.lists(trouble, max_size=troubles, unique=True).map(tuple))


def lost_race(fleet: Fleet) -> None:
    """Every session without a number is told of the same one, and claims it; one gets it."""
    told = {name: fleet.whoami(name) for name in fleet.sessions}
    for name, one in told.items():
        if form := FORM.search(one["next_action"]):
            fleet.asks(fleet.sessions[name], shlex.join(filled(fleet, form[1], name)[1:]) + " --yes")


def turned_down(fleet: Fleet) -> None:
    for name in fleet.sessions:
        session_acts(fleet, name)
    for one in fleet.human_reads("proposals")["proposals"][:2]:
        fleet.run(fleet.stage.human, ["registry", "reject", one["name"], "--reason", "Say it again"])


def amends(fleet: Fleet) -> None:
    """In an active fleet this is refused."""
    name = next(iter(fleet.sessions))
    number = fleet.whoami(name)["number"] or 1
    fleet.asks(fleet.sessions[name], f"claim {number} --goal 'Answer {next(fleet.figures)} letters daily' --yes --push")


def says_pending(fleet: Fleet) -> None:
    name = next(iter(fleet.sessions))
    number = fleet.whoami(name)["number"] or 1
    fleet.asks(fleet.sessions[name], f"claim {number} --status PENDING --push")


def releases(fleet: Fleet) -> None:
    name = list(fleet.sessions)[-1]
    if number := fleet.whoami(name)["number"]:
        fleet.asks(fleet.sessions[name], f"release {number} --reason 'Other hours'")


def release_is_turned_down(fleet: Fleet) -> None:
    releases(fleet)
    turned_down(fleet)


def withdraws(fleet: Fleet) -> None:
    amends(fleet)
    fleet.asks(next(iter(fleet.sessions.values())), "withdraw")


def changes_charter(fleet: Fleet, **other: str | int) -> None:
    write(fleet.stage.human, "registry/charter.yaml", fleet.charter(**other))
    fleet.asks(fleet.stage.human, "charter propose --name other --push")


def another_zone(fleet: Fleet) -> None:
    changes_charter(fleet, time_zone="Asia/Tokyo")


def grows(fleet: Fleet) -> None:
    """One number more, and a session for it."""
    number = len(fleet.sessions) + 1
    changes_charter(fleet, capacity=number)
    fleet.joins(f"desk-{number}", f"Desk {number} - Answer letters")


def confuses_numbers(fleet: Fleet) -> None:
    """Two open claims have one role: whoever is merged first has it."""
    for name in list(fleet.sessions)[:2]:
        if form := FORM.search(fleet.whoami(name)["next_action"]):
            words = [word if word != "ROLE" else "One Desk - Answer letters" for word in shlex.split(form[1])]
            fleet.asks(fleet.sessions[name], shlex.join(filled(fleet, shlex.join(words), name)[1:]) + " --yes")


TROUBLES: dict[str, Callable[[Fleet], None]] = {
    "a lost race": lost_race,
    "turned down": turned_down,
    "amended": amends,
    "pending": says_pending,
    "released": releases,
    "a release turned down": release_is_turned_down,
    "withdrawn": withdraws,
    "another zone": another_zone,
    "one more": grows,
    "one role for two": confuses_numbers,
}


def filled(fleet: Fleet, form: str, name: str) -> list[str]:
    """The form with what only this session knows; its week as well, without which none can be activated."""
    words = fleet.filled(name, shlex.split(form))
    return [*words, *(WEEK if words[1] == "claim" and "--schedule" not in words else ())]


def session_acts(fleet: Fleet, name: str) -> None:
    """Run what a session is told, until it is told to wait; three commands have to be enough."""
    clone = fleet.sessions[name]
    for _ in range(3):
        told = fleet.whoami(name)
        form = FORM.search(told["next_action"])
        words = told["command"] or (filled(fleet, form[1], name) if form else None)
        if words is None:
            assert "wait: " in told["next_action"] or told["state"] == "active", told
            return
        if words[1] == "consensus":  # to the one who acts next, both verbs say the same
            moves = verb(clone, "consensus", "status", "--format", "json").document["moves"]
            assert shlex.join(words) in [move["command"] for move in moves], (words, moves)
        fleet.run(clone, words)
        after = fleet.whoami(name)
        assert (after["state"], after["next_action"]) != (told["state"], told["next_action"]), (words, after)
    raise AssertionError(f"{name} is told one thing after the other: {told}")


def human_acts(fleet: Fleet) -> None:
    """Approve what the gate accepts, then run the human's next move."""
    human = fleet.stage.human
    for one in fleet.human_reads("proposals")["proposals"]:
        now = {row["name"]: row["verdict"] for row in fleet.human_reads("proposals")["proposals"]}
        if now.get(one["name"]) == "accepted":  # what was merged before it may have changed that
            fleet.run(human, ["registry", "approve", one["name"]])
    for move in fleet.human_reads("consensus", "status")["moves"]:
        if move["command"] and move["who"] == "@OWNER":
            fleet.run(human, shlex.split(move["command"]))
    verb(human, "proposals")


@pytest.mark.takes_long
def test_generated_fleets_reach_their_second_week_by_printed_commands(
    long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    @settings(
        max_examples=12 if long else 2,
        derandomize=not long,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if long else tuple(Phase),  # a walk takes minutes: a smaller one is not looked for
    )
    @given(plots(6 if long else 3, 3 if long else 1))
    def walks(plot: Plot) -> None:
        with TemporaryDirectory() as folder:
            monkeypatch.setenv("XDG_CONFIG_HOME", f"{folder}/settings")  # where new keys are kept
            began, fleet = time.monotonic(), Fleet(Path(folder), plot.plan)
            try:
                walk(fleet, dict(plot.troubles), long)
            finally:
                took = f"{time.monotonic() - began:.0f} s"
                sys.stdout.write(f"{plot}: {len(fleet.tried)} commands and forms tried, {took}\n")

    walks()


def walk(fleet: Fleet, troubles: dict[str, str], long: bool) -> None:
    left, phases = dict(troubles), list[str]()
    for _ in range(ROUNDS * (1 + len(troubles))):
        phase = fleet.phase
        phases.append(phase)
        half = slice(len(phases) // 2 % 2, None, 2) if long else slice(None)
        if trouble := left.pop(phase, None):
            TROUBLES[trouble](fleet)
        elif phase == "active" and not left:
            break
        for name, clone in list(fleet.sessions.items()):
            session_acts(fleet, name)
            if name == "desk-1" and (len(phases) % 2 if long else len(phases) == 1):
                looks(fleet, clone, half)
        if long and not len(phases) % 2:  # in turn: it takes most of the time
            looks(fleet, fleet.stage.human, half)
        human_acts(fleet)
    assert phases[-1] == "active", (phases, troubles)
    assert {"consensus confirm", "consensus broadcast", "consensus acknowledge", "consensus activate"} <= fleet.ran
    if long:
        looks(fleet, fleet.sessions["desk-1"])
        looks(fleet, fleet.stage.human)
    first = fleet.whoami("desk-1")["week"]
    known = fleet.asks(fleet.stage.human, "consensus activate --yes")  # that week has not begun: it names the next one
    fleet.run(fleet.stage.human, next(words for words in printed(known.out) if "--week" in words))
    second = fleet.whoami("desk-1")
    assert second["state"] == "active"
    assert (second["week"] > first, second["week"] in second["next_action"]) == (True, True)


def looks(fleet: Fleet, clone: Path, part: slice = slice(None)) -> None:
    """Ask all that can be asked, and what is refused, or a part of it; what these print is tried as well."""
    for line in ("status --fetch", *QUESTIONS[part]):  # what does not fetch shows main as it is now
        fleet.tries(clone, verb(clone, *shlex.split(line)))
    left = list(REFUSED[part])
    while left:  # in one copy as long as nothing changes there
        with fleet.copied(clone) as copy:
            before = fleet.refs_beside(copy)
            while left and fleet.refs_beside(copy) == before:
                fleet.tries(clone, verb(copy, *shlex.split(left.pop(0))))
