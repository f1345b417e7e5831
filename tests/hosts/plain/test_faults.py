"""Processes are killed, disks are full, servers go away: afterwards main is clean, and the same command completes."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.hosts.plain.stage import (
    ENVIRONMENT,
    NAME,
    REGISTRY,
    Done,
    Stage,
    answer,
    branch,
    claim_path,
    claim_text,
    claim_words,
    claims,
    commit,
    ended,
    git,
    registry,
    run,
    started,
)
from tests.server import Cut, Server, serving
from tests.shell import program, quoted
from tests.warm.begin import SOCKET

APPROVE = ("approve", "--all-accepted", "--yes", "--format", "json")


# What was timed while the machine was busy is too long later on: who got away makes the next one die sooner.
QUICKER = 0.8


@pytest.fixture(autouse=True)
def _temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed here removes no temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setitem(ENVIRONMENT, "TMPDIR", str(folder))


def deaths(long: bool, few: int, many: int) -> int:
    """How many processes have to die in a test: 200 in all when there is time."""
    return many if long else few


def killed_after(seconds: float, process: subprocess.Popen[str], *, alone: bool) -> bool:
    """Whether a process that gets so much time died of it: killed with all that it has started, or alone."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        (process.kill if alone else lambda: os.killpg(process.pid, signal.SIGKILL))()
    return ended(process).returncode == -signal.SIGKILL


def timed(call: Callable[[], Done]) -> float:
    """How long a verb takes that starts by itself, as those do that are killed."""
    start = time.monotonic()
    done = call()
    assert done.returncode == 0, done.stderr
    return time.monotonic() - start


def aged(folder: Path) -> list[str]:
    """Make every lock that is left in a repository a minute older; the names of what is locked."""
    locks = list(folder.rglob("*.lock"))
    for lock in locks:
        os.utime(lock, (time.time() - 60, time.time() - 60))
    return sorted(str(lock.relative_to(folder).with_suffix("")) for lock in locks)


def dying(repository: Path, pipe: Path) -> None:
    """Let Git say so and kill itself, once, while it holds its locks on refs (githooks(5), reference-transaction)."""
    if not pipe.exists():
        os.mkfifo(pipe)
    script = f"""cat >/dev/null
if [ "$1" = prepared ] && mkdir {quoted(f"{pipe}.once")} 2>/dev/null; then
  echo dead >{quoted(pipe)}
  kill -9 $PPID
fi"""
    program(repository / "hooks" / "reference-transaction", script)


@contextmanager
def served(stage: Stage, scheme: str = "http") -> Iterator[tuple[Server, str]]:
    with serving(scheme, stage.served, ENVIRONMENT) as server:
        yield server, f"{server.url}/{NAME}"


# Killed at random points


@pytest.mark.takes_long
def test_killed_while_claiming(tmp_path: Path, long: bool) -> None:
    """Each session is killed at a random point and claims again: each has exactly one proposal."""
    wanted, died, names = deaths(long, 4, 80), 0, ["fleet-0"]
    stage = Stage.make(tmp_path, capacity=max(60, 3 * wanted))
    die = random.Random(7)
    with served(stage) as (_, url):
        usual = timed(lambda: registry(stage.clone("fleet-0", url), *claim_words("fleet-0", "--any"), REGISTRY_WARM=""))
        while died < wanted:  # some are quicker
            names.append(f"fleet-{len(names)}")
            clone, words = stage.clone(names[-1], url), claim_words(names[-1], "--any")
            killed = killed_after(die.uniform(0, usual), started(clone, *words), alone=bool(len(names) % 2))
            died, usual = died + killed, usual if killed else usual * QUICKER
            aged(clone / ".git")
            done = registry(clone, *words)
            assert done.returncode == 0, done.stderr
            assert answer(done)["pushed"]
    assert sorted(stage.proposers().values()) == sorted(names)
    stage.is_sound()


@pytest.mark.takes_long
def test_killed_while_approving(tmp_path: Path, long: bool) -> None:
    """Main only ever gains whole registrations, and the same command merges what is left."""
    wanted, died, proposed = deaths(long, 4, 60), 0, list[int]()
    capacity = max(60, 4 * wanted)
    stage = Stage.make(tmp_path, capacity=capacity)
    die = random.Random(8)

    def propose() -> None:
        """There are three open proposals again."""
        while len(stage.refs("refs/heads/claim/")) < 3:
            proposed.append(len(proposed) + 1)
            path = claim_path(proposed[-1])
            git(stage.human, "checkout", "--quiet", "--detach", "origin/main")
            commit(stage.human, {path: claim_text(proposed[-1], f"session-{proposed[-1]}")}, "Claim a number")
            git(stage.human, "push", "--quiet", "origin", f"HEAD:refs/heads/claim/{Path(path).stem}")

    with served(stage) as (_, url):
        git(stage.human, "remote", "set-url", "origin", url)
        propose()
        usual = timed(lambda: registry(stage.human, *APPROVE, REGISTRY_WARM=""))
        while died < wanted:  # some are quicker
            propose()
            killed = killed_after(die.uniform(0, usual), started(stage.human, *APPROVE), alone=bool(died % 2))
            died, usual = died + killed, usual if killed else usual * QUICKER
            aged(stage.human / ".git")
            assert registry(stage.bare, "audit", "--ref", "main").returncode == 0
        done = registry(stage.human, *APPROVE)
    assert done.returncode == 0, done.stderr + done.stdout
    assert stage.holders() == {number: f"session-{number}" for number in proposed}
    assert list(stage.refs()) == ["refs/heads/main"]
    stage.is_sound()


@pytest.mark.takes_long
def test_killed_while_judging(tmp_path: Path, long: bool) -> None:
    """The guard is killed: the push is refused, and a retry succeeds."""
    wanted, died, names = deaths(long, 4, 60), 0, ["fleet-0"]
    stage = Stage.make(tmp_path, capacity=max(60, 4 * wanted))
    hook, pipe = stage.bare / "hooks" / "pre-receive", tmp_path / "pipe"
    os.mkfifo(pipe)
    guard = hook.read_text()
    usual = timed(lambda: registry(stage.human, *claim_words("fleet-0", "--any"), REGISTRY_WARM=""))
    die = random.Random(9)
    while died < wanted:
        names.append(f"fleet-{len(names)}")
        once = f'if mkdir "{tmp_path}/{names[-1]}" 2>/dev/null; then echo $$ >"{pipe}"; fi\nexec '
        hook.write_text(guard.replace("exec ", once))
        process = started(stage.human, *claim_words(names[-1], "--any"))
        victim = int(pipe.read_text())
        try:
            process.wait(die.uniform(0, usual / 2))
            usual *= QUICKER
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):  # it was quicker
                os.kill(victim, signal.SIGKILL)
                died += 1
        done = ended(process)
        assert done.returncode == 0, done.stderr
    hook.write_text(guard)
    assert sorted(stage.proposers().values()) == sorted(names)
    stage.is_sound()


# Killed with a lock in hand


@pytest.mark.parametrize("what", ["claim", "approve", "reject"])
def test_locks_of_a_killed_server_are_cleared(stage: Stage, what: str) -> None:
    """The client is killed too. The next push finds the locks stale."""
    branch(stage.human, "claim/04", claims(4))
    git(stage.human, "push", "--quiet", "origin", "claim/04")
    words = {
        "claim": claim_words("fleet-5", "5"),
        "approve": ["approve", "4", "--yes"],
        "reject": ["reject", "4", "--reason", "say who reads the letters"],
    }[what]
    dying(stage.bare, stage.folder / "pipe")
    process = started(stage.human, *words)
    assert (stage.folder / "pipe").read_text() == "dead\n"
    os.killpg(process.pid, signal.SIGKILL)
    ended(process)
    before = stage.refs()
    assert aged(stage.bare)
    done = registry(stage.human, *words)
    assert done.returncode == 0, done.stderr + done.stdout
    assert stage.refs() != before
    stage.is_sound()


@pytest.mark.takes_long
def test_locks_of_a_killed_client_are_cleared(stage: Stage) -> None:
    """Locks left in the clone are recognised as stale."""
    clone = stage.clone("session")
    branch(stage.human, "claim/04", claims(4))
    git(stage.human, "push", "--quiet", "origin", "claim/04")
    dying(clone / ".git", stage.folder / "pipe")
    process = started(clone, *claim_words("fleet-6", "6"))
    assert (stage.folder / "pipe").read_text() == "dead\n"
    first = ended(process)
    assert first.returncode == 0, "what can be fetched is fetched, and number 6 is free"
    git(stage.bare, "update-ref", "refs/heads/claim/04", "main")
    (clone / ".git/refs/remotes/origin/claim/04.lock").touch()
    assert aged(clone / ".git") == ["refs/remotes/origin/claim/04"]
    done = registry(clone, *claim_words("fleet-6", "6"))
    assert done.returncode == 0, done.stderr
    assert aged(clone / ".git") == []
    stage.is_sound()


@pytest.mark.parametrize("side", ["server", "clone"])
@pytest.mark.takes_long
def test_locks_are_waited_for(stage: Stage, side: str, long: bool) -> None:
    """No repeat is needed: a lock without a holder counts as stale after ten seconds."""
    clone = stage.clone("session")
    branch(stage.human, "claim/04", claims(4))
    git(stage.human, "push", "--quiet", "origin", "claim/04")
    locked = stage.bare / "refs/heads/claim/06" if side == "server" else clone / ".git/refs/remotes/origin/claim/04"
    locked.parent.mkdir(parents=True, exist_ok=True)
    lock = locked.with_name(f"{locked.name}.lock")
    lock.touch()
    if not long:  # most of its time is over
        os.utime(lock, (time.time() - 6, time.time() - 6))
    done = registry(clone, *claim_words("fleet-6", "6"))
    assert done.returncode == 0, done.stderr
    assert not lock.exists()


# The server goes away


@pytest.mark.parametrize("cut", Cut)
def test_connection_is_cut_while_claiming(stage: Stage, cut: Cut) -> None:
    with served(stage) as (server, url):
        clone = stage.clone("session", url)
        server.cuts.extend([cut, cut])  # on a connection that it has used before, Git tries again by itself
        done = registry(clone, *claim_words("fleet-4", "4"))
        assert len(server.cuts) < 2
    assert done.returncode == 0, done.stderr
    assert (answer(done)["number"], answer(done)["pushed"]) == (4, True)
    assert stage.proposers() == {4: "fleet-4"}
    stage.is_sound()


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.takes_long
def test_connection_is_cut_while_approving(stage: Stage, cut: Cut) -> None:
    branch(stage.human, "claim/04", claims(4))
    git(stage.human, "push", "--quiet", "origin", "claim/04")
    with served(stage) as (server, url):
        git(stage.human, "remote", "set-url", "origin", url)
        server.cuts.extend([cut, cut])  # on a connection that it has used before, Git tries again by itself
        done = registry(stage.human, "approve", "4", "--yes", "--format", "json")
        server.cuts.clear()
        (row,) = answer(done)["approvals"]
        if cut in (Cut.BEFORE, Cut.IN_THE_PACK):
            assert (done.returncode, row["merged"], stage.holders()) == (2, None, {})
        else:  # it is there, and that is found out
            assert (done.returncode, row["merged"]) == (0, stage.line()[-1])
        again = registry(stage.human, "approve", "4", "--yes", "--format", "json")
        assert (again.returncode, answer(again)["approvals"][0]["merged"]) == (0, stage.line()[-1])
    assert stage.holders() == {4: "session-4"}
    stage.is_sound()


@pytest.mark.parametrize("scheme", ["http", "git"])
@pytest.mark.takes_long
def test_server_goes_away_while_it_judges(stage: Stage, scheme: str) -> None:
    """Everything on the server dies, and nobody answers for a while; then it is back."""
    hook, pipe = stage.bare / "hooks" / "pre-receive", stage.folder / "pipe"
    os.mkfifo(pipe)
    guard = hook.read_text()
    hook.write_text(guard.replace("exec ", f'echo here >"{pipe}"\nexec '))
    with served(stage, scheme) as (server, url):
        clone = stage.clone("session", url)
        process = started(clone, *claim_words("fleet-4", "4"))
        assert pipe.read_text() == "here\n"
        with server.away():
            lost = ended(process)
        assert lost.returncode == 2
        assert json.loads(lost.stdout)["error"]["message"]
        assert lost.stderr.splitlines()[-1].startswith("registry: "), lost.stderr
        assert stage.proposers() == {}
        hook.write_text(guard)
        done = registry(clone, *claim_words("fleet-4", "4"))
    assert done.returncode == 0, done.stderr
    stage.is_sound()


# The disk is full


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, with room for little. Only root may have one; test_no_file_may_grow is for all."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size=4m,uid={os.getuid()}", "tmpfs", str(folder)]
    for root in ([], ["sudo", "--non-interactive"]):
        with suppress(FileNotFoundError, PermissionError):  # where PATH leads into somebody else's folder
            if run([*root, *mount], folder.parent).returncode == 0:
                break
    else:
        pytest.skip("nobody but root mounts a file system")
    try:
        yield folder
    finally:
        subprocess.run([*root, "umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """No room is left in a folder, not for a byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, ExitStack() as stack:
        stack.callback(filler.unlink)
        try:
            for size in (1 << 20, 1 << 12, 1):
                while file.write(b"\0" * size) == size:
                    pass
        except OSError:
            pass
        while True:
            try:
                file.write(b"\0")
            except OSError:
                break
        yield


@pytest.mark.parametrize("full", ["server", "clone"])
@pytest.mark.takes_long
def test_disk_is_full(template: Stage, tmp_path: Path, full: str) -> None:
    with small_disk(tmp_path / "disk") as disk:
        stage = template.copy((disk if full == "server" else tmp_path) / "stage")
        clone = (disk if full == "clone" else tmp_path) / "clone"
        git(tmp_path, "clone", "--quiet", "--template=", stage.url, str(clone))
        words = claim_words("fleet-4", "4")
        with filled(disk):
            lost = registry(clone, *words)
            assert lost.returncode == 2, lost.stderr + lost.stdout
            assert json.loads(lost.stdout)["error"]["message"]
            assert "Traceback" not in lost.stderr
            assert "No space left on device" in lost.stderr
            assert lost.stderr.splitlines()[-1].startswith("registry: ")
            assert stage.refs("refs/heads/claim/") == {}
        done = registry(clone, *words)
        assert done.returncode == 0, done.stderr
        stage.is_sound()


def test_disk_for_temporary_files_is_full(stage: Stage, tmp_path: Path) -> None:
    """Another place is found."""
    with small_disk(tmp_path / "disk") as disk, filled(disk):
        done = registry(stage.human, *claim_words("fleet-4", "4"), TMPDIR=str(disk))
    assert done.returncode == 0, done.stderr
    stage.is_sound()


@pytest.mark.parametrize("side", ["server", "clone"])
@pytest.mark.takes_long
def test_no_file_may_grow(stage: Stage, side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where nobody may mount: no file may get longer than a block, for whoever runs under this limit."""
    monkeypatch.setitem(ENVIRONMENT, SOCKET, "")
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    words = claim_words("fleet-4", "4")
    hook = stage.bare / "hooks" / "pre-receive"
    guard = hook.read_text()
    if side == "server":
        hook.write_text(guard.replace("exec ", "ulimit -f 0\nexec "))
        lost = registry(stage.human, *words)
    else:
        lost = run([*limited, *REGISTRY, *words], stage.human)
    assert lost.returncode == 2, lost.stderr + lost.stdout
    assert "Traceback" not in lost.stderr
    assert stage.proposers() == {}
    hook.write_text(guard)
    aged(stage.human / ".git")
    done = registry(stage.human, *words)
    assert done.returncode == 0, done.stderr
    stage.is_sound()


def test_claim_with_a_full_standard_output(stage: Stage) -> None:
    """Standard output is full: the claim stands, and the exit code says that something is wrong."""
    words = claim_words("fleet-4", "4")
    with Path("/dev/full").open("w") as full:
        lost = subprocess.run(
            [*REGISTRY, *words],
            cwd=stage.human,
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert lost.returncode == 2
    assert "Traceback" not in lost.stderr
    done = registry(stage.human, *words)
    assert (done.returncode, answer(done)["number"]) == (0, 4)
    assert stage.proposers() == {4: "fleet-4"}
