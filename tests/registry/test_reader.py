"""Snapshots from a repository: a change as merged and as intended; each object is read once."""

import itertools
import random
from pathlib import Path

import pytest

from tests.repository import CHARTER, Changes, Content, Repository, charter, claim_path, fleet, with_charter
from validator.git.change import Listing
from validator.git.repo import Repo
from validator.git.trees import EMPTY
from validator.model.errors import FatalError
from validator.model.layout import governed
from validator.registry import reader as reading
from validator.registry.line import Line
from validator.registry.reader import MAX_CHANGED_FILES, Reader, charter_of, session_ids
from validator.registry.snapshot import Snapshot
from validator.registry.yaml.reader import MAX_BYTES

FLEET = fleet()
FOUR, FIVE, SIX = claim_path(4), claim_path(5), claim_path(6)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return with_charter(tmp_path / "registry.git", [1, 4])


def change(repository: Repository, base: str = "main", head: str = "change") -> tuple[Snapshot, Snapshot]:
    repo = Repo(repository.path)
    return Reader(repo).change(repo.commit(base), repo.commit(head))


def session_of(snapshot: Snapshot, path: str) -> str | None:
    return snapshot.claims[path].draft.session_id


class TestOneCommit:
    def test_charter_claims_and_records(self, repository: Repository) -> None:
        files: Changes = {
            "registry/consensus/confirmation.yaml": "a: 1\n",
            "registry/consensus/acknowledgements/04.yaml": "a: 1\n",
            "registry/README.md": "words",
            "registry/sessions/5.yaml": FLEET[5],
            "registry/sessions/005.yaml": FLEET[5],
            "README.md": "words",
        }
        head = repository.commit("main", {**files, "registry/sessions/link.yaml": ("120000", "04.yaml")})
        snapshot = Reader(Repo(repository.path)).at(head)
        assert snapshot.commit == head
        assert snapshot.tree == repository.git("rev-parse", "main^{tree}")
        assert snapshot.committed_at == int(repository.git("log", "-1", "--format=%ct", head))
        assert snapshot.charter
        assert snapshot.charter.capacity == 12
        assert list(snapshot.claims) == [claim_path(1), FOUR]
        assert sorted(snapshot.records) == [
            "registry/consensus/acknowledgements/04.yaml",
            "registry/consensus/confirmation.yaml",
        ]
        own = {path for path in files if path != "README.md"}
        assert set(snapshot.files) == {*own, CHARTER, claim_path(1), FOUR, "registry/sessions/link.yaml"}

    def test_broken_files_are_in_the_snapshot(self, repository: Repository) -> None:
        broken: Changes = {CHARTER: "[", FOUR: b"\xff", FIVE: "x" * (MAX_BYTES + 1), SIX: ""}
        snapshot = Reader(Repo(repository.path)).at(repository.commit("main", broken))
        assert snapshot.charter is None
        assert {path: [fault.kind for fault in claim.document.faults] for path, claim in snapshot.claims.items()} == {
            claim_path(1): [],
            FOUR: ["unreadable"],
            FIVE: ["unreadable"],
            SIX: [],
        }

    def test_only_regular_files_are_read(self, repository: Repository) -> None:
        odd: Changes = {
            FOUR: ("120000", "05.yaml"),
            FIVE: ("100755", FLEET[5]),
            SIX: ("160000", "1" * 40),
            f"{claim_path(7)}/x": "",
        }
        snapshot = Reader(Repo(repository.path)).at(repository.commit("main", odd))
        assert list(snapshot.claims) == [claim_path(1)]
        assert set(snapshot.files) >= {FOUR, FIVE, SIX}

    def test_claims_without_a_charter(self, repository: Repository) -> None:
        head = repository.commit("main", {CHARTER: None, FIVE: FLEET[5]})
        assert list(Reader(Repo(repository.path)).at(head).claims) == [claim_path(1), FOUR, FIVE]

    def test_a_fleet_of_a_hundred_keeps_the_names_of_its_files(self, repository: Repository) -> None:
        text = charter().replace("capacity: 12", "capacity: 100")
        last = FLEET[6].replace("number: 6", "number: 100")
        padded = "registry/sessions/004.yaml"
        head = repository.commit("main", {CHARTER: text, FOUR: FLEET[4], claim_path(100): last, padded: FLEET[4]})
        assert list(Reader(Repo(repository.path)).at(head).claims) == [claim_path(1), FOUR, claim_path(100)]

    def test_the_past_of_its_files(self, repository: Repository) -> None:
        head = repository.git("rev-parse", "main")
        past = Reader(Repo(repository.path)).at(head).past([FOUR, FIVE])
        assert past[FOUR].commit == head
        assert FIVE not in past

    def test_the_past_of_one_file_after_another(self, repository: Repository) -> None:
        past = Reader(Repo(repository.path)).at(repository.git("rev-parse", "main")).past
        assert FOUR in past([FOUR])
        assert past([claim_path(1)])[claim_path(1)].commit == repository.git("rev-parse", "main~1")
        assert set(past([FIVE, SIX])) >= {FOUR, claim_path(1)}

    def test_what_a_claim_was_since_its_registration(self, repository: Repository) -> None:
        arrived = repository.git("rev-parse", "main")
        amended = repository.commit("main", {FOUR: FLEET[4].replace("first: 1,", "first: 2,")})
        whole = Reader(Repo(repository.path)).at(amended)
        found = [(one.since.commit, one.draft.scope and one.draft.scope[0]) for one in whole.versions(FOUR)]
        assert [commit for commit, _ in found] == [arrived, amended]
        assert [getattr(part, "first", None) for _, part in found] == [1, 2]
        assert whole.versions(FOUR) is whole.versions(FOUR)

    def test_a_copy_has_the_number_of_its_own_name(self, repository: Repository) -> None:
        head = repository.commit("main", {FIVE: FLEET[4]})
        claims = Reader(Repo(repository.path)).at(head).claims
        assert [(claims[path].path, claims[path].number) for path in (FOUR, FIVE)] == [(FOUR, 4), (FIVE, 5)]


class TestChange:
    def test_on_top_of_its_base(self, repository: Repository) -> None:
        repository.commit("change", {FIVE: FLEET[5], FOUR: None}, "main")
        landed, base = change(repository)
        assert list(base.claims) == [claim_path(1), FOUR]
        assert list(landed.claims) == [claim_path(1), FIVE]
        assert (landed.commit, base.commit) == tuple(repository.git("rev-parse", "change", "main").split())
        assert landed.tree == repository.git("rev-parse", "change^{tree}")
        assert {path: (bool(intent.before), bool(intent.after)) for path, intent in landed.intent.items()} == {
            FOUR: (True, False),
            FIVE: (False, True),
        }

    def test_beside_its_base_it_is_merged(self, repository: Repository) -> None:
        repository.commit("change", {FIVE: FLEET[5]}, "main~1")
        landed, _ = change(repository)
        assert list(landed.claims) == [claim_path(1), FOUR, FIVE]
        assert list(landed.intent) == [FIVE]
        assert landed.tree == repository.git("merge-tree", "--write-tree", "main", "change")
        assert landed.conflicts == ()

    def test_a_conflict_has_the_files_of_the_change(self, repository: Repository) -> None:
        other = FLEET[4].replace("marketing-outreach-1", "marketing-outreach-9")
        repository.commit("change", {FOUR: other, SIX: FLEET[6], claim_path(1): None}, "main~1")
        landed, _ = change(repository)
        assert (landed.tree, landed.conflicts) == (None, (FOUR,))
        assert session_of(landed, FOUR) == "marketing-outreach-9"
        assert list(landed.claims) == [FOUR, SIX]

    def test_unrelated_history(self, repository: Repository) -> None:
        repository.commit("change", {FIVE: FLEET[5]}, orphan=True)
        landed, _ = change(repository)
        assert landed.unrelated
        assert landed.tree is None
        assert list(landed.intent) == [FIVE]

    def test_the_past_is_that_of_main_and_not_of_the_change(self, repository: Repository) -> None:
        main = repository.git("rev-parse", "main")
        repository.commit("change", {FOUR: FLEET[4] + "# mine\n"}, "main")
        landed, base = change(repository)
        assert landed.past([FOUR])[FOUR].commit == base.past([FOUR])[FOUR].commit == main

    def test_many_files(self, repository: Repository) -> None:
        text = charter().replace("capacity: 12", "capacity: 9999")
        repository.commit("main", {CHARTER: text, FOUR: None, claim_path(1): None})
        count = MAX_CHANGED_FILES + 500
        repository.commit(
            "change", {f"registry/sessions/{n:02}.yaml": f"number: {n}\n" for n in range(1, count)}, "main"
        )
        landed, _ = change(repository)
        assert len(landed.files) == count
        assert list(landed.claims) == sorted(landed.claims)
        assert len(landed.claims) <= MAX_CHANGED_FILES
        assert len(landed.intent) == count - 1


def test_a_step_is_judged_as_it_is(repository: Repository) -> None:
    parent = repository.git("rev-parse", "main")
    commit = repository.commit("main", {FIVE: FLEET[5]})
    landed, base = Reader(Repo(repository.path)).step(parent, commit)
    assert (landed.commit, base.commit) == (commit, parent)
    assert list(landed.claims) == [claim_path(1), FOUR, FIVE]
    assert landed.intent == {}


def test_a_file_is_read_once_for_all_snapshots(repository: Repository) -> None:
    parent = repository.git("rev-parse", "main")
    commit = repository.commit("main", {FIVE: FLEET[5]})
    reader = Reader(Repo(repository.path))
    one, two, (three, _) = reader.at(parent), reader.at(commit), reader.step(parent, commit)
    assert one.claims[FOUR] is two.claims[FOUR] is three.claims[FOUR]
    assert one.charter_file is two.charter_file


ODD: tuple[Content, ...] = (
    ("120000", "04.yaml"), ("100755", "number: 4"), ("160000", "1" * 40), ("040000", min(EMPTY)), "x" * (MAX_BYTES + 1),
)  # fmt: skip
PATHS = (
    *map(claim_path, range(1, 8)), "registry/consensus/acknowledgements/04.yaml", "registry/consensus/approval.yaml",
    "registry/README.md", "registry/sessions", "registry", "README.md", "Registry/a", CHARTER,
)  # fmt: skip


@pytest.mark.takes_long
def test_each_step_is_read_from_the_one_before_as_it_is_by_itself(tmp_path: Path) -> None:
    """Whatever a step does to files: a shared reader tells the same as a new one."""
    chance, claims = random.Random(15), fleet()
    repository = with_charter(tmp_path / "registry.git")
    commits = repository.tip("refs/heads/main")
    for _ in range(120):
        changes: dict[str | bytes, Content] = {}
        for path in chance.sample(PATHS, chance.choice((1, 1, 1, 2, 4))):
            texts = [*claims.values(), charter(), charter() + "# more\n"]
            changes[path] = chance.choice([None, None, *chance.sample(texts, 3), chance.choice(ODD)])
        commits.append(repository.commit("main", changes))
    repo = Repo(repository.path)
    shared, incremental = Reader(repo), 0
    for parent, commit in itertools.pairwise(commits):
        landed, current = shared.step(parent, commit)
        for one, by_itself in ((landed, Reader(repo).at(commit)), (current, Reader(repo).at(parent))):
            assert {path: entry for path, entry in one.files.items() if governed(path)} == by_itself.files
            assert list(one.claims) == list(by_itself.claims)
            assert list(one.records) == list(by_itself.records)
            assert [parsed.value for parsed in one.parsed] == [parsed.value for parsed in by_itself.parsed]
            assert (one.tree, one.committed_at) == (by_itself.tree, by_itself.committed_at)
        whole = {path for path, _ in landed.files.items() ^ current.files.items()}
        assert landed.touched(current) == {path for path in whole if landed.differs(path, current)}
        incremental += isinstance(landed.files, Listing) and landed.files.base is current.files
    assert 20 < incremental < len(commits)


def test_charter_of(repository: Repository) -> None:
    repo = Repo(repository.path)
    assert charter_of(Reader(repo).at(repo.commit("main"))).orchestrator == 1
    for content in (None, "[", "capacity: 12\n"):
        head = repository.commit("main", {CHARTER: content})
        with pytest.raises(
            FatalError, match=rf"{CHARTER} is missing or broken at {head}; run: registry audit --ref {head}"
        ):
            charter_of(Reader(repo).at(head))


def test_who_reads_a_whole_registry_is_told_how_far_it_is(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "TOLD", 5)
    main = repository.commit("main", {claim_path(number): FLEET[number] for number in range(1, 13)})
    reader, said = Reader(Repo(repository.path)), list[tuple[int, int]]()
    reader.progress = lambda done, of: said.append((done, of))
    files = len(reader.at(main).files)
    assert said == [(5, files), (10, files)]


def test_session_ids(repository: Repository) -> None:
    contents = [FLEET[4].encode(), b"session_id: no-claim\n", b"[", b"\xff", b"x" * (MAX_BYTES + 1), b"session_id: 3\n"]
    oids = [repository.git("hash-object", "-w", "--stdin", stdin=content) for content in contents]
    found = session_ids(Repo(repository.path), oids)
    assert [found.get(oid) for oid in oids] == ["marketing-outreach-1", "no-claim", None, None, None, None]
    assert session_ids(Repo(repository.path), []) == {}
    assert session_ids(Repo(repository.path), oids, "no-cl") == {oids[1]: "no-claim"}


def test_main_tells_what_a_claim_was_from_its_registration_on(repository: Repository) -> None:
    first, goal = Repo(repository.path).commit("main"), "17 perfectly personalized emails daily, 95%+ delivery rate"
    second = repository.commit("main", {FOUR: FLEET[4].replace("Send", "Write")})
    line = Line(Repo(repository.path), second)
    told = [(version.since.commit, version.draft.goal) for version in line.versions(FOUR)]
    assert told == [(first, f"Send {goal}"), (second, f"Write {goal}")]
    assert line.versions(FOUR) is line.versions(FOUR)  # read once
    assert line.versions(FIVE) == []
    assert line.keys_before([FOUR, FIVE]) == {FOUR: None}
