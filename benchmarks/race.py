"""`make race`: a hundred sessions race for numbers over smart HTTP on loopback, ten times.

After each race everything is checked: the numbers, every process's answer, whether each proposal is whole, `git fsck`,
audit; the first answer that is wrong ends it with an error. Times are ratios to a plain loop of `git push` of as many
branches in the same round, to a server of the same kind: one without the guard, which judges nothing, and one with it.
Processor times are less disturbed by whatever else runs on the machine.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.hosts.plain.racing import SEVEN, all_have_one, lost_races, one_has_seven, race_for
from tests.hosts.plain.stage import ENVIRONMENT, NAME, Done, Stage, branch, claim_path, claim_text, git
from tests.server import serving

LIMIT = 3.5  # target: at most this many times the loop without guard
PLAIN, GUARDED = "git push in a loop, no guard", "git push in a loop, guarded"
Check = Callable[[Stage, Sequence[Path], Sequence[Done]], None]
RACES: tuple[tuple[str, str, Check, bool], ...] = (
    ("any number, on one machine", "--any", all_have_one, False),
    ("any number, as many machines", "--any", all_have_one, True),
    ("all want number 7", SEVEN, one_has_seven, True),
)


class Cost(NamedTuple):
    """Wall and processor seconds of this process and its finished children."""

    wall: float
    processor: float
    lost: int = 0


def cost(work: Callable[[], None]) -> Cost:
    start, used = time.perf_counter(), _used()
    work()
    return Cost(time.perf_counter() - start, _used() - used)


def _used() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def pushes(folder: Path, count: int, *, guarded: bool) -> Cost:
    """Create as many branches one after the other, with Git alone."""
    folder.mkdir()
    stage = Stage.make(folder, capacity=count, guarded=guarded)
    names = [f"claim/{Path(claim_path(number)).stem}" for number in range(1, count + 1)]
    for number, name in enumerate(names, 1):
        branch(stage.human, name, {claim_path(number): claim_text(number, f"session-{number}")})
    with serving("http", stage.served, ENVIRONMENT) as server:
        git(stage.human, "remote", "set-url", "origin", f"{server.url}/{NAME}")

        def loop() -> None:
            for name in names:
                git(stage.human, "push", "--quiet", "origin", name)

        return cost(loop)


def race(folder: Path, count: int, number: str, check: Check, *, apart: bool) -> Cost:
    """Claim with as many sessions at once; only their processes are timed, not the checks after them."""
    folder.mkdir()
    stage = Stage.make(folder, capacity=max(count, int(SEVEN)))
    with serving("http", stage.served, ENVIRONMENT) as server:
        clones, done = stage.copies(count, f"{server.url}/{NAME}"), list[Done]()
        took = cost(lambda: done.extend(race_for(number, clones, apart=apart)))
        check(stage, clones, done)
    return took._replace(lost=lost_races(done))


def play(at: int, count: int) -> dict[str, Cost]:
    """One round: the loops and the races, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        costs = {
            PLAIN: pushes(Path(folder, "plain"), count, guarded=False),
            GUARDED: pushes(Path(folder, "guarded"), count, guarded=True),
        }
        for place, (title, number, check, apart) in enumerate(RACES):
            costs[title] = race(Path(folder, str(place)), count, number, check, apart=apart)
    print(f"round {at}, {count} each")
    for title, took in costs.items():
        print(
            f"  {title:<29} {took.wall:6.1f} s  {took.wall / costs[PLAIN].wall:5.2f} × the loop"
            f"  {took.processor / costs[PLAIN].processor:5.2f} × its processor time  {took.lost:3} races lost",
            flush=True,
        )
    return costs


def main() -> None:
    """Run the rounds, and print medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.race", description="Race for numbers.")
    parser.add_argument("--processes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    rounds = [play(at, options.processes) for at in range(1, options.rounds + 1)]
    print(*summary(rounds, options.processes), sep="\n")


def summary(rounds: Sequence[Mapping[str, Cost]], count: int) -> Iterator[str]:
    """Medians of the rounds' ratios: both sides of a ratio are measured within minutes."""
    yield f"medians of {len(rounds)} rounds: seconds a push or claim; × the loop without guard, and its processor time"
    for title in rounds[0]:
        each = statistics.median(costs[title].wall for costs in rounds) / count
        wall = statistics.median(costs[title].wall / costs[PLAIN].wall for costs in rounds)
        processor = statistics.median(costs[title].processor / costs[PLAIN].processor for costs in rounds)
        guarded = statistics.median(costs[title].wall / costs[GUARDED].wall for costs in rounds)
        line = f"  {title:<29} {each:6.3f} s  {wall:5.2f} ×  {processor:5.2f} ×  {guarded:5.2f} × the guarded loop"
        yield line if title != RACES[0][0] else f"{line}  ≤ {LIMIT} {'reached' if wall <= LIMIT else 'not reached'}"


if __name__ == "__main__":
    main()
