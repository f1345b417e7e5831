"""Locks between processes of one machine, and retries after a lost race."""

import fcntl
import glob
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.meanwhile import ALL_BUT_ONE_ACKNOWLEDGED, Advanced, before_the_push
from tests.cli.stage import ENVIRONMENT, REGISTRY, Stage
from tests.cli.states import active
from tests.cli.test_claim import MINE
from tests.cli.test_meanwhile import ACKNOWLEDGE
from tests.shell import quoted
from validator.git.retry import MAX_AT_ONCE, Attempts, Patience, limited
from validator.model.errors import FatalError

WAITS = """
import sys, time
from pathlib import Path
from validator.git.retry import exclusive, limited

def note(word):
    with open(sys.argv[2], "a") as file:
        file.write(word + "\\n")

with limited("test", 1) if sys.argv[1] == "limited" else exclusive(Path(sys.argv[2] + ".lock")):
    note("in")
    time.sleep(0.2)
    note("out")
"""


@pytest.mark.parametrize("kind", ["limited", "exclusive"])
def test_a_lock_is_held_by_one_process_at_a_time(tmp_path: Path, kind: str) -> None:
    """More than two processes want the same lock; none begins before another has ended."""
    notes = tmp_path / "notes"
    command = [sys.executable, "-P", "-c", WAITS, kind, str(notes)]
    running = [subprocess.Popen(command, env=ENVIRONMENT | {"TMPDIR": str(tmp_path)}) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert notes.read_text().split() == ["in", "out"] * 4


@pytest.mark.parametrize(("what", "lanes"), [("claim", MAX_AT_ONCE), ("acknowledge", 1)])
def test_no_push_while_all_locks_are_held(tmp_path: Path, what: str, lanes: int) -> None:
    """The test holds all locks for a while, as other sessions would that push at that time."""
    words = ("claim", "4", *MINE, "--push") if what == "claim" else ACKNOWLEDGE
    stage = Stage(tmp_path) if what == "claim" else all_but_one(tmp_path)
    order = tmp_path / "order"
    before_the_push(stage.human, f"echo pushed >> {quoted(order)}")
    paths = [tmp_path / f"registry-{what}-{os.getuid()}-{lane}" for lane in range(lanes)]
    with ExitStack() as locks:
        for path in paths:
            fcntl.flock(locks.enter_context(path.open("ab")), fcntl.LOCK_EX)
        process = subprocess.Popen([*REGISTRY, *words], cwd=stage.human, env=ENVIRONMENT | {"TMPDIR": str(tmp_path)})
        late = time.monotonic() + 60
        while not (order.exists() or opened_by_another(paths[-1])) and time.monotonic() < late:
            time.sleep(0.05)
        time.sleep(0.5)  # it waits for a lock now, or has pushed
        with order.open("a") as file_:
            file_.write("free\n")
    assert process.wait(60) == 0
    assert order.read_text().split() == ["free", "pushed"]


def opened_by_another(path: Path) -> bool:
    """Whether another process has a file open, as Linux tells; elsewhere after four seconds it is taken for true."""
    if not Path("/proc/self/fd").exists():
        time.sleep(4)
        return True
    for link in map(Path, glob.iglob("/proc/[0-9]*/fd/*")):
        with suppress(OSError):
            if link.parts[2] != str(os.getpid()) and link.readlink() == path:
                return True
    return False


def all_but_one(folder: Path) -> Stage:
    return Advanced(folder, active(folder / "active.git"), ALL_BUT_ONE_ACKNOWLEDGED)


def test_attempts_end() -> None:
    assert list(Attempts(Patience(attempts=3, unanswered=1, longest=1))) == [0, 1, 2]


@pytest.mark.parametrize(("seconds", "certain", "least"), [(0.2, 0.0, 0.01), (0.2, 0.5, 0.1), (9, 0.75, 0.225)])
def test_pauses_are_random_and_limited(seconds: float, certain: float, least: float) -> None:
    patience = Patience(attempts=100, unanswered=1, longest=0.3, certain=certain)
    pauses = [Attempts(patience).pause(seconds) for _ in range(100)]
    assert least <= min(pauses) < max(pauses) <= min(seconds, 0.3)


def test_the_next_attempt_waits_for_its_pause_and_only_once() -> None:
    attempts = Attempts(Patience(attempts=4, unanswered=1, longest=1, certain=1))
    begun = list[float]()
    for attempt in attempts:
        begun.append(time.monotonic())
        if attempt == 1:
            assert attempts.pause(9) == 1
    waited = [later - earlier for earlier, later in pairwise(begun)]
    assert waited[1] >= 1
    assert max(waited[0], waited[2]) < 1


def test_a_lost_race_is_not_counted_as_unanswered() -> None:
    attempts = Attempts(Patience(attempts=10, unanswered=3, longest=1))
    passed = iter(attempts)
    assert [next(passed) for _ in range(7)] == list(range(7))
    attempts.unanswered("once")
    attempts.unanswered("twice")
    with pytest.raises(FatalError, match=r"^three times$"):
        attempts.unanswered("three times")


def test_a_planted_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user can predict the lock's name and plant a link there: then no lock is taken."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"registry-claim-{os.getuid()}-0").symlink_to(tmp_path / "theirs")
    with limited("claim", 1):
        assert not (tmp_path / "theirs").exists()
    os.mkfifo(tmp_path / f"registry-reject-{os.getuid()}-0")
    with limited("reject", 1):
        pass


def test_a_process_that_hangs_with_the_lock_stops_nobody_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("validator.git.retry.LONGEST_WAIT", 0.1)

    def wait() -> None:
        with limited("claim", 1):
            pass

    waiting = threading.Thread(target=wait, daemon=True)
    with (tmp_path / f"registry-claim-{os.getuid()}-0").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting.start()
        waiting.join(5)
        assert not waiting.is_alive()


def test_nobody_else_can_hold_the_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the umask: who can open a lock file can lock it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = os.umask(0)
    try:
        with limited("claim", 1):
            (lane,) = tmp_path.iterdir()
    finally:
        os.umask(before)
    assert lane.stat().st_mode & 0o777 == 0o600
