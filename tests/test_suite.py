"""The suite itself: what `tests/conftest.py` sees to, on a small suite of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import ROOT, environment

pytestmark = pytest.mark.blackbox

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


def suite(folder: Path, files: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run these files of tests with this project's settings."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "tests.conftest"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-p", "no:cacheprovider", *words, str(folder)],
        cwd=folder, env=environment(PYTHONPATH=str(ROOT), TMPDIR=str(folder)),
        check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_a_test_that_hangs_fails_and_shows_where(tmp_path: Path) -> None:
    done = suite(tmp_path, {"hangs": HANGS}, "--timeout=1")
    assert done.returncode == 1
    assert "Failed: Timeout (>1.0s)" in done.stdout
    assert "process.wait()  # here it hangs" in done.stdout


def test_every_test_has_a_time_limit(tmp_path: Path) -> None:
    done = suite(tmp_path, {"order": ORDER})
    assert done.returncode == 0
    assert "\ntimeout: 600.0s\n" in done.stdout


@pytest.mark.parametrize("workers", [[], ["--numprocesses=2"]], ids=["alone", "workers"])
def test_what_is_left_in_the_temporary_folder_fails_the_run(tmp_path: Path, workers: list[str]) -> None:
    clean = suite(tmp_path, {"leaves": LEAVES}, *workers, "--deselect=test_leaves.py::test_leaves[True]")
    assert (clean.returncode, "left in" in clean.stdout) == (0, False)
    done = suite(tmp_path, {"leaves": LEAVES}, *workers)
    assert done.returncode == 1
    assert "2 passed" in done.stdout
    assert "ERROR left in the temporary folder: " in done.stdout
    assert not list(tmp_path.glob("registry-tests-*")), "and is removed"


def test_files_are_shuffled_by_a_seed(tmp_path: Path) -> None:
    orders = list[str]()
    for seed in ("a", "a", "b"):
        done = suite(tmp_path, dict.fromkeys("stuvwxyz", ORDER), "--shuffle", seed)
        assert f"order of files: --shuffle {seed}\n" in done.stdout
        orders.append((tmp_path / "order").read_text())
        (tmp_path / "order").unlink()
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0].split()) == sorted(orders[2].split()) == [f"test_{name}" for name in "stuvwxyz"]
