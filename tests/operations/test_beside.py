"""Parts that are worked out in processes beside: their results, their ends, and what is judged with them.

A process of its own does it: runs of tests have threads, and a fork of those is not safe.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.properties.muddled import FLEET
from tests.repository import CHARTER, Content, Repository, charter, claim_path, environment

START = """
import os, signal, sys, threading, time
from functools import partial
from pathlib import Path
from validator.git.repo import Repo
from validator.model.errors import FatalError, ShallowError
from validator.operations import beside
from validator.operations.audit import in_parts
from validator.operations.beside import worked_out
from validator.operations.indexing import index_of
from validator.operations.judge import audit
from validator.registry.reader import Reader
repo = Repo(Path(sys.argv[1]))
main, of_use = repo.commit("main"), beside._of_use
large = partial(bytes, 10**7)
def children():
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return "none"
"""
ORDER = """
for processes in (1, 2, 3):
    found = [*worked_out((partial(lambda at: (at, os.getpid()), at) for at in range(9)), processes)]
    assert [at for at, _ in found] == [*range(9)], found
    assert len({process for _, process in found} | {os.getpid()}) == (1 if processes == 1 else 10), found
"""
FAILURES = """
repo.blobs([main])
for part in (partial(divmod, 1, 0), partial(os._exit, 7), partial(repo.blobs, [main]), partial(sys.exit, 3)):
    try:
        [*worked_out([large, part, large, large, large], 2)]
    except FatalError as error:
        assert "has failed" in str(error)
    else:
        raise AssertionError(part)
    assert repo.blobs([main]), "our own Git goes on"
left = worked_out((large for _ in range(9)), 2)
next(left)
left.close()
repo.objects.close(), repo.names.close()
assert children() == "none"
"""
SAID = """
def refused():
    raise ShallowError("no history; run: git fetch --unshallow")
for part, kind, said in (
    (refused, ShallowError, "no history; run: git fetch --unshallow"),
    (partial(open, "/nowhere/x"), FileNotFoundError, "[Errno 2] No such file or directory: '/nowhere/x'"),
):
    try:
        [*worked_out([large, part], 2)]
    except (FatalError, OSError) as error:
        assert (type(error), str(error)) == (kind, said), error
    else:
        raise AssertionError(part)
assert children() == "none"
"""
ENDED = """
def ending():
    time.sleep(0.1)  # until this is waited for
    os.kill(os.getppid(), signal.SIGTERM)
    return large()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
signal.alarm(20)
try:
    [*worked_out((ending, large, large), 2)]
except SystemExit as error:
    assert error.code == 143
else:
    raise AssertionError("not ended")
assert children() == "none"
signal.alarm(0)
"""
JUDGED = """
beside._of_use = lambda: 2
started = []
os.register_at_fork(after_in_parent=lambda: started.append(1))
verdict = in_parts(Reader(repo), main, most=3)
assert len(started) == 3, started
assert verdict == audit(Reader(repo).at(main))
assert {finding.code for finding in verdict.findings} == {"REG204"}, verdict
"""
THREADS = """
if sys.platform == "linux":
    assert of_use() == min(beside.MOST, len(os.sched_getaffinity(0)))
threading.Thread(target=threading.Event().wait, daemon=True).start()
assert of_use() == 1
"""


@pytest.fixture
def registry(tmp_path: Path) -> Repository:
    """The first fleet: of two of its claims a rule says something."""
    repository = Repository(tmp_path / "a registry ü.git")
    claims: dict[str | bytes, Content] = {claim_path(number): FLEET[claim_path(number)] for number in range(1, 13)}
    repository.commit("main", {CHARTER: charter(), **claims})
    return repository


def test_parts(registry: Repository, tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    alone = environment(TMPDIR=str(left), PYTHONDONTWRITEBYTECODE="1", PYTHONWARNINGS="error")
    command = [sys.executable, "-c", START + ORDER + FAILURES + SAID + ENDED + JUDGED + THREADS, str(registry.path)]
    done = subprocess.run(command, env=alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert [*left.iterdir()] == [], "no process beside has left anything, or removed it"
