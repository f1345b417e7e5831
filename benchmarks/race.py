"""Sessions race for numbers over smart HTTP on loopback: `python -m benchmarks.race [--processes N] [--rounds R]`.

Each round has a server of its own, a clone for each session, and three races, after each of which everything is checked
(numbers, answers, `git fsck`, audit). Times are ratios to a plain loop of `git push` of as many branches to the same
server without the guard, in the same round; so are processor times, which other work on the machine disturbs less.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.remote.racing import claim_any, claim_seven, lost_races
from tests.remote.stage import ENVIRONMENT, NAME, Done, Stage, branch, claims, git
from tests.server import serving

TO_REACH = 3.0


class Cost(NamedTuple):
    """Seconds on the wall and on processors, of this process and of those that it has waited for."""

    wall: float
    processor: float
    lost: int = 0


def cost(work: Callable[[], Sequence[Done]]) -> Cost:
    start, used = time.perf_counter(), _used()
    done = work()
    return Cost(time.perf_counter() - start, _used() - used, lost_races(done))


def _used() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def plain_pushes(folder: Path, count: int) -> Cost:
    """As many branches, one after the other, to a server without a guard."""
    folder.mkdir()
    stage = Stage.make(folder, capacity=count, approvers=(), guarded=False)
    for number in range(1, count + 1):
        branch(stage.human, f"claim/{number:03}", claims(number))
    with serving("http", stage.served, ENVIRONMENT) as server:
        git(stage.human, "remote", "set-url", "origin", f"{server.url}/{NAME}")

        def pushes() -> Sequence[Done]:
            for number in range(1, count + 1):
                git(stage.human, "push", "--quiet", "origin", f"claim/{number:03}")
            return ()

        return cost(pushes)


def race(folder: Path, count: int, run: Callable[..., list[Done]], *, apart: bool) -> Cost:
    folder.mkdir()
    stage = Stage.make(folder, capacity=count)
    with serving("http", stage.served, ENVIRONMENT) as server:
        clones = stage.copies(count, f"{server.url}/{NAME}")
        return cost(lambda: run(stage, clones, apart=apart))


def main() -> None:
    parser = argparse.ArgumentParser(description="Race for numbers.")
    parser.add_argument("--processes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    races = (
        ("any number, on one machine", claim_any, False),
        ("any number, as many machines", claim_any, True),
        ("all want number 7", claim_seven, True),
    )
    ratios: dict[str, list[float]] = {title: [] for title, _, _ in races}
    for number in range(1, options.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            loop = plain_pushes(Path(folder, "plain"), options.processes)
            each = f"{loop.wall / options.processes * 1000:.0f} ms each, {loop.processor / options.processes * 1000:.0f} ms of processors"
            print(f"round {number}: {options.processes} × git push in a loop: {loop.wall:.1f} s ({each})")
            for place, (title, run, apart) in enumerate(races):
                took = race(Path(folder, str(place)), options.processes, run, apart=apart)
                ratio = took.wall / loop.wall
                ratios[title].append(ratio)
                print(
                    f"  {title:<30} {took.wall:6.1f} s  {ratio:5.2f} × the loop  {took.processor / loop.processor:5.2f} ×"
                    f" its processor time  {took.lost} races lost",
                    flush=True,
                )
    for title, measured in ratios.items():
        target = f"  (to reach: {TO_REACH:.1f} ×)" if title == races[0][0] else ""
        print(f"median {title:<30} {statistics.median(measured):5.2f} × the loop{target}")


if __name__ == "__main__":
    main()
