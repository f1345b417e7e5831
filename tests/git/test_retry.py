"""Turns: processes of one user on one machine that wait for each other."""

import fcntl
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.meanwhile import ALL_BUT_ONE_ACKNOWLEDGED, Advanced, before_the_push
from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage
from tests.cli.states import active
from tests.cli.test_claim import MINE
from tests.cli.test_meanwhile import ACKNOWLEDGE
from tests.shell import quoted
from validator.git.retry import A_FEW

WAITS = """
import sys, time
from pathlib import Path
from validator.git.retry import alone, turn

def note(word):
    with open(sys.argv[2], "a") as file:
        file.write(word + "\\n")

with turn("test", 1) if sys.argv[1] == "turn" else alone(Path(sys.argv[2] + ".lock")):
    note("in")
    time.sleep(0.2)
    note("out")
"""


@pytest.mark.parametrize("kind", ["turn", "alone"])
def test_one_at_a_time(tmp_path: Path, kind: str) -> None:
    """More than two processes want the same turn; none begins before another has ended."""
    notes = tmp_path / "notes"
    command = [sys.executable, "-P", "-c", WAITS, kind, str(notes)]
    running = [subprocess.Popen(command, env=ENVIRONMENT | {"TMPDIR": str(tmp_path)}) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert notes.read_text().split() == ["in", "out"] * 4


@pytest.mark.parametrize(("what", "lanes"), [("claim", A_FEW), ("acknowledge", 1)])
def test_who_has_no_turn_does_not_push(tmp_path: Path, what: str, lanes: int) -> None:
    """The test has all turns for a while, as sessions would that push at that time."""
    words = ("claim", "4", *MINE, "--push") if what == "claim" else ACKNOWLEDGE
    stage = Stage(tmp_path) if what == "claim" else all_but_one(tmp_path)
    order = tmp_path / "order"
    before_the_push(stage.human, f"echo pushed >> {quoted(order)}")
    with ExitStack() as turns:
        for lane in range(lanes):
            file = turns.enter_context((tmp_path / f"registry-{what}-{os.getuid()}-{lane}").open("ab"))
            fcntl.flock(file, fcntl.LOCK_EX)
        process = subprocess.Popen([*REGISTRY, *words], cwd=stage.human, env=ENVIRONMENT | {"TMPDIR": str(tmp_path)})
        time.sleep(4)
        with order.open("a") as file_:
            file_.write("free\n")
    assert process.wait(60) == 0
    assert order.read_text().split() == ["free", "pushed"]


def all_but_one(folder: Path) -> Stage:
    return Advanced(folder, active(folder / "active.git"), ALL_BUT_ONE_ACKNOWLEDGED)
