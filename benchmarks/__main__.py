"""`make bench`: the validator against check-jsonschema and a floor, in one run. Exit 0 unless a program fails.

All read the same claims: check-jsonschema holds each against the session schema, the floor only reads them
(benchmarks/floor.py), the validator judges the registry.
"""

import argparse
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.fleets import Fleet, build, confirmed
from benchmarks.layouts import Write, layouts
from benchmarks.programs import Program, Result, compare, compiled, python, run
from benchmarks.rows import Row, memory, memory_goal, processor, progress, show, show_all, spread, timed
from benchmarks.works import (
    ROOT,
    audit,
    consensus,
    export,
    guard,
    markdown,
    schema_check,
    status,
    status_text,
    validate,
    watch,
    whoami,
)
from validator.registry.yaml.reader import read

HUGE = 99_998
ONE, MANY = 15, 3  # rounds


def main() -> None:
    """Build the fleets, run the programs in turns, print each row when it is measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="The validator against check-jsonschema.")
    parser.add_argument("--quick", action="store_true", help="a smaller registry")
    parser.add_argument("--fleets", action="store_true", help="no layouts: many claims against twelve alone")
    parser.add_argument("--huge", action="store_true", help="99,998 claims as well: takes many minutes")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000, help="draw the layouts of an earlier run")
    given = parser.parse_args()
    size = 500 if given.quick else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(*heading(size), f"Layouts: --seed {given.seed}", "", sep="\n", flush=True)
        show(Row("", "registry", "against", "ratio", "goal"))
        progress(f"building registries of 12 and {size:,} claims")
        small, large = build(folder / "small", 12), build(folder / "large", size)
        environment = compiled(folder / "bytecode")
        for program in (validate(small), schema_check(small.proposal), whoami(small), status(small)):
            run(program, environment)
        show_all(of_one(small, ONE, environment), of_many(small, large, size, environment))
        shutil.rmtree(folder / "large")
        if not given.fleets:
            show_all(of_layouts(folder, size, environment, layouts(given.seed)))
        if given.huge:
            show_all(of_many(small, build(folder / "huge", HUGE), HUGE, environment, rounds=1))


def heading(size: int) -> Iterator[str]:
    """Each measurement, and the programs that it runs."""
    git = subprocess.run(["git", "version"], check=True, capture_output=True, text=True).stdout.split()[2]
    loader = "with" if find_spec("_ruamel_yaml") or find_spec("_ruamel_yaml_clibz") else "without"
    yield f"Python {platform.python_version()}, Git {git}, check-jsonschema {version('check-jsonschema')}"
    yield f"(on ruamel.yaml {version('ruamel.yaml')} {loader} its C loader)."
    yield f"A packed repository of {size:,} claims of 20 lines that came to main in {size:,} first-parent steps."
    yield "Whole processes, in wall time where nothing else is said; a ratio is the median of the rounds' ratios."
    yield f"Rounds: {ONE} of a proposal, {MANY} of each layout and of what is warm, 1 of what reads every claim."
    yield "Warm: not for the first time. F: benchmarks/floor.py, which only reads the claims."


def of_one(fleet: Fleet, rounds: int, environment: Mapping[str, str]) -> Iterator[Row]:
    """One proposal against twelve registrations: the validator, and the server's hook for its push."""
    progress(f"measuring one proposal, {rounds} rounds")
    programs = {"ours": validate(fleet), "guard": guard(fleet), "theirs": schema_check(fleet.proposal)}
    done = compare(programs, rounds, environment)
    yield timed("a proposal among 12; check-jsonschema on that file", done["ours"], done["theirs"], limit=0.6)
    yield processor(done["ours"], done["theirs"], limit=0.6)
    # The ratio was 0.87 before GitPython was removed (commit b605cf5); the goal is 0.6 of that.
    yield timed("the guard's part of its push; the same file", done["guard"], done["theirs"], limit=0.52)
    yield processor(done["guard"], done["theirs"])


def of_many(small: Fleet, large: Fleet, size: int, environment: Mapping[str, str], rounds: int = MANY) -> Iterator[Row]:
    """The same work among many registrations and among twelve; then cold and whole."""
    huge = size > 50_000
    limits = {"validate": 2.0 if huge else 1.3, "guard": 1.3, "whoami": 2.0, "watch": 2.0, "status": 2.0}
    works = {"validate": validate, "guard": guard, "whoami": whoami, "watch": watch, "status": status}
    works |= {"status as text": status_text, "consensus status": consensus}
    works |= {"export": export, "export as Markdown": markdown}
    names = {"validate": "a proposal", "guard": "the guard's part of its push", "watch": "a poll of status --watch"}
    for name, work in works.items():
        progress(f"measuring {name} among {size:,} and 12, {rounds} rounds")
        pair = {"large": work(large), "small": work(small)}
        run(pair["large"], environment)  # it is warm from now on
        done = compare(pair, rounds, environment)
        what = f"{names.get(name, name)} among {size:,}, warm; among 12"
        yield timed(what, done["large"], done["small"], limit=limits.get(name))
        goal = memory_goal(done["large"], 600) if huge else ""
        yield Row("  most memory held", memory(done["large"]), memory(done["small"]), "", goal)
    if not huge:
        records = validate(confirmed(large))
        run(records, environment)
        done = compare({"records": records, "small": validate(small)}, rounds, environment)
        yield timed("a proposal, confirmed fleet; among 12", done["records"], done["small"], limit=1.3)
    yield from of_all(large, size, environment, huge=huge)


def of_all(fleet: Fleet, size: int, environment: Mapping[str, str], *, huge: bool) -> Iterator[Row]:
    """What reads every claim."""
    programs = {
        "cold": validate(fleet)._replace(before=lambda: shutil.rmtree(fleet.repo / "registry", ignore_errors=True)),
        "audit": audit(fleet),
        "taken": validate(fleet, "taken", exit_code=1),
        "folder": audit(fleet) if huge else schema_check(*sorted(fleet.files.iterdir())),
    }
    progress(f"measuring what reads all {size:,} claims: a minute or more")
    done = compare(programs, 1, environment)
    if not huge:  # a command line has no room for so many files
        yield timed(f"audit of {size:,}; check-jsonschema on the folder", done["audit"], done["folder"], limit=0.5)
    yield Row("  most memory held", memory(done["audit"]), "", "", memory_goal(done["audit"], 600 if huge else 100))
    yield timed(f"a proposal among {size:,}, cold; audit", done["cold"], done["audit"], limit=1.1)
    yield timed(f"a proposal of a taken number among {size:,}; audit", done["taken"], done["audit"])


def of_layouts(folder: Path, size: int, environment: Mapping[str, str], writers: Mapping[str, Write]) -> Iterator[Row]:
    """An audit of the same claims in each layout, against the floor; then the slowest against the fastest."""
    audits = list[Result]()
    for name, write in {"as in the examples": None, **writers}.items():
        progress(f"building {size:,} claims, {name}")
        fleet = build(folder / name, size, partial(rewritten, write) if write else str)
        programs = {"audit": audit(fleet), "floor": Program(python("benchmarks.floor", fleet.repo), folder=ROOT)}
        progress(f"measuring an audit and F, {MANY} rounds")
        done = compare(programs, MANY, environment)
        audits.append(done["audit"])
        yield timed(f"audit of {size:,}, {name}; F", done["audit"], done["floor"], limit=1.0)
        yield processor(done["audit"], done["floor"], limit=1.0)
        shutil.rmtree(folder / name)
    yield spread("audit of the slowest layout; of the fastest", [done.seconds for done in audits], limit=1.3)
    yield spread("  the same in processor time", [done.processor for done in audits], limit=1.3)
    largest = max(audits, key=lambda done: done.peak)
    yield Row("  most memory held in any layout", memory(largest), "", "", memory_goal(largest, 100))


def rewritten(write: Write, text: str) -> str:
    """A claim's text in another layout."""
    return write(read("claim.yaml", text.encode()).value)


if __name__ == "__main__":
    main()
