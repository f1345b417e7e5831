"""Open proposals, found by the names of branches."""

from pathlib import Path

import pytest

from tests.repository import Repository
from tests.snapshots import charter, claim
from validator.git.repo import Repo
from validator.model.findings import Finding, Level, Location, Verdict
from validator.registry import line
from validator.registry.proposals import (
    proposals_on,
    proposed_numbers,
    published,
    waiting_changes,
    waiting_records,
    with_proposed,
)
from validator.registry.reader import Reader


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """It is bare, and follows a remote."""
    repository = Repository(tmp_path / "registry.git")
    repository.git("remote", "add", "origin", "elsewhere")
    repository.commit("main", {"a": "1"})
    return repository


def point(repository: Repository, names: str) -> str:
    """Let refs of these names be there, all at main."""
    main = repository.git("rev-parse", "main")
    for name in names.split():
        repository.git("update-ref", f"refs/{name}", main)
    return main


def test_proposed_numbers(repository: Repository) -> None:
    start = repository.git("rev-parse", "main")
    point(repository, "heads/claim/04 heads/claim/00 remotes/origin/claim/06 heads/claim/x heads/claim/0 tags/claim/07")
    point(repository, "heads/release/08 heads/x/claim/09 remotes/origin/x/claim/10 remotes/mirror/claim/11")
    repo = Repo(repository.path)
    assert proposed_numbers(repo, start) == {4}
    point(repository, "remotes/origin/main")
    assert proposed_numbers(repo, start) == {6}, "a session's own branch stays behind; what counts is on the server"


def test_a_rejected_verdict_knows_what_is_proposed(repository: Repository) -> None:
    start = repository.git("rev-parse", "main")
    wrong = Finding("REG103", "number-taken", Level.ERROR, Location("registry/sessions/04.yaml"), "held", "")
    verdict, repo = Verdict(start, start, None, (wrong,), free_numbers=(4, 6)), Repo(repository.path)
    assert with_proposed(verdict, repo).proposed == frozenset(), "there is no proposal in this repository"
    point(repository, "remotes/origin/main")
    assert with_proposed(verdict, repo).proposed is None, "this clone may have fetched no proposal"
    point(repository, "remotes/origin/claim/06")
    assert with_proposed(verdict, repo).proposed == frozenset({6})
    assert with_proposed(verdict._replace(findings=()), repo).proposed is None
    assert with_proposed(verdict._replace(base="0" * 40), repo).proposed is None, "main cannot be read"


def test_a_branch_that_main_has_proposes_nothing(repository: Repository) -> None:
    """It may stay after it is merged. One at main itself may be another name for main, and is left alone."""
    point(repository, "remotes/origin/claim/04 heads/claim/05")
    repository.commit("main", {"a": "2"})
    main = point(repository, "remotes/origin/claim/06")
    repo = Repo(repository.path)
    assert proposed_numbers(repo, main) == set()
    point(repository, "remotes/origin/main heads/claim/07")
    assert proposed_numbers(repo, main) == {6}


def test_proposals_of_a_place_and_a_kind(repository: Repository) -> None:
    point(repository, "heads/claim/04 heads/record/approval heads/topic heads/claim/x heads/claims/05")
    point(repository, "remotes/origin/claim/05 remotes/origin/release/06 remotes/origin/main remotes/mirror/claim/07")
    repo, main = Repo(repository.path), repository.git("rev-parse", "main")

    def names(remote: str | None, kind: str = "") -> list[str]:
        found = proposals_on(remote, repo, kind)
        assert {proposal.commit for proposal in found} <= {main}
        return [proposal.name for proposal in found]

    assert names(None) == ["claim/04", "record/approval"]
    assert names(None, "claim") == ["claim/04"]
    assert names("origin") == ["claim/05", "release/06"]
    assert names("origin", "record") == []
    assert names("mirror", "claim") == ["claim/07"]


def test_the_remote_counts_as_soon_as_it_has_a_main(repository: Repository) -> None:
    point(repository, "remotes/mirror/main remotes/origin/claim/04")
    assert published(Repo(repository.path)) is None
    point(repository, "remotes/origin/main")
    assert published(Repo(repository.path)) == "origin"


def test_what_would_change_an_active_fleet(repository: Repository) -> None:
    repository.commit("main", {f"registry/sessions/{number}.yaml": "number: 1" for number in ("01", "02", "03")})
    reader = Reader(Repo(repository.path))

    def waiting() -> set[str]:
        return set(waiting_changes(reader, reader.at(repository.git("rev-parse", "main"))))

    repository.commit("release/01", {"registry/sessions/01.yaml": None}, "main")
    assert waiting() == set(), "nothing is agreed yet"
    repository.commit("main", {"registry/consensus/activation.yaml": "x"})
    point(repository, "heads/claim/02")  # landed: its branch was left
    repository.commit("claim/03", {"registry/sessions/03.yaml": "number: 3"}, "main")
    repository.commit("claim/09", {"registry/sessions/09.yaml": "number: 9"}, "main")  # a free number
    repository.commit("charter/larger", {"registry/charter.yaml": "x"}, "main")
    assert waiting() == {"release/01", "claim/03", "charter/larger"}
    repository.commit("main", {"registry/sessions/03.yaml": "number: 3"})
    assert waiting() == {"release/01", "charter/larger"}, "merged in one commit of its own"


def test_what_would_change_a_fleet_with_all_its_numbers(repository: Repository) -> None:
    reader = Reader(Repo(repository.path))
    for capacity, waiting in ((2, set[str]()), (1, {"release/01"})):
        whole = charter(capacity=capacity)
        main = repository.commit("main", {"registry/charter.yaml": whole, "registry/sessions/01.yaml": claim(1)})
        repository.commit("release/01", {"registry/sessions/01.yaml": None}, "main")
        assert waiting_changes(reader, reader.at(main)) == waiting


def test_records_that_wait_are_about_the_registry_as_it_is(repository: Repository) -> None:
    reader, folder = Reader(Repo(repository.path)), "registry/consensus"
    text = 'registry: "sha256:{}"\nnumber: 1\nsession_id: x\ntimestamp: "2026-11-20T09:00:00Z"\n'
    repository.commit("record/confirmation", {f"{folder}/confirmation.yaml": text.format("a" * 64)}, "main")
    repository.commit("record/broadcast", {f"{folder}/broadcast.yaml": "x"}, "main")  # unreadable
    assert waiting_records(reader, f"sha256:{'a' * 64}") == {"record/confirmation"}
    assert waiting_records(reader, f"sha256:{'b' * 64}") == frozenset()


def test_a_file_that_the_reader_fails_at_is_broken_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(path: str, content: bytes) -> None:
        raise RuntimeError("why not")

    monkeypatch.setattr(line, "read", fails)
    (fault,) = line.document_of("registry/sessions/04.yaml", b"number: 4").faults
    assert fault.message.startswith("the file cannot be read: ")
