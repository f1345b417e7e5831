"""What all tests share."""

import functools
import gc
import importlib
import os
import pkgutil
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import validator
from tests.repository import ROOT, turn, untracked
from tests.warm.begin import begin, end
from validator.git.child_processes import closing
from validator.hosts.agents.identity import VARIABLE
from validator.hosts.agents.runtimes import HARNESSES

LONG = 3600  # seconds for one test of --long
# Parts of --long that take a minute or two; the others are for releases (CONTRIBUTING.md, "Long tests").
PARTS = (
    *("each_fault_alone", "killed_while_claiming", "killed_while_judging", "approvers", "every_step", "number_seven"),
    *("their_own[git]", "test_each_row", "from_the_wheel"),
)
EIGHTHS = 8
ROOM = 4 << 30  # bytes that must be free in memory to have the temporary folder there; a run takes less than one GiB
# The locks with which commands of one user take turns: they stay, for the next to lock.
TURN = re.compile(r"registry-[a-z]+-[0-9]+-[0-9]+")
# The tests of the pure modules: only these have to run every branch (pyproject.toml, [tool.coverage.report]).
COUNTED = ("model/", "registry/", "rules/", "report/", "operations/", "hosts/test_")
TEMPORARY = pytest.StashKey[Path]()
LEFT = pytest.StashKey[list[str]]()
SHARE = pytest.StashKey[str]()
PART = pytest.StashKey[str]()
FULL = pytest.StashKey[bool]()
SERVER = pytest.StashKey[subprocess.Popen[bytes] | None]()

settings.register_profile("no time limit", deadline=None)  # how long an example takes is up to what runs beside it
settings.load_profile("no time limit")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="accept what is printed as what is expected")
    parser.addoption("--long", action="store_true", help="races, faults and pushes in the numbers of a bad day")
    parser.addoption(
        "--share",
        metavar="K/N",
        help="also every Nth of the tests marked takes_long, from the Kth; all where files are named",
    )
    parser.addoption(
        "--in-turn",
        choices=("also", "only"),
        nargs="?",
        const="also",
        help=f"also 1/{EIGHTHS} of the tests marked takes_long, and a part of --long, chosen by the commit id",
    )
    parser.addoption("--shuffle", metavar="SEED", help="run the files in another order, the same for the same seed")


def pytest_configure(config: pytest.Config) -> None:
    """Give every process of a run a temporary folder of its own: nobody else's locks, and what is left there shows.

    It is no plain word for a shell, so that what is not quoted fails on every machine (`tests.shell`).
    """
    worker = getattr(config, "workerinput", None)
    if worker:
        config.stash[SHARE], config.stash[PART] = worker["share"], worker["part"]
        folder = Path(tempfile.gettempdir(), worker["workerid"])
        folder.mkdir()
        if counting := counter(config):  # a worker's first one is saved nowhere, and would go on where the other pauses
            counting.cov.stop()
    else:
        named = config.getoption("--long") or config.args_source is pytest.Config.ArgsSource.ARGS
        config.stash[SHARE], config.stash[PART] = config.getoption("--share") or ("1/1" if named else "0/1"), ""
        if config.getoption("--in-turn"):
            config.stash[SHARE], config.stash[PART] = in_turn(turn())
        place = Path(in_memory() or tempfile.gettempdir(), f"registry's tests {os.getuid()}")
        place.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))  # tmp_path stays where pytest tidies up
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=place))
        config.stash[SERVER] = begin(folder.with_suffix(".warm"))
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    forge = (name for name in os.environ if name == "CI" or name.startswith(("GITEA_", "GITHUB_", "GH_")))
    for name in (
        VARIABLE,
        *HARNESSES,
        "COLUMNS",
        *forge,
    ):  # nobody's name, terminal or runner but those that a test says
        os.environ.pop(name, None)
    config.stash[TEMPORARY] = folder


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_configure_node(node: Any) -> None:
    """Only the process that is started sees whether files are named."""
    node.workerinput["share"], node.workerinput["part"] = node.config.stash[SHARE], node.config.stash[PART]


def in_turn(number: int) -> tuple[str, str]:
    """Which of the tests that take long it is the turn of, as --share says it, and which part of --long."""
    return f"{number % EIGHTHS + 1}/{EIGHTHS}", PARTS[number // EIGHTHS % len(PARTS)]


def in_memory() -> str | None:
    """A file system in memory with enough room: there Git's many small files take a third less system time.

    Not for a working copy in a temporary folder: a guard may run from there only if its repository lies there too.
    """
    folder, asked = Path("/dev/shm"), "TMPDIR" in os.environ or ROOT.is_relative_to(tempfile.gettempdir())
    if asked or sys.platform != "linux" or not os.access(folder, os.W_OK | os.X_OK):
        return None
    shape = os.statvfs(folder)
    free = min(shape.f_bavail * shape.f_frsize, os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGESIZE"))
    return None if shape.f_flag & os.ST_NOEXEC or free < ROOM else str(folder)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is not tested, and how to repeat the order."""
    seed = config.getoption("--shuffle")
    order = [f"order of files: --shuffle {seed}"] if seed else []
    if part := config.stash[PART]:
        order.append(f"chosen by the commit id: --share {config.stash[SHARE]}, and in full: {part}")
    return order + [f"not in Git, so no part of the project here (git add): {name}" for name in untracked()[:5]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        item.stash[FULL] = bool(
            config.getoption("--long") or (config.stash[PART] and config.stash[PART] in item.nodeid)
        )
    part, _, parts = config.stash[SHARE].partition("/")
    long = [item for item in items if takes_long(item)]
    chosen = set(long[int(part) - 1 :: int(parts)] if int(part) else []) | {item for item in items if item.stash[FULL]}
    if left_out := set(items if config.getoption("--in-turn") == "only" else long) - chosen:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
    if seed := config.getoption("--shuffle"):
        files = sorted({item.path for item in items})
        random.Random(seed).shuffle(files)
        items.sort(key=lambda item: files.index(item.path))
    elif workers := getattr(config, "workerinput", {}).get("workercount"):
        items[:] = longest_first(items, workers)
    for item in items:
        if item.stash[FULL]:
            item.add_marker(pytest.mark.timeout(LONG))
        # What large tests and generated input happen to reach proves no branch tested, and counting lines is slow.
        large = takes_long(item) or getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if not large and item.nodeid.removeprefix("tests/").startswith(COUNTED):
            item.add_marker("counted")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is collected stays to the end: Python need not look at it again each time it tidies up.

    Where lines are counted, all modules are loaded now: else those that an uncounted test loads first would not count.
    """
    if counter(session.config):
        for module in pkgutil.walk_packages(validator.__path__, "validator."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def takes_long(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("takes_long"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Count no line of an uncounted test, nor of what it prepares: pytest-cov's `no_cover` leaves fixtures counted.

    Counting begins and ends only between tests that differ: either takes milliseconds. When it begins, what the
    program remembers is forgotten: else what an uncounted test was the first to ask would not be run again.
    """
    counting = counter(item.config)
    if not counting or counting.started == bool(item.get_closest_marker("counted")):
        return
    if counting.started:
        counting.pause()
    else:
        empty_caches()
        counting.resume()


def counter(config: pytest.Config) -> Any:
    """What counts lines, of pytest-cov; None where nothing does."""
    return getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)


def longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Begin each worker's share with some of the tests that take long: nobody waits for one of them at the end.

    A share is a run of neighbours (pytest-xdist, --dist worksteal). Tests of one file share what they have prepared.
    """
    files = dict[Path, list[pytest.Item]]()
    for item in items:
        if takes_long(item):
            files.setdefault(item.path, []).append(item)
    others = [item for item in items if item not in {long for file in files.values() for long in file}]
    order = list[pytest.Item]()
    for worker in range(workers):
        share = [item for file in list(files.values())[worker::workers] for item in file]
        rest = max(0, (len(items) - len(order)) // (workers - worker) - len(share))
        order += [*share, *others[:rest]]
        del others[:rest]
    return order + others


def empty_caches() -> None:
    """Let go of the last registries that the program remembers: what they hold is tidied up with them."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "validator":
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


@pytest.hookimpl(trylast=True)  # when the workers have ended
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that leaves something in the temporary folder has failed."""
    empty_caches()
    gc.collect()
    if hasattr(session.config, "workerinput"):
        return
    folder = session.config.stash[TEMPORARY]
    found = sorted(path for path in (*folder.iterdir(), *folder.glob("gw*/*")) if not path.name.startswith("gw"))
    left = [str(path.relative_to(folder)) for path in found if not TURN.fullmatch(path.name)]
    session.config.stash[LEFT] = left
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name in config.stash.get(LEFT, []):
        terminalreporter.write_line(f"ERROR left in the temporary folder: {name}", red=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        if server := config.stash[SERVER]:
            end(server)
        shutil.rmtree(config.stash[TEMPORARY], ignore_errors=True)


@pytest.fixture(autouse=True)
def no_git_is_left() -> Iterator[None]:
    """Git processes that a test has started end with it, whatever is still remembered."""
    with closing():
        yield


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether the expected files are to be written anew."""
    return bool(request.config.getoption("--bless"))


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for large numbers."""
    return bool(request.node.stash[FULL])
