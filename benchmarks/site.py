"""The web pages of fleets of several sizes: time and size of the site, a rebuild after one change, and many readers.

`python -m benchmarks.site [SIZE…]`, by default 12, 1,000 and 10,000 sessions.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.fleets import QUIET, Fleet, build
from benchmarks.programs import python

READERS = 200


class Built(NamedTuple):
    """One run of `registry site`: wall and processor time in seconds, peak memory in bytes, and the files it wrote."""

    wall: float
    processor: float
    peak: int
    written: int

    def __str__(self) -> str:
        times = f"{self.wall:7.2f} s ({self.processor:6.2f} s of processor), peak {self.peak / 2**20:4.0f} MiB"
        return f"{times}, {self.written:>6,} files written"


def main() -> None:
    """Measure each size, and print as it comes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[12, 1_000, 10_000], help="sessions in a fleet")
    for size in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as name:
            measure(size, Path(name))


def measure(size: int, folder: Path) -> None:
    """A fleet with one open proposal: its site, the same again, and after the proposal has landed."""
    fleet, site = build(folder / "fleet", size), folder / "site"
    git(fleet, "branch", f"claim/{fleet.number}", "free")
    print(f"{size:,} sessions", flush=True)
    first = built(fleet, site)
    print(f"  first   {first}", flush=True)
    sizes = [path.stat().st_size for path in site.rglob("*") if path.is_file()]
    print(f"  again   {built(fleet, site)}", flush=True)
    land(fleet)
    landed = built(fleet, site)
    print(f"  landed  {landed}, {landed.processor / first.processor:.2f} of the first", flush=True)
    print(f"  {len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB; {read_by_many(fleet)}", flush=True)


def git(fleet: Fleet, *words: str) -> str:
    people = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **QUIET, **people}
    return subprocess.run(
        ["git", "-C", fleet.repo, *words], check=True, env=environment, capture_output=True, text=True
    ).stdout.strip()


def land(fleet: Fleet) -> None:
    """Merge the proposal, as an approver does."""
    tree = git(fleet, "merge-tree", "--write-tree", "main", "free")
    merge = git(fleet, "commit-tree", "-p", "main", "-p", "free", "-m", "Register the last session", tree)
    git(fleet, "update-ref", "refs/heads/main", merge)
    git(fleet, "update-ref", "-d", f"refs/heads/claim/{fleet.number}")


def built(fleet: Fleet, site: Path) -> Built:
    """Run `registry site`."""
    words = python("validator", "site", "--repo", fleet.repo, "--output", site, "--format", "json")
    start = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        document = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    return Built(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, document["written"])


def read_by_many(fleet: Fleet) -> str:
    """How long READERS at once take to read the first page of `registry serve`."""
    words = python("validator", "serve", "--repo", fleet.repo, "--port", "0")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        try:
            start = time.perf_counter()
            with ThreadPoolExecutor(READERS) as pool:
                pages = list(pool.map(lambda _: urllib.request.urlopen(address).read(), range(READERS)))  # noqa: S310
            took = time.perf_counter() - start
        finally:
            process.terminate()
    return f"{READERS} readers at once: {took:.2f} s, {len(pages[0]) / 1e3:.0f} kB each"


if __name__ == "__main__":
    main()
