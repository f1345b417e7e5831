"""Whatever has happened to the index of main, every verb gives the answer that it gives without: the same bytes.

Each answer is asked for without an index, then with one that is not there, that is right, of which a killed process
has left half, that belongs to another main, and that is damaged. Registries of twelve are read as a whole, so the
tests set the size from which on an index is used.
"""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.blackbox.case import Case
from tests.blackbox.command import validate
from tests.blackbox.store import Store
from tests.blackbox.table import CASES
from tests.cli.stage import Done, hear_nobody, verb
from tests.repository import CHARTER, Repository, charter, claim_path, environment, fleet
from validator.operations.index_file import program
from validator.operations.narrow import Narrow
from validator.registry.index.encoding import StoredIndex, encoded
from validator.registry.index.table import Index as Table

FOLDER = "registry/index"
INDEX = f"{FOLDER}/claims"
NEVER = 2**40  # bytes of a folder of claims: no registry is read with an index
LEFT_BEHIND = ".tmp-of-a-killed-process"


Kept = dict[str, bytes]  # by name: the index of the claims, and the files beside it


class Index:
    """The files of a registry's index. `another` are those of an earlier main, or of no registry at all."""

    def __init__(self, repository: Path) -> None:
        self.folder, self.another = repository / FOLDER, Kept(claims=b"registry-index\n")

    def content(self) -> Kept:
        return {path.name: path.read_bytes() for path in sorted(self.folder.glob("[a-z]*"))}

    def remove(self) -> None:
        for path in self.folder.glob("[a-z]*"):
            path.unlink()

    def states(self, right: Kept, chance: random.Random) -> Iterator[tuple[str, Kept]]:
        """What may have become of them."""
        name = chance.choice(sorted(right))
        damaged = bytearray(right[name])
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        yield "right", right
        yield "half of it", {name: content[: len(content) // 2] for name, content in right.items()}
        yield "of another main", self.another
        yield f"damaged {name}", right | {name: bytes(damaged)}
        yield f"only {name}", {name: right[name]}
        yield f"old {name}", right | {name: self.another.get(name, b"")}

    def become(self, content: Kept) -> None:
        """A killed process leaves a folder as well, with what it had written until then."""
        self.remove()
        for name, data in content.items():
            (self.folder / name).write_bytes(data)
            (self.folder / name).chmod(0o600)
            left = self.folder / LEFT_BEHIND / name
            left.parent.mkdir(exist_ok=True)
            left.write_bytes(data[: len(data) // 3])


@contextmanager
def indexed_from(size: int) -> Iterator[None]:
    """Use an index where the folder of claims has so many bytes."""
    settings = Narrow.__init__.__kwdefaults__ or {}
    before, settings["small"] = settings["small"], size
    try:
        yield
    finally:
        settings["small"] = before


def check(index: Index, answer: Callable[[], object], chance: random.Random, *, every: bool) -> bool:
    """Ask in one state of the index, or in each; whether an index was of any use."""
    with indexed_from(NEVER):
        whole = answer()
    with indexed_from(0):
        index.remove()
        assert answer() == whole, "without an index"
        right = index.content()
        if not right:
            return False
        states = [*index.states(right, chance)]
        for name, content in states if every else [chance.choice(states)]:
            index.become(content)
            assert answer() == whole, f"with an index: {name}"
    index.another = right
    return True


def rows(cases: Sequence[Case], store: Store, *, every: bool) -> int:
    """Judge rows of the black-box table; how many of them an index was of use for."""
    index, chance, used = Index(store.repository), random.Random(7), 0
    for case in cases:
        base, head = case.build(store)

        def answer(case: Case = case, base: str = base, head: str = head) -> object:
            return validate(store.repository, base, head, *case.options, apart=False)[:3]

        used += check(index, answer, chance, every=every)
    return used


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store.make(tmp_path_factory.mktemp("rows") / "registry.git")


def test_some_rows_of_the_table(store: Store) -> None:
    cases = [*[*CASES.values()][::40], CASES["moves: a folder in its place"]]
    assert rows(cases, store, every=False) > len(cases) / 3


@pytest.mark.takes_long
def test_every_row_of_the_table(store: Store, long: bool) -> None:
    """Eight answers to each row with `--long`, 3,200 in all; else to every tenth."""
    cases = [*CASES.values()][:: 1 if long else 10]
    assert rows(cases, store, every=True) > len(cases) / 2


VERBS = (
    "validate --base main --head claim/{next}",
    "status",
    "whoami --session-id {session}",
    "whoami --session-id {proposer}",
    "export --ref main",
    "export --format markdown --ref main",
    "consensus status",
    "proposals",
    "conflicts",
    "history",
    "audit --ref main",
)


def twelve(path: Path, registered: int) -> Repository:
    """The first fleet, of which so many are registered in the order of their numbers; the next one has proposed."""
    repository, claims = Repository(path), fleet()
    repository.commit("main", {CHARTER: charter()})
    for number in range(1, registered + 1):
        register(repository, number)
    propose(repository, min(registered + 1, len(claims)))
    return repository


def register(repository: Repository, number: int) -> None:
    repository.commit("main", {claim_path(number): fleet()[number]})


def propose(repository: Repository, number: int, like: int = 0) -> None:
    """The claim of a number; its role is that of another number, where one is named."""
    (role,) = re.findall("^role: .*$", fleet()[like or number], re.MULTILINE)
    text = re.sub("^role: .*$", role, fleet()[number], flags=re.MULTILINE)
    repository.commit(f"claim/{number:02}", {claim_path(number): text}, "refs/heads/main^0")


def words(line: str, registered: int) -> list[str]:
    """A verb of the table as it is asked when so many are registered."""
    sessions = {number: str(text.split("session_id: ")[1].split()[0]) for number, text in fleet().items()}
    proposer = min(registered + 1, 12)
    names = {"next": f"{proposer:02}", "session": sessions[max(1, registered)], "proposer": sessions[proposer]}
    form = [] if "--format" in line else ["--format", "json"]
    return [*(word.format(**names) for word in line.split()), *form]


def ask(repository: Repository, line: str, registered: int) -> Callable[[], Done]:
    return lambda: verb(repository.path, *words(line, registered))


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, Index]:
    """Nine are registered, and the tenth wants the role of the ninth; the index is that of eight."""
    repository = twelve(tmp_path_factory.mktemp("nine") / "a registry ü.git", 8)
    index = Index(repository.path)
    with indexed_from(0):
        for line in (*VERBS[:3], "export --ref main"):
            ask(repository, line, 8)()
    index.another = index.content()
    assert [*index.another] == ["arrivals", "claims", "summaries", "texts"]
    register(repository, 9)
    propose(repository, 10, like=9)
    return repository, index


@pytest.mark.parametrize("line", VERBS)
def test_a_verb(line: str, nine: tuple[Repository, Index], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first in every state of the index, the others in one."""
    hear_nobody(monkeypatch)
    answer, another = ask(nine[0], line, 9), nine[1].another
    assert "markdown" in line or json.loads(answer().out)
    check(nine[1], answer, random.Random(line), every=line == VERBS[0])
    nine[1].another = another


@pytest.mark.takes_long
def test_the_twelve_register_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool) -> None:
    """Every verb before each of the twelve is registered, and once all are: the index follows main from step to step.

    In every state of the index with `--long`, which takes 1,040 answers; else in one that is drawn.
    """
    hear_nobody(monkeypatch)
    repository, chance, used = twelve(tmp_path / "registry.git", 0), random.Random(12), 0
    index = Index(repository.path)
    for registered in range(13):
        if registered:
            register(repository, registered)
            propose(repository, min(registered + 1, 12))
        used += sum(check(index, ask(repository, line, registered), chance, every=long) for line in VERBS)
    assert used > 13, "more than proposals are judged with an index"


def start(repository: Path, line: str, registered: int, *prefix: str, **variables: str) -> subprocess.Popen[bytes]:
    """A verb in a process of its own, which uses an index for any registry."""
    small = "from validator.operations.narrow import Narrow; Narrow.__init__.__kwdefaults__['small'] = 0"
    program = f"{small}; import sys; sys.argv[0] = 'registry'; from validator.cli import main; main()"
    command = [*prefix, sys.executable, "-P", "-c", program, *words(line, registered)]
    alone = environment(PYTHONPATH=str(Path.cwd()), PYTHONDONTWRITEBYTECODE="1", **variables)
    return subprocess.Popen(command, cwd=repository, env=alone, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> Done:
    out, err = (text.decode() for text in process.communicate())
    return Done(process.returncode, out, err)


@pytest.mark.takes_long
def test_eight_verbs_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finds an index, or makes one beside the others; main moves between two rounds."""
    hear_nobody(monkeypatch)
    repository = twelve(tmp_path / "registry.git", 8)
    for registered in (8, 9):
        asked = [line for line in VERBS if not line.startswith("audit")][:8]
        with indexed_from(NEVER):
            whole = [ask(repository, line, registered)() for line in asked]
        running = [start(repository.path, line, registered) for line in asked]
        assert [ended(process) for process in running] == whole
        kept = repository.path / INDEX
        assert kept.is_file()
        names = {path.name for path in kept.parent.iterdir()}
        assert names == {"claims", "arrivals", "summaries", "texts"}
        register(repository, registered + 1)
        propose(repository, registered + 2)


@pytest.mark.takes_long
@pytest.mark.parametrize("line", ["status", "export --ref main"])
def test_a_full_disk(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file may have more than one block: the answer is right, and nothing is kept or left that is not whole."""
    hear_nobody(monkeypatch)
    repository = twelve(tmp_path / "registry.git", 9)
    with indexed_from(NEVER):
        whole = ask(repository, line, 9)()
    full = ("sh", "-c", 'ulimit -f 1; exec "$@"', "sh")
    assert ended(start(repository.path, line, 9, *full, TMPDIR=str(tmp_path))) == whole
    kept = repository.path / INDEX
    assert [*kept.parent.iterdir()] == []


WRITER = """
import sys
from pathlib import Path
from validator.operations.index_file import FOLDER, KeptFile
place = Path(sys.argv[1])
kept = {path.name: path.read_bytes() for path in (place / FOLDER).iterdir() if path.is_file()}
print(len(kept), flush=True)
while True:
    for name, content in kept.items():
        KeptFile(place, name).keep(content)
"""


@pytest.mark.takes_long
def test_killed_writers_of_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool) -> None:
    """Each file is whole after a kill, and the answers are right with it; 200 kills with `--long`."""
    hear_nobody(monkeypatch)
    repository, chance = twelve(tmp_path / "registry.git", 9), random.Random(6)
    lines = ("status", "export --ref main")
    with indexed_from(NEVER):
        whole = [ask(repository, line, 9)() for line in lines]
    with indexed_from(0):
        assert [ask(repository, line, 9)() for line in lines] == whole
    index = Index(repository.path)
    right, alone = index.content(), environment(PYTHONPATH=str(Path.cwd()), TMPDIR=str(tmp_path))
    assert len(right) == 4
    for _ in range(200 if long else 5):
        words = [sys.executable, "-P", "-c", WRITER, str(repository.path)]
        process = subprocess.Popen(words, env=alone, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout
        assert process.stdout.readline() == b"4\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        assert index.content() == right
    with indexed_from(0):
        assert [ask(repository, line, 9)() for line in lines] == whole


def belongs_to_another(folder: Path) -> tuple[str, ...]:
    """Make a folder one that others read and only its owner writes; how a process that is not the owner is started.

    Root gives it away, and gives up the right to pass by that. Anybody else takes the right to write from themselves.
    """
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if os.getuid() == 0:
            os.chown(path, 65534, 65534)
    return ("setpriv", "--bounding-set=-all") if os.getuid() == 0 else ()


def is_ones_own_again(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if os.getuid() == 0:
            os.chown(path, 0, 0)
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Another user's clone that this one may only read: a role is taken, and the index there says that it is not.

    Where the clone cannot be another's, the index is one of an earlier main, and right.
    """
    repository = twelve(tmp_path_factory.mktemp("foreign") / "registry.git", 9)
    with indexed_from(0):
        verb(repository.path, *words(VERBS[0], 9))
    register(repository, 10)
    propose(repository, 11, like=5)
    if os.getuid() == 0:
        charter, sessions = (
            repository.git("rev-parse", f"main:registry/{name}") for name in ("charter.yaml", "sessions")
        )
        (repository.path / INDEX).write_bytes(encoded(StoredIndex(charter, sessions, Table(), {}), program()))
    prefix = belongs_to_another(repository.path)
    yield repository.path, prefix
    is_ones_own_again(repository.path)


@pytest.mark.parametrize("line", [VERBS[0], *(pytest.param(line, marks=pytest.mark.takes_long) for line in VERBS[1:])])
def test_another_users_clone_that_may_only_be_read(
    line: str, foreign: tuple[Path, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hear_nobody(monkeypatch)
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    for name, value in trusted.items():
        monkeypatch.setenv(name, value)
    path, prefix = foreign
    with indexed_from(NEVER):
        whole = verb(path, *words(line, 10))
    assert "REG105" in whole.out or line != VERBS[0]
    kept = path / INDEX
    before = kept.read_bytes()
    assert ended(start(path, line, 10, *prefix, **trusted)) == whole
    assert [*kept.parent.iterdir()] == [kept]
    assert kept.read_bytes() == before
