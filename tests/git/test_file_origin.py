"""Which commit made a file as a change has it, and whether it still says so on today's base."""

import random
from pathlib import Path

import pytest

from tests.keys import public_key
from tests.repository import Content, Repository
from validator.git.arrivals import arrivals
from validator.git.brought import MAX_COMMITS
from validator.git.file_origin import KnownStep, Origin, Origins
from validator.git.repo import Repo

FILE = "registry/a"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "registry.git")
    repository.commit("main", {FILE: "1", "registry/b": "1"})
    return repository


def origins(repository: Repository, base: str = "main", head: str = "change") -> Origins:
    repo = Repo(repository.path)
    return Origins(repo, repo.commit(base), repo.commit(head))


def made(repository: Repository, base: str = "main", head: str = "change") -> tuple[str | None, bool]:
    """Who made the file, and whether that is current."""
    found = origins(repository, base, head)
    origin = found.of(FILE)
    return (origin.commit, found.is_current(origin)) if origin else (None, False)


def test_the_commit_that_made_the_file_is_found_below_others(repository: Repository) -> None:
    first = repository.commit("change", {FILE: "2"}, "main")
    repository.commit("change", {"registry/b": "2"})
    assert made(repository) == (first, True)
    assert len(origins(repository).commits) == 2


def test_a_deletion_has_an_origin_too(repository: Repository) -> None:
    gone = repository.commit("change", {FILE: None}, "main")
    found = origins(repository).of(FILE)
    assert found == Origin(FILE, gone, None)
    assert origins(repository).is_current(found)


def test_merges_are_followed_and_are_no_commits_of_the_branch(repository: Repository) -> None:
    before = repository.tip("refs/heads/main")[0]
    said = repository.commit("change", {FILE: "2"}, "main")
    repository.commit("main", {"registry/b": "2"})
    joined = repository.merge("main", into="change")
    step = repository.merge("change")
    assert made(repository, base=f"{step}^1", head=step) == (said, True)
    assert origins(repository, f"{step}^1", joined).commits == (said,)
    assert made(repository, before, joined) == (said, True)


def test_a_merge_that_makes_the_file_is_its_origin(repository: Repository) -> None:
    said = repository.commit("change", {FILE: "2"}, "main")
    step = repository.commit("change", {FILE: "3"}, "main", said)
    assert made(repository) == (step, True)


def test_what_main_had_before_is_made_by_nobody(repository: Repository) -> None:
    branch = repository.commit("change", {"registry/b": "2"}, "main")
    repository.commit("main", {FILE: "2"})
    repository.commit("change", {FILE: "1"}, "main", branch)
    assert made(repository) == (None, False)


@pytest.mark.parametrize("between", [["2"], ["2", "1"], [None, "1"]])
def test_a_file_that_main_has_changed_since_is_not_current(repository: Repository, between: list[str | None]) -> None:
    """Also where it was changed back, and where a later merge of main hides when the commit began."""
    said = repository.commit("change", {FILE: "5"}, "main")
    for content in between:
        repository.commit("main", {FILE: content})
    assert made(repository) == (said, False)
    repository.commit("later", {FILE: "5"}, "main", said)
    assert made(repository, head="later") == (said, False)


def test_a_commit_on_what_a_merge_left_out_is_not_current(repository: Repository) -> None:
    """Main has the branch in its history, and never had the file as the branch left it."""
    tip = repository.commit("change", {FILE: "2"}, "main")
    repository.commit("main", {}, "main", tip)
    said = repository.commit("change", {FILE: "3"})
    assert made(repository) == (said, False)


def test_other_files_of_main_leave_it_current(repository: Repository) -> None:
    said = repository.commit("change", {FILE: "5"}, "main")
    repository.commit("main", {"registry/b": "2"})
    assert made(repository) == (said, True)


def test_another_root_is_never_current(repository: Repository) -> None:
    foreign = repository.commit("foreign", {FILE: "1", "registry/b": "1"}, orphan=True, time=1)
    said = repository.commit("foreign", {FILE: "2"}, foreign)
    assert made(repository, head="foreign") == (said, False)
    repository.commit("graft", {FILE: "2"}, "main", said)
    assert made(repository, head="graft") == (said, False)


@pytest.mark.takes_long
def test_of_more_commits_than_a_proposal_has_nothing_is_said(repository: Repository) -> None:
    repository.commit("change", {FILE: "2"}, "main")
    for number in range(MAX_COMMITS):
        repository.commit("change", {"registry/b": f"{number}"})
    found = origins(repository)
    assert found.of(FILE) is not None, "one more, for the merge"
    repository.commit("change", {"registry/b": "x"})
    found = origins(repository)
    assert (found.of(FILE), found.commits) == (None, ())


def test_signatures_are_told_apart_by_their_key_alone(repository: Repository) -> None:
    plain = repository.commit("change", {FILE: "2"}, "main")
    signed = repository.sign("change", "ANN")
    found = origins(repository)
    ann, bob = public_key("ANN"), public_key("BOB")
    assert found.is_signed(signed, [bob, ann])
    assert not found.is_signed(signed, [bob])
    assert not found.is_signed(signed, [])
    assert not found.is_signed(plain, [ann])
    assert not found.is_signed(signed, [f"ssh-ed25519 {'A' * 68}"]), "no key, and no error"


@pytest.mark.parametrize("seed", range(8))
def test_the_origin_is_the_same_with_and_without_what_is_known(tmp_path: Path, seed: int) -> None:
    """Steps of a random line, each asked with what the look at the line tells and without it."""
    chance, repository = random.Random(seed), Repository(tmp_path / "repository")
    base = repository.commit("main", {FILE: "0"})
    known = [base]
    for at in range(24):
        fork, content = chance.choice(known[-4:]), str(chance.randrange(3))
        side = repository.commit("side", {FILE: content, f"side-{at}": "1"}, fork)
        if chance.random() < 0.3:
            side = repository.commit("side", {FILE: str(chance.randrange(3))}, side, *chance.sample(known, 1))
        kept: dict[str | bytes, Content] = chance.choice([{FILE: content}, {FILE: str(chance.randrange(3))}, {}])
        parents = [repository.tip("refs/heads/main")[0], *([side] if chance.random() < 0.7 else [])]
        known += [repository.commit("main", {**kept, f"main-{at}": "1"}, *parents), side]
    repo = Repo(repository.path)
    line = repo.line(base, repo.commit("main")) or []
    arriving, places, moves = arrivals(repo, line), {base: 0}, dict[str, int]()
    for place, (parent, commit) in enumerate(line, 1):
        start = places.get(arriving[commit].fork or "")
        since = None if start is None else frozenset(path for path, moved in moves.items() if moved > start)
        asked, told = (
            Origins(repo, parent, commit, more) for more in (None, KnownStep(arriving[commit], since, lambda _: None))
        )
        origin = asked.of(FILE)
        assert origin == told.of(FILE)
        assert sorted(asked.commits) == sorted(told.commits)
        assert origin is None or asked.is_current(origin) == told.is_current(origin)
        places[commit] = place
        moves |= dict.fromkeys(repo.changes(parent, commit), place)
