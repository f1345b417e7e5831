"""The guard against an oracle that was written from the design page alone: whatever is pushed, in any order.

Two sessions, two approvers and a stranger make commits with any parents, blobs and signers; pushes name any old values,
in any order, several refs at once. Where the page decides (the oracle is firm), the guard decides the same.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests.corpus.guard_oracle import Verdict
from tests.hosts.plain.claim_plays import Scenes
from tests.hosts.plain.ground import MAIN, Ground
from tests.hosts.plain.plays import Choice, Drawn, Play
from tests.hosts.plain.record_plays import MAILED, STAGES, RecordPlay, RecordsDrawn, table
from tests.hosts.plain.stage import Stage, make_key

Keys = Mapping[str, Path]


@pytest.fixture(scope="module")
def server(template: Stage, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ground, Keys, str]:
    """A server, the keys of everybody who signs, and the first main."""
    folder = tmp_path_factory.mktemp("oracle")
    ground = Ground(template.copy(folder / "stage"))
    others = {name: make_key(folder / name) for name in ("STRANGER", "THIRD")}
    return ground, {**ground.stage.keys, **others}, ground.main


@pytest.fixture
def place(server: tuple[Ground, Keys, str]) -> tuple[Ground, Keys]:
    """The server with its first main and nothing else."""
    ground, keys, main = server
    ground.restore({MAIN: main})
    return ground, keys


def choice_of(data: st.DataObject) -> Choice:
    return lambda choices: data.draw(st.sampled_from(choices))


def note_calls(verdict: Verdict) -> None:
    """What the page leaves open; pytest shows how often with --hypothesis-show-statistics."""
    for call in verdict.calls:
        event(f"call {call}")


def play_all(play: Callable[[st.DataObject], None], examples: int, *, long: bool) -> None:
    """With --long: a thousand new random plays, and a failing one is made smaller."""

    @settings(
        max_examples=1_000 if long else examples, derandomize=not long, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=[Phase.generate, Phase.shrink] if long else [Phase.generate],
    )  # fmt: skip
    @given(data=st.data())
    def any_play(data: st.DataObject) -> None:
        play(data)

    any_play()


@pytest.mark.takes_long
def test_the_guard_agrees_with_the_oracle(place: tuple[Ground, Keys], long: bool) -> None:
    play = Play(*place)

    def claims(data: st.DataObject) -> None:
        play.begin()
        drawn = Drawn(play, choice_of(data))
        for _ in range(6 if long else 4):
            note_calls(play.push(drawn.push()))

    play_all(claims, 12, long=long)


@pytest.mark.takes_long
def test_the_guard_agrees_on_records_and_broadcasts(place: tuple[Ground, Keys], long: bool) -> None:
    ground, keys = place
    play = RecordPlay(ground, keys)

    def records(data: st.DataObject) -> None:
        play.begin_at(data.draw(st.sampled_from([0, 1, 2, 3, 3, 3, 4, 4, 5, len(STAGES)])))
        drawn = RecordsDrawn(play, choice_of(data))
        for _ in range(6 if long else 5):
            note_calls(play.push(drawn.push()))

    play_all(records, 6, long=long)


@pytest.mark.takes_long
def test_the_guard_agrees_on_every_flaw_of_a_record(place: tuple[Ground, Keys]) -> None:
    """A table, at each stage from registered to active; with a broadcast on the server and without one."""
    play, taken = RecordPlay(*place), 0
    for stage in range(len(STAGES) + 1):
        play.begin_at(stage)
        drawn = RecordsDrawn(play, lambda choices: choices[0])
        start = dict(play.refs)
        for push in table(drawn, stage):
            play.push(push())
            if play.refs != start:
                taken += 1
                play.begin_at(stage)
    assert taken > 20
    for flaw in MAILED:
        play.begin_at(2)
        play.push(drawn.mail(""))
        play.push(drawn.mail(flaw))


def test_the_guard_agrees_on_every_fault_that_it_had(place: tuple[Ground, Keys]) -> None:
    play = Play(*place)
    play.begin()
    taken, refused = 0, 0
    for _, scene in Scenes(play).all():
        play.begin()
        for commands in scene:
            before = dict(play.refs)
            play.push(commands)
            taken, refused = taken + (play.refs != before), refused + (play.refs == before)
    assert (taken >= 20, refused > 40) == (True, True), (taken, refused)
