"""`audit --steps` over a long signed main, against `git verify-commit` on a hundred of its commits."""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.programs import Program, Result, compare, compiled, python
from benchmarks.signed import Line, build

SAMPLE = 100
LIMIT = 200  # times verify-commit on the sample, for 10,000 steps


def main() -> None:
    """Build the line, run both in turns, print the ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description="Proving a long main.")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--capacity", type=int, default=100, help="how many numbers are claimed, amended and released")
    parser.add_argument("--keys", action="store_true", help="every session signs its proposals")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--bad", type=int, default=0, help="the step that nobody signs; it has to be named")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        line = build(folder / "line", asked.steps, capacity=asked.capacity, keys=asked.keys, bad=asked.bad)
        if asked.bad:
            print(find(line, asked.bad))
            return
        programs = {"verify": verify(line), "audit": audit(line)}
        done = compare(programs, asked.rounds, compiled(folder / "bytecode"))
    print(*report(asked.steps, done["audit"], done["verify"]), sep="\n")


def audit(line: Line) -> Program:
    return Program(python("validator", "audit", "--steps", "--root", line.root, "--repo", line.repo))


def find(line: Line, bad: int) -> str:
    """How long it takes until the bad step is named. Raises RuntimeError where it is not."""
    start = perf_counter()
    done = subprocess.run([*audit(line).command, "--format", "json"], capture_output=True, check=False)
    seconds, named = perf_counter() - start, json.loads(done.stdout)["steps"]["first_bad"]
    if done.returncode != 1 or named is None or (named["number"], named["commit"]) != (bad, line.steps[bad - 1]):
        raise RuntimeError(f"step {bad:,} is bad, and audit --steps named {named}")
    return f"step {bad:,} of {len(line.steps):,}, signed by nobody, is named after {seconds:.2f} s"


def verify(line: Line) -> Program:
    """A process for each commit of a sample from the whole line, as a human or a script would check them."""
    sample = line.steps[:: max(1, len(line.steps) // SAMPLE)][:SAMPLE]
    loop = (
        'signers=$1; shift; for commit in "$@"; do git -c gpg.ssh.allowedSignersFile="$signers" verify-commit "$commit"'
    )
    command = ("sh", "-c", f"{loop} 2>/dev/null || exit; done", "sh", str(line.signers), *sample)
    return Program(command, folder=line.repo)


def report(steps: int, audit: Result, verify: Result) -> Iterator[str]:
    """The two times, and how many times verify-commit on a hundred commits 10,000 steps take."""
    ratio = audit.ratio(verify) * 10_000 / steps
    yield f"git verify-commit, {SAMPLE} commits      {verify.seconds:8.2f} s"
    yield f"audit --steps, {steps:,} steps      {audit.seconds:8.2f} s, {audit.peak / 1e6:.0f} MB"
    reached = "reached" if ratio <= LIMIT else "not reached"
    yield f"10,000 steps are {ratio:.0f} × as much; the target is {LIMIT}: {reached}"


if __name__ == "__main__":
    main()
