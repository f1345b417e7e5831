"""Unusual environments: Python without docstrings, a full disk, a closed stream."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, ROOT


@pytest.mark.parametrize("words", [["--help"], ["claim", "--help"], ["consensus", "--help"], ["explain", "REG103"]])
def test_help_is_whole_without_docstrings(words: list[str]) -> None:
    """`python -OO` drops them, and PYTHONOPTIMIZE may be set for all programs of a machine."""
    told = [
        subprocess.run(
            [sys.executable, *options, "-P", "-m", "validator", *words],
            cwd=ROOT, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=True,
        ).stdout
        for options in ([], ["-OO"])
    ]  # fmt: skip
    assert told[0] == told[1]


def test_schemas_without_descriptions_are_not_written(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], env=ENVIRONMENT, check=True)
    words = [sys.executable, "-OO", "-P", "-m", "validator", "schema", "--repo", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, "run it without -OO" in done.stderr, list(tmp_path.iterdir())) == (
        2, True, [tmp_path / ".git"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("redirections", "exit_code"),
    [(">/dev/full", 2), (">/dev/full 2>/dev/full", 2), (">&-", 2), (">&- 2>&-", 2), ("2>/dev/full", 0)],
)
def test_failed_output_is_a_failure(redirections: str, exit_code: int) -> None:
    shell = f"{shlex.join([sys.executable, '-P', '-m', 'validator', 'explain'])} {redirections}"
    done = subprocess.run(["/bin/sh", "-c", shell], cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == exit_code
    assert b"Traceback" not in done.stderr
