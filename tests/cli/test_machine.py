"""Unusual environments: Python without docstrings, a full disk, closed streams, terminals that hang up, signals."""

import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.stage import ENVIRONMENT, REGISTRY, ROOT, Stage, git
from tests.processes import running
from tests.shell import program, quoted


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


@pytest.mark.parametrize("words", ["--help", "--version", "explain", "explain --help"])
def test_a_reader_that_has_gone_is_a_failure(words: str) -> None:
    """`registry … | head -1` has its line; the exit code 1 would be the answer no."""
    shell = f"({shlex.join([sys.executable, '-P', '-m', 'validator'])} {words}; echo $? >&2) | true"
    done = subprocess.run(["/bin/sh", "-c", shell], cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False)
    assert done.stderr == b"registry: the result cannot be printed: Broken pipe\n2\n"


@pytest.mark.parametrize(
    ("redirections", "words", "exit_code", "out"),
    [("<&- >&-", "mcp", 2, b""), ("<&-", "mcp", 0, b""), ("2>&-", "nonsense", 2, b""), ("<&-", "approve 5", 2, b"")],
)
def test_closed_streams(redirections: str, words: str, exit_code: int, out: bytes, tmp_path: Path) -> None:
    """Nothing that is meant for one stream comes out of another."""
    Stage(tmp_path)
    shell = f"{shlex.join(REGISTRY)} {words} {redirections}"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=tmp_path / "human", env=ENVIRONMENT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (exit_code, out)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("both", [False, True], ids=["stdout", "stdout and stderr"])
def test_a_terminal_that_has_hung_up_is_a_failure(both: bool) -> None:
    """Who ignores SIGHUP (nohup) gets EIO from a terminal that is no more there."""
    terminal, side = pty.openpty()
    with running(
        [*REGISTRY, "explain"], cwd=ROOT, env=ENVIRONMENT, stdin=side, stdout=side,
        stderr=side if both else subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    ) as process:  # fmt: skip
        os.close(side)
        os.close(terminal)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 2
    assert error == (None if both else "registry: the result cannot be printed: Input/output error\n")


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_a_verb_and_its_git_and_leaves_no_folder(
    number: signal.Signals, exit_code: int, tmp_path: Path
) -> None:
    """Git asks a server that does not answer; 1, as after Ctrl-C in other programs, would be the answer no."""
    stage = Stage(tmp_path)
    asked = tmp_path / "asked"
    silent = program(tmp_path / "silent", f"echo $$ > {quoted(asked)}; exec sleep 1000")
    git(stage.human, "remote", "set-url", "origin", "ssh://nobody@nowhere.invalid/x")
    (tmp_path / "temporary").mkdir()
    environment = {**ENVIRONMENT, "GIT_SSH_COMMAND": quoted(silent), "TMPDIR": str(tmp_path / "temporary")}
    with running(
        [*REGISTRY, "proposals"], cwd=stage.human, env=environment, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as process:  # fmt: skip
        while not (asked.exists() and asked.read_text().strip()):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        process.wait(timeout=30)
        os.kill(int(asked.read_text()), signal.SIGKILL)
        assert process.stderr
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == exit_code
    assert list((tmp_path / "temporary").iterdir()) == []
