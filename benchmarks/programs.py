"""Run programs alternately, so that a slow moment of the machine affects all of them."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple


class Program(NamedTuple):
    """A command, its expected exit code, its input, the folder that it runs in, and what is done before, untimed."""

    command: Sequence[str]
    exit_code: int = 0
    stdin: str = ""
    folder: Path | None = None
    before: Callable[[], None] = lambda: None


class Run(NamedTuple):
    """One run: wall time in seconds, and peak memory in bytes of the process or of a child; its processor time."""

    seconds: float
    peak: int
    processor: float = 0.0


class Result(NamedTuple):
    """All runs of a program, in the order of the rounds."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        return statistics.median(run.processor for run in self.runs)

    @property
    def peak(self) -> int:
        return max(run.peak for run in self.runs)

    def ratio(self, other: "Result") -> float:
        """The median of the rounds' ratios: both sides of a ratio are measured right after each other."""
        return statistics.median(
            mine.seconds / theirs.seconds for mine, theirs in zip(self.runs, other.runs, strict=True)
        )

    def processor_ratio(self, other: "Result") -> float:
        """The same of processor time, which other work on the machine changes less."""
        return statistics.median(
            mine.processor / theirs.processor for mine, theirs in zip(self.runs, other.runs, strict=True)
        )


def python(module: str, *words: str | Path) -> tuple[str, ...]:
    """The command that runs an installed module with this interpreter."""
    return (sys.executable, "-P", "-m", module, *map(str, words))


def compiled(folder: Path) -> dict[str, str]:
    """An environment in which each program finds its bytecode after its first run, as an installed one does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environment, "PYTHONPYCACHEPREFIX": str(folder)}


def run(program: Program, environment: Mapping[str, str]) -> Run:
    """Run a program to its end. Raises RuntimeError for an unexpected exit code."""
    program.before()
    start = perf_counter()
    with subprocess.Popen(
        program.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
        cwd=program.folder,
        text=True,
    ) as process:
        assert process.stdin
        process.stdin.write(program.stdin)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != program.exit_code:
        raise RuntimeError(f"exit code {process.returncode} from: {' '.join(program.command[:12])}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Run(seconds, peak, usage.ru_utime + usage.ru_stime)


def compare(programs: Mapping[str, Program], rounds: int, environment: Mapping[str, str]) -> dict[str, Result]:
    """Run each program once in each round."""
    runs = {name: list[Run]() for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            runs[name].append(run(program, environment))
    return {name: Result(tuple(done)) for name, done in runs.items()}
