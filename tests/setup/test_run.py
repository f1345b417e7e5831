"""`.ci/run` with a stand-in for make: what it calls, what it prints, and how it ends."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import ROOT
from tests.shell import program, quoted

STAND_IN = """\
echo "make $*" >>"$CALLS"
if [ "$1" = "$BROKEN" ]; then echo "$1 is broken" >&2; exit 2; fi
[ "$1" != test ] || printf '=== 7 passed in 0.10s ===\\nmake says something else\\n'
"""
PARTS = ["demo", "lint", "workflow-check", "setup-check", "runner-check", "browser-check", "client-check"]


def run(folder: Path, broken: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    tools, calls = folder / "tools", folder / "calls"
    for name in ("git", "make", "ssh-keygen", "node", "npm", "chromedriver", "python3"):
        program(tools / name, f'exec {quoted(sys.executable)} "$@"' if name == "python3" else STAND_IN)
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CALLS": str(calls), "BROKEN": broken}
    command = ["bash", str(folder / ".ci" / "run")]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    return done, calls.read_text().splitlines()


def test_it_calls_the_two_commands_of_the_readme_and_ends_with_times_and_pytests_line(tmp_path: Path) -> None:
    done, calls = run(tmp_path, "")
    assert done.returncode == 0, done.stderr
    assert calls[0] == "make dev"
    assert sorted(calls[1:-1]) == sorted(f"make {name}" for name in PARTS)
    assert calls[-1] == "make test ARGS=--cov --cov-report=term --in-turn"
    *_, table = done.stdout.split("=== seconds\n")
    *rows, total, closing = table.splitlines()
    assert [row.split()[0] for row in rows] == ["set-up", *PARTS, "test"]
    assert all(re.fullmatch(r"[\w-]+ +\d+", row) for row in [*rows, total])
    assert closing == "=== 7 passed in 0.10s ==="


@pytest.mark.parametrize("broken", ["dev", *PARTS, "test"])
def test_a_failed_part_is_named(tmp_path: Path, broken: str) -> None:
    done, calls = run(tmp_path, broken)
    assert done.returncode != 0
    assert f"{broken} is broken" in done.stdout
    failed = [line.split()[0] for line in done.stdout.splitlines() if line.endswith("  failed")]
    assert failed == [{"dev": "set-up"}.get(broken, broken)]
    assert any(call.startswith("make test") for call in calls) == (broken == "test")


@pytest.mark.parametrize(("line", "code"), [("alpha==1.0 \\", 0), ("--find-links wheels", 2)])
def test_a_lock_file_that_says_where_packages_are_is_refused(tmp_path: Path, line: str, code: int) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/runtime.txt").write_text(f"{line}\n")
    command = ["make", "--assume-old=.venv/.lock", "lock", "COMPILE=true"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, "a lock file names a registry or a path" in done.stderr) == (code, code != 0), done
