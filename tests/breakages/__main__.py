"""`make breakages`: apply each kept breakage to a copy of the tree; the tests that it names must fail.

Before, all named tests have to pass unbroken. Exit 0 if every breakage is noticed.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.breakages.collection import Breakage, InapplicableError, broken, load
from tests.breakages.workplace import Workplace

NOTICED, NO_TEST, NO_SUCH_TEST = 1, 5, 4  # how pytest exits: failed, collected nothing, was called wrongly


class Result(NamedTuple):
    """What became of one breakage; `why` is what the test said, or what is wrong with the entry."""

    breakage: Breakage
    state: str
    seconds: float
    why: str


def main() -> int:
    """Replay the collection and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.breakages", description="Replay the kept breakages.")
    parser.add_argument("--only", action="append", metavar="ID", help="this one; may be given again")
    parser.add_argument("--area", action="append", metavar="FILE", type=Path, help="the entries of this file only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--why", action="store_true", help="print what the test that failed has said")
    given = parser.parse_args()
    began = time.monotonic()
    breakages = [one for one in load(given.area) if not given.only or one.id in given.only]
    if not breakages:
        parser.error("no such breakage")
    with tempfile.TemporaryDirectory(prefix="breakages-", ignore_cleanup_errors=True) as folder:
        places = [Workplace(Path(folder, str(number))) for number in range(min(given.jobs, len(breakages)))]
        if red := unbroken(places[0], breakages, len(places)):
            print("red without any breakage:", *red, sep="\n  ")
            return 1
        print(f"unbroken: all named tests pass ({time.monotonic() - began:.0f} s)", flush=True)
        results = list(replay(places, breakages, given.why))
    return summary(results, time.monotonic() - began)


def unbroken(place: Workplace, breakages: Sequence[Breakage], jobs: int) -> list[str]:
    """What is red before anything is broken: failing tests, or what pytest complains of."""
    named = sorted({test for one in breakages for test in one.test.split()})
    if not named:
        return []
    ran = place.pytest(f"--numprocesses={jobs}", "-rfE", *named, limit=3600)
    if ran.exit_code == 0:
        return []
    lines = [line for line in ran.out.splitlines() if re.match("FAILED|ERROR", line)]
    return lines or ran.out.splitlines()[-20:] or [f"pytest ended with {ran.exit_code}"]


def replay(places: Sequence[Workplace], breakages: Sequence[Breakage], why: bool) -> Iterator[Result]:
    """Each breakage in whichever copy is free; a line as soon as one is through."""
    free = SimpleQueue[Workplace]()
    for place in places:
        free.put(place)

    def play(one: Breakage) -> Result:
        place = free.get()
        try:
            return played(place, one)
        finally:
            free.put(place)

    width = max(len(one.id) for one in breakages)
    with ThreadPoolExecutor(len(places)) as pool:
        for result in pool.map(play, breakages):
            told = result.why if why or result.state != "noticed" else result.breakage.test.rpartition("::")[2]
            print(f"{result.state:<12} {result.seconds:5.1f} s  {result.breakage.id:<{width}}  {told}", flush=True)
            yield result


def played(place: Workplace, one: Breakage) -> Result:
    """Apply one, run its tests, take it back."""
    began = time.monotonic()
    try:
        path, text = broken(one, place.root)
    except InapplicableError as error:
        return Result(one, "inapplicable", 0, str(error))
    if not one.test:
        return Result(one, "missed", 0, "no test is named")
    whole = path.read_text("utf-8")
    place.put(path, text)
    try:
        ran = place.pytest("-x", *one.test.split())
    finally:
        place.put(path, whole)
    states = {NOTICED: "noticed", 0: "missed", None: "hangs", NO_TEST: "no test", NO_SUCH_TEST: "no test"}
    failed = ran.exit_code != NOTICED or re.search("^(?:FAILED|ERROR) ", ran.out, re.MULTILINE)
    state = states.get(ran.exit_code, "cannot run") if failed else "cannot run"  # Python ends with 1 as well
    said = [line[2:].strip() for line in ran.out.splitlines() if line.startswith("E ")]
    return Result(one, state, time.monotonic() - began, (said or ran.out.splitlines()[-1:] or [""])[0][:200])


def summary(results: Sequence[Result], seconds: float) -> int:
    """Count by origin and how each ended; 0 if all were noticed."""
    for origin in ("given", "own"):
        rows = [result for result in results if result.breakage.origin == origin]
        states = Counter(result.state for result in rows)
        tried = [result.breakage.at_first for result in rows if result.breakage.at_first]
        if rows:
            first = f"; at first {tried.count('caught')} of {len(tried)} that were tried" if tried else ""
            print(f"{origin}: {len(rows)}, noticed {states['noticed']}{first}")
    missing = [result for result in results if result.state != "noticed"]
    print(f"{len(results)} breakages in {seconds:.0f} s, {len(missing)} not noticed")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
