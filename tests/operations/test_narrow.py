"""A change that is judged with the index gives the verdict that the whole registry gives, whatever the index holds.

Histories are drawn from a seed and told to real repositories: claims come, change and go, the charter and records
change, main is broken past the gate, proposals begin at old and at unrelated commits. After each step two changes are
judged as a whole, and with an index that is warm, cold, stale, damaged, or half another's.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import validator
from tests.properties.muddled import BROKEN, CLAIMS, FIELDS, FLEET, borrowed
from tests.repository import CHARTER, Changes, Content, Repository, charter, claim_path, environment, with_charter
from validator.git.repo import Repo
from validator.model.errors import FatalError
from validator.model.layout import ACTIVATION, CONFIRMATION
from validator.operations.audit import in_parts
from validator.operations.index_file import IndexFile, program
from validator.operations.indexed import Indexed
from validator.operations.judge import audit, judge
from validator.operations.narrow import SMALL, Narrow
from validator.operations.whoami.look import SessionReport, look
from validator.registry.consensus.digest import registry_digest
from validator.registry.events import news
from validator.registry.reader import Reader

INDEX = Path("registry/index/claims")
SCOPES = (
    *("[{work: outreach, first: 1, last: 17}]", "[{work: outreach, first: 10, last: 40}]"),
    *("[{work: replies, segments: [standard, overflow]}]", "[{work: outreach, first: 1, last: 99999999999999999999}]"),
)
CHARTERS = (
    charter(),
    charter().replace("capacity: 12", "capacity: 11"),
    charter().replace("orchestrator: 1", "orchestrator: 2"),
    charter() + "metrics:\n  - {name: emails, aliases: [emails sent], unit: emails, per: week}\n",
    "capacity: [\n",
)
RECORD = (
    "registry: sha256:"
    + "0" * 64
    + "\nnumber: 1\nsession_id: marketing-orchestrator\ntimestamp: 2026-11-20T08:00:00Z\n"
)
ODD = {
    "registry/sessions/6.yaml": FLEET[claim_path(6)],
    "registry/sessions/notes/6.yaml": "words",
    "registry/sessions/.gitkeep": "words",
    "registry/README.md": "words",
    "README.md": "words",
    "Registry/readme": "words",
}


class Story:
    """A history that is drawn step by step."""

    def __init__(self, path: Path, seed: int) -> None:
        self.chance, self.repository = random.Random(seed), Repository(path)
        self.mains = [self.repository.commit("main", {CHARTER: charter()})]
        few = self.chance.sample(CLAIMS, 9)
        self.mains.append(self.repository.commit("main", {path: FLEET[path] for path in few}))
        self.proposals = list[str]()

    def step(self) -> tuple[str, str]:
        """Move main or propose something; what is judged next: (base, head)."""
        for _ in range(self.chance.randint(0, 2)):
            self.mains.append(self.repository.commit("main", self.changes()))
        start = self.chance.choice([*self.mains[-3:], self.mains[-1], self.mains[-1]])
        if self.chance.random() < 0.05:
            self.proposals.append(self.repository.commit("other", self.changes(), orphan=True))
        elif self.proposals and self.chance.random() < 0.2:
            self.proposals.append(self.repository.commit("merge", {}, self.mains[-1], self.proposals[-1]))
        else:
            self.proposals.append(self.repository.commit("proposal", self.changes(), start))
        base = self.chance.choice([self.mains[-1]] * 6 + self.mains)
        return base, self.chance.choice([self.proposals[-1]] * 4 + [*self.proposals[-3:], *self.mains[-2:]])

    def changes(self) -> Changes:
        """What one commit does, mostly to one claim."""
        changes: dict[str | bytes, Content] = {}
        for _ in range(self.chance.choice([1, 1, 1, 1, 1, 2, 3])):
            path, content = self._of_a_claim() if self.chance.random() < 0.8 else self._of_another_file()
            changes[path] = content
        return changes

    def _of_a_claim(self) -> tuple[str, Content]:
        path, donor = self.chance.choice(CLAIMS), self.chance.choice(CLAIMS)
        contents: dict[str, Content] = {
            "edit": borrowed(FLEET[path], FLEET[donor], self.chance.choice(FIELDS)),
            "whole": FLEET[self.chance.choice([path, path, path, donor])],
            "scope": borrowed(FLEET[path], f"scope: {self.chance.choice(SCOPES)}\n", "scope"),
            "late": borrowed(FLEET[path], 'timestamp: "2099-11-20T08:00:00Z"\n', "timestamp"),
            "go": None,
            "broken": self.chance.choice([*BROKEN, "#" * 17_000]),
            "mode": (self.chance.choice(["120000", "100755"]), FLEET[path]),
        }
        return path, contents[self.chance.choice([*contents, "edit", "edit", "edit", "whole", "scope"])]

    def _of_another_file(self) -> tuple[str, Content]:
        odd = self.chance.choice(sorted(ODD))
        rows: list[tuple[str, Content]] = [
            (odd, self.chance.choice([ODD[odd], None])),
            (CHARTER, self.chance.choice([*CHARTERS, *[charter()] * 5])),
            (self.chance.choice([CONFIRMATION, ACTIVATION]), self.chance.choice([None, None, self._record()])),
        ]
        return self.chance.choice(rows)

    def _record(self) -> str:
        """A confirmation of another registry, or of main as it is."""
        main = Reader(Repo(self.repository.path)).at(self.mains[-1])
        return RECORD.replace("sha256:" + "0" * 64, self.chance.choice(["sha256:" + "0" * 64, registry_digest(main)]))


def damage(file: Path, chance: random.Random) -> None:
    """Flip a bit, cut the file, or replace a page of it."""
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    match chance.randrange(3):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            del data[at:]
        case _:
            data[at : at + 4096] = chance.randbytes(len(data[at : at + 4096]))
    file.write_bytes(data)


def told_alike(repo: Repo, commit: str, session: str) -> bool:
    """Ask who a session is, with an index and without; whether the index was enough."""
    found = list[SessionReport | str]()
    for small in (0, SMALL):
        reader = Reader(repo)
        narrow = Narrow(reader, small=small)
        try:
            found.append(look(reader, commit, session, named=True, hint=lambda _: None, narrow=narrow))
        except FatalError as error:
            found.append(str(error))
    assert found[0] == found[1], f"{commit} {session}"
    return Narrow(Reader(repo), small=0).state(commit, session) is not None


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    return range(60 if request.config.getoption("--long") else 2)


def test_an_audit_in_parts_of_a_gap_after_a_confirmation(tmp_path: Path) -> None:
    """Whether it is confirmed, the digest of all claims says."""
    repository, gap = Repository(tmp_path / "registry.git"), "scope: [{work: outreach, first: 1, last: 2}]\n"
    repository.commit("main", {CHARTER: charter(), CONFIRMATION: RECORD})
    main = repository.commit(
        "main",
        {path: borrowed(text, gap, "scope") if path == CLAIMS[3] else text for path, text in FLEET.items()},
    )
    found = in_parts(Reader(Repo(repository.path)), main, most=5)
    assert found == audit(Reader(Repo(repository.path)).at(main))
    assert found is not None
    assert "REG207" in {finding.code for finding in found.findings}


@pytest.mark.takes_long
def test_verdicts_with_an_index_are_those_of_the_whole(tmp_path: Path, seeds: range) -> None:
    """Two histories of twelve steps take four seconds of processor time: each step is judged five times."""
    narrow = answered = parts = 0
    for seed in seeds:
        story = Story(tmp_path / f"{seed}.git", seed)
        repo, places = Repo(story.repository.path), [tmp_path / f"{seed}-{name}" for name in ("warm", "old", "bad")]
        for place in places:
            (place / INDEX.parent).mkdir(parents=True, mode=0o700)
            (place / INDEX.parent).chmod(0o700)
        for step in range(12):
            base, head = story.step()
            if audited := in_parts(Reader(repo), base, most=5):
                assert audited == audit(Reader(repo).at(base)), f"seed {seed}, step {step}: audit of {base}"
                parts += 1
            whole = judge(*Reader(repo).change(base, head))
            warm, old, bad = (place / INDEX for place in places)
            for place in (*places, tmp_path / "cold"):
                shutil.rmtree(tmp_path / "cold", ignore_errors=True)
                found = Indexed(Reader(repo), IndexFile(place)).change(base, head)
                landed, main = found or Reader(repo).change(base, head)
                assert judge(landed, main) == whole, f"seed {seed}, step {step}, {place.name}: {base} {head}"
                narrow += found is not None and bool(main.unread.numbers)
                answered += 1
            if warm.exists():
                if step % 4 == 0:
                    shutil.copy(warm, old)
                shutil.copy(warm, bad)
                damage(bad, story.chance)
    assert parts > len(seeds), "most registries are audited in parts"
    assert narrow > answered / 4, "most changes are judged with a part of the registry"


def test_events_and_sessions_are_told_as_from_the_whole(tmp_path: Path, seeds: range) -> None:
    followed = told = 0
    for seed in seeds[1:]:
        story = Story(tmp_path / f"{seed}.git", seed)
        repo = Repo(story.repository.path)
        for _ in range(8):
            story.step()
        for parent, commit in zip(story.mains, story.mains[1:], strict=False):
            reader = Reader(repo)
            after, before = Narrow(reader, small=0).step(parent, commit)
            followed += bool(before.unread.numbers)
            assert [*news(before, after)] == [*news(*reversed(reader.step(parent, commit)))], f"{parent} {commit}"
        sessions = {claim.draft.session_id or "" for claim in Reader(repo).at(story.mains[-1]).claims.values()}
        told += sum(told_alike(repo, story.mains[-1], session) for session in sorted(sessions)[:4])
    assert min(followed, told) >= len(seeds) - 1, "a part of the registry is enough for some"


def test_a_released_number_is_offered_again_with_all_options(tmp_path: Path) -> None:
    """An index is used although the session holds nothing, since another has a name that looks like its own."""
    repository = with_charter(tmp_path / "released.git", [1, 4])
    alike = FLEET[claim_path(5)].replace("marketing-outreach-2", "marketing-outreach-l")
    commit = repository.commit("main", {claim_path(4): None, claim_path(5): alike})
    assert told_alike(Repo(repository.path), commit, "marketing-outreach-1")
    reader = Reader(Repo(repository.path))
    narrow = Narrow(reader, small=0)
    told = look(reader, commit, "marketing-outreach-1", named=True, hint=lambda _: None, narrow=narrow)
    assert told.facts.again[:4] == ("registry", "claim", "4", "--session-id")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Eleven claims on main, and a proposal of the twelfth that shares its role with another."""
    repository = Repository(tmp_path_factory.mktemp("narrow") / "a registry ü.git")
    base: dict[str | bytes, Content] = {path: FLEET[path] for path in CLAIMS if path != CLAIMS[4]}
    repository.commit("main", {CHARTER: charter(), **base})
    repository.commit(
        "claim/05", {CLAIMS[4]: borrowed(FLEET[CLAIMS[4]], FLEET[CLAIMS[5]], "role")}, "refs/heads/main^0"
    )
    return repository


@pytest.fixture
def place(registry: Repository) -> Iterator[Path]:
    """The index file of a registry, where it has been written once."""
    file = registry.path / INDEX
    read(registry)
    assert file.is_file()
    yield file
    shutil.rmtree(registry.path / "registry", ignore_errors=True)


def read(registry: Repository, **options: bool) -> tuple[bool, bool]:
    """Judge the proposal; whether an index was read, and whether it was judged with a part of the registry."""
    repo = Repo(registry.path)
    base, head = repo.commit("main"), repo.commit("claim/05")
    file = IndexFile(repo.folder, **options)
    there = file.read() is not None
    landed, main = Narrow(Reader(repo), small=0, **options).change(base, head)
    assert judge(landed, main) == judge(*Reader(repo).change(base, head))
    return there, len(main.claims) < 11


def test_the_index_is_written_once_and_read_from_then_on(registry: Repository, place: Path) -> None:
    before = place.stat().st_ino
    assert read(registry) == (True, True)
    assert place.stat().st_ino == before
    assert place.stat().st_mode & 0o777 == 0o600


def test_an_index_goes_with_the_charter(tmp_path: Path) -> None:
    """Number 12 is wrong by the second one alone."""
    registry = with_charter(tmp_path / "fleet.git", [1, 4, 12])
    registry.commit("claim/05", {CLAIMS[4]: FLEET[CLAIMS[4]]}, "main")
    assert read(registry) == (False, True)
    registry.commit("main", {CHARTER: charter().replace("capacity: 12", "capacity: 11")})
    assert read(registry) == (True, True)


def test_an_index_goes_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an older version of a module has made is not read."""
    module = tmp_path / "validator" / "rules" / "frozen.py"
    module.parent.mkdir(parents=True)
    module.write_text("")
    monkeypatch.setattr(validator, "__file__", str(tmp_path / "validator" / "__init__.py"))
    before = program.__wrapped__()
    assert program.__wrapped__() == before
    module.write_text("# another\n")
    assert program.__wrapped__() != before


@pytest.mark.parametrize("what", ["group", "folder", "link", "hard link", "pipe", "folder in its place"])
def test_an_index_that_others_could_have_written_is_not_read(
    registry: Repository, place: Path, tmp_path: Path, what: str
) -> None:
    match what:
        case "group":
            place.chmod(0o620)
        case "folder":
            place.parent.chmod(0o777)
        case "link":
            place.replace(tmp_path / "index")
            place.symlink_to(tmp_path / "index")
        case "hard link":
            os.link(place, tmp_path / "index")
        case "pipe":
            place.unlink()
            os.mkfifo(place)
        case _:
            place.unlink()
            place.mkdir()
    assert read(registry) == (False, True)


def test_a_server_that_others_may_write_has_no_index(registry: Repository, place: Path) -> None:
    assert read(registry, alone=True) == (True, True)
    registry.path.chmod(0o2775)
    before = place.stat().st_ino
    assert read(registry, alone=True) == (False, True)
    assert place.stat().st_ino == before
    registry.path.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_left_alone(registry: Repository, place: Path) -> None:
    shutil.rmtree(place.parent)
    place.parent.write_text("a file of somebody's")
    assert read(registry) == (False, True)
    assert place.parent.read_text() == "a file of somebody's"


def run(registry: Repository, program: str, *prefix: str) -> subprocess.Popen[bytes]:
    """Start a program in a process of its own."""
    words = [*prefix, sys.executable, "-c", program, str(registry.path)]
    # A full disk would leave half a file of bytecode, and a killed process its temporary folder.
    variables = environment(PYTHONDONTWRITEBYTECODE="1", TMPDIR=str(registry.path.parent))
    return subprocess.Popen(words, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


PROGRAM = """
import sys
from pathlib import Path
from validator.git.repo import Repo
from validator.operations.index_file import IndexFile
from validator.operations.judge import judge
from validator.operations.narrow import Narrow
from validator.registry.reader import Reader
repo = Repo(Path(sys.argv[1]))
pair = Narrow(Reader(repo), small=0).change(repo.commit("main"), repo.commit("claim/05"))
print(judge(*pair), flush=True)
"""
WRITER = (
    PROGRAM
    + """
kept = IndexFile(repo.folder).read()
while True:
    IndexFile(repo.folder).write(kept)
"""
)


def test_a_full_disk(registry: Repository, place: Path) -> None:
    """No file may have more than one block: what is there stays, and nothing lies beside it."""
    place.unlink()
    process = run(registry, PROGRAM, "sh", "-c", 'ulimit -f 1; exec "$@"', "sh")
    answer, said = process.communicate()
    assert not said.decode()
    assert process.returncode == 0
    assert b"REG105" in answer
    assert not place.exists()
    assert list(place.parent.glob(".*")) == []


@pytest.mark.takes_long
def test_eight_processes_at_once(registry: Repository, place: Path) -> None:
    """Two seconds of processor time: eight processes, of which each finds an index or makes one."""
    place.unlink()
    answers = set[bytes]()
    for process in [run(registry, PROGRAM) for _ in range(8)]:
        answer, said = process.communicate()
        assert not said.decode()
        assert process.returncode == 0
        answers.add(answer)
    assert len(answers) == 1
    assert read(registry) == (True, True)


def test_killed_writers(registry: Repository, place: Path, request: pytest.FixtureRequest) -> None:
    """What a killed process leaves is whole, or not read; and it is cleared away in time."""
    chance = random.Random(5)
    for _ in range(200 if request.config.getoption("--long") else 3):
        process = run(registry, WRITER)
        assert process.stdout
        while b"REG105" not in process.stdout.readline():
            assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        assert read(registry)[1]
    assert read(registry) == (True, True)
    for left in place.parent.glob(".*"):
        os.utime(left, (0, 0))
    place.unlink()
    read(registry)
    assert list(place.parent.glob(".*")) == []


def test_steps_of_a_full_fleet_are_read_as_a_whole(tmp_path: Path) -> None:
    """Once all numbers are held, work that nobody took is a conflict, and any session may be nearest to it."""
    repository = Repository(tmp_path / "full.git")
    claims: dict[str | bytes, Content] = {path: FLEET[path] for path in CLAIMS}
    first = repository.commit(
        "main", {CHARTER: charter(), **{path: text for path, text in claims.items() if path != CLAIMS[4]}}
    )
    last = repository.commit("main", {CLAIMS[4]: FLEET[CLAIMS[4]]})
    after, before = Narrow(Reader(Repo(repository.path)), small=0).step(first, last)
    assert (len(before.claims), len(after.claims)) == (11, 12)
    assert [one.event for one in news(before, after)] == ["registered"]
