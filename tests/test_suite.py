"""What `tests/conftest.py` enforces, checked on a small suite of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EIGHTHS, PARTS, in_turn
from tests.repository import ROOT, environment
from tests.shell import in_utf8, quoted

pytestmark = pytest.mark.blackbox

SLOW = """
import time
from hypothesis import given, strategies

@given(strategies.none())
def test_slow(_):
    time.sleep(0.3)
"""
NOT_QUOTED = """
import subprocess

def test_not_quoted(tmp_path):
    subprocess.run(f"test -d {tmp_path}", shell=True, check=True)
"""
HANGS = """
from tests.processes import running

def test_hangs():
    with running(["sleep", "3600"]) as process:
        process.wait()  # here it hangs
"""
LEAVES = """
import os, pytest, tempfile

@pytest.mark.parametrize("here", [False, True])
def test_leaves(here):
    if here:
        tempfile.mkdtemp(prefix="registry-")
"""
ORDER = """
import pathlib

def test_it():
    with open("order", "a") as file:
        print(pathlib.Path(__file__).stem, file=file)
"""

LONG = """
import pytest

@pytest.mark.parametrize("at", range(4))
def test_short(at): ...

@pytest.mark.takes_long
def test_long(): ...
"""
FULL = f"""
import pytest

@pytest.mark.parametrize("part", {PARTS})
def test_it(part, long):
    if long:
        print("in full:", part)
"""


def suite(folder: Path, files: dict[str, str], *words: str, named: bool = True) -> subprocess.CompletedProcess[str]:
    """Run these files of tests with this project's settings, as a folder that is named or as all that there is."""
    place = folder if named else folder / "tests"
    place.mkdir(exist_ok=True)
    for name, text in files.items():
        (place / f"test_{name}.py").write_text(text)
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "tests.conftest"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-p", "no:cacheprovider", *words, *named * [str(folder)]],
        cwd=folder, env=environment(PYTHONPATH=str(ROOT), TMPDIR=str(folder)),
        check=False, capture_output=True, encoding="utf-8",
    )  # fmt: skip


@pytest.mark.takes_long
def test_a_test_that_hangs_fails_and_shows_where(tmp_path: Path) -> None:
    done = suite(tmp_path, {"hangs": HANGS}, "--timeout=1")
    assert done.returncode == 1
    assert "Failed: Timeout (>1.0s)" in done.stdout
    assert "process.wait()  # here it hangs" in done.stdout


def test_every_test_has_a_time_limit(tmp_path: Path) -> None:
    done = suite(tmp_path, {"order": ORDER})
    assert done.returncode == 0
    assert "\ntimeout: 600.0s\n" in done.stdout


def test_an_example_may_take_long_on_a_busy_machine(tmp_path: Path) -> None:
    """Hypothesis would fail one of more than 0.2 s."""
    assert suite(tmp_path, {"slow": SLOW}).returncode == 0


def test_a_path_that_is_not_quoted_fails_everywhere(tmp_path: Path) -> None:
    done = suite(tmp_path, {"not_quoted": NOT_QUOTED})
    assert done.returncode == 1
    assert "1 failed" in done.stdout


@pytest.mark.takes_long
def test_workers_start_where_python_cannot_spell_the_folder(tmp_path: Path) -> None:
    """Pytest's workers cannot be told a name that is not UTF-8 to Python: `make test` has Python take it for that."""
    folder = tmp_path / in_utf8("a cöpy")
    folder.mkdir()
    (folder / "test_order.py").write_text(ORDER)
    said = subprocess.run(
        ["make", "--dry-run", "JOBS=1", "test"], cwd=ROOT, env=environment(), check=True, capture_output=True
    )
    command = said.stdout.decode().splitlines()[-1].replace(".venv/bin/python", quoted(sys.executable))
    plain = environment(LC_ALL="C", PYTHONUTF8="0", TMPDIR=str(folder))
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=plain, check=False, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("workers", [[], ["--numprocesses=2"]], ids=["alone", "workers"])
@pytest.mark.takes_long
def test_what_is_left_in_the_temporary_folder_fails_the_run(tmp_path: Path, workers: list[str]) -> None:
    clean = suite(tmp_path, {"leaves": LEAVES}, *workers, "--deselect=test_leaves.py::test_leaves[True]")
    assert (clean.returncode, "left in" in clean.stdout) == (0, False)
    done = suite(tmp_path, {"leaves": LEAVES}, *workers)
    assert done.returncode == 1
    assert "2 passed" in done.stdout
    assert "ERROR left in the temporary folder: " in done.stdout
    assert not list(tmp_path.glob("registry's tests */run-*")), "and is removed"


@pytest.mark.takes_long
def test_files_are_shuffled_by_a_seed(tmp_path: Path) -> None:
    orders = list[str]()
    for seed in ("a", "a", "b"):
        done = suite(tmp_path, dict.fromkeys("stuvwxyz", ORDER), "--shuffle", seed)
        assert f"order of files: --shuffle {seed}\n" in done.stdout
        orders.append((tmp_path / "order").read_text())
        (tmp_path / "order").unlink()
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0].split()) == sorted(orders[2].split()) == [f"test_{name}" for name in "stuvwxyz"]


@pytest.mark.takes_long
@pytest.mark.parametrize(
    ("words", "named", "ran"),
    [
        ((), False, "8 passed, 2 deselected"),
        ((), True, "10 passed"),
        (("--long",), False, "10 passed"),
        (("--share", "1/2"), False, "9 passed, 1 deselected"),
        (("--share", "1/1", "-n", "2"), False, "10 passed"),
        (("--share", "2/2", "-m", "takes_long"), False, "1 passed, 9 deselected"),
    ],
)
def test_what_takes_long_is_run_when_it_is_asked_for(
    tmp_path: Path, words: tuple[str, ...], named: bool, ran: str
) -> None:
    done = suite(tmp_path, dict.fromkeys("ab", LONG), *words, named=named)
    assert f" {ran} " in done.stdout, done.stdout + done.stderr


@pytest.mark.takes_long
def test_what_takes_long_begins_every_worker_s_share(tmp_path: Path) -> None:
    done = suite(tmp_path, dict.fromkeys("ab", LONG), "-n", "2", "--dist", "worksteal", "-v")
    first = [re.search(rf"\[{worker}\].*PASSED (.*)", done.stdout) for worker in ("gw0", "gw1")]
    assert {found and found[1].strip() for found in first} == {"test_a.py::test_long", "test_b.py::test_long"}
    assert " 10 passed" in done.stdout


def test_every_commit_id_chooses_and_each_choice_has_its_turn() -> None:
    turns = [in_turn(turn) for turn in range(EIGHTHS * len(PARTS))]
    assert set(turns) == {(f"{part}/{EIGHTHS}", name) for part in range(1, EIGHTHS + 1) for name in PARTS}
    assert in_turn(len(turns)) == turns[0]


@pytest.mark.parametrize(("words", "ran"), [("--in-turn", 8 + len(PARTS)), ("--in-turn=only", 1)])
def test_what_has_its_turn_is_run_in_full(tmp_path: Path, words: str, ran: int) -> None:
    done = suite(tmp_path, {"full": FULL, **dict.fromkeys("ab", LONG)}, words, "-rP", named=False)
    found = re.search(r"chosen by the commit id: --share (\d)/8, and in full: (.+)\n", done.stdout)
    assert found, done.stdout
    assert re.findall("in full: (.+)\n", done.stdout) == [found[2]] * 2, "and no other"
    assert f" {ran + (int(found[1]) <= 2)} passed" in done.stdout, "one of the two that take long, or none"
