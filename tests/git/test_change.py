"""A change: the tree that its merge would give, and the files that it changed itself."""

from pathlib import Path

import pytest

from tests.repository import Changes, Repository
from validator.git.change import (
    MAX_MERGED_BYTES,
    Intent,
    Joining,
    Landing,
    differing,
    has_landed,
    joining,
    landing,
    landing_alone,
    registry_files,
    with_others,
)
from validator.git.repo import Repo
from validator.git.trees import TWICE, Entry

LINES = "".join(f"{number}\n" for number in range(20))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "registry.git")
    repository.commit("main", {"registry/a": LINES, "registry/b": "1"})
    return repository


def landed(repository: Repository, base: str = "main", head: str = "change") -> tuple[Landing, Repo]:
    repo = Repo(repository.path)
    return landing(repo, repo.commit(base), repo.commit(head)), repo


def content(repo: Repo, entry: Entry) -> bytes:
    return repo.blobs([entry.oid])[entry.oid]


def test_a_change_on_top_of_its_base_is_not_merged(repository: Repository) -> None:
    head = repository.commit("change", {"registry/a": None, "registry/c": "1"}, "main")
    found, repo = landed(repository)
    assert (found.merge, found.merged, found.fork) == (None, None, repo.commit("main"))
    assert (found.before, found.after) == (repo.tree(found.fork or ""), repo.tree(head))
    assert found.intent == {
        "registry/a": Intent(found.before["registry/a"], None),
        "registry/c": Intent(None, found.after["registry/c"]),
    }


def test_the_files_of_a_change_alone_are_as_in_the_whole(repository: Repository) -> None:
    """One on top of its base, and one that has to be merged: it alters a file, takes one away and brings one."""
    repository.commit("change", {"registry/a": f"first\n{LINES}", "registry/b": None, "registry/c": "1"}, "main")
    for base in ("main", "moved"):
        repository.commit("moved", {"registry/d": "1"}, "main")
        whole, repo = landed(repository, base)
        alone = landing_alone(repo, repo.commit(base), repo.commit("change"))
        assert alone
        for files, all_files in ((alone.before, whole.before), (alone.after, whole.after)):
            assert {path: files.get(path) for path in whole.intent} == {
                path: all_files.get(path) for path in whole.intent
            }, base
        assert alone.merge == whole.merge


def test_a_mode_is_part_of_it(repository: Repository) -> None:
    repository.commit("change", {"registry/b": ("100755", "1")}, "main")
    found, _ = landed(repository)
    assert found.intent == {
        "registry/b": Intent(found.before["registry/b"], found.before["registry/b"]._replace(mode="100755"))
    }


def test_beside_its_base_it_is_merged(repository: Repository) -> None:
    fork = repository.git("rev-parse", "main")
    repository.commit("change", {"registry/a": f"{LINES}last\n"}, "main")
    repository.commit("main", {"registry/a": f"first\n{LINES}", "registry/c": "1"})
    found, repo = landed(repository)
    assert found.merge
    assert (found.fork, found.merge.conflicts) == (fork, ())
    assert found.merged == found.merge.tree == repository.git("merge-tree", "--write-tree", "main", "change")
    assert content(repo, found.after["registry/a"]) == f"first\n{LINES}last\n".encode()
    assert sorted(found.after) == ["registry/a", "registry/b", "registry/c"]
    assert list(found.intent) == ["registry/a"]


def test_intent_is_kept_when_the_merge_changes_nothing(repository: Repository) -> None:
    repository.commit("change", {"registry/c": "same"}, "main")
    repository.commit("main", {"registry/c": "same"})
    found, repo = landed(repository)
    assert found.merged == repo.tree_of(repo.commit("main"))
    assert found.after == found.before
    assert list(found.intent) == ["registry/c"]
    assert found.intent["registry/c"].before is None


def test_a_landed_change_has_no_effect(repository: Repository) -> None:
    repository.commit("main", {"registry/c": "1"})
    for head in ("main", "main~1"):
        found, _ = landed(repository, "main", head)
        assert found.intent == {}
        assert found.after == found.before


def test_a_conflict_keeps_the_files_of_the_change(repository: Repository) -> None:
    repository.commit("change", {"registry/a": "mine", "registry/b": None, "registry/c": "1"}, "main")
    repository.commit("main", {"registry/a": "theirs", "registry/d": "1"})
    found, repo = landed(repository)
    assert found.merge
    assert (found.merge.conflicts, found.merged) == (("registry/a",), None)
    assert sorted(found.after) == ["registry/a", "registry/c", "registry/d"]
    assert content(repo, found.after["registry/a"]) == b"mine"
    assert found.after["registry/a"].size == len("mine")


def test_an_unrelated_history_conflicts_in_all_its_files(repository: Repository) -> None:
    repository.commit("change", {"registry/a": "mine", "registry/c": "1"}, orphan=True)
    found, _ = landed(repository)
    assert found.merge
    assert (found.fork, found.merged, found.merge.conflicts) == (None, None, ("registry/a", "registry/c"))
    assert all(intent.before is None for intent in found.intent.values())
    assert sorted(found.after) == ["registry/a", "registry/b", "registry/c"]
    assert found.after["registry/a"].size == len("mine")


def test_an_empty_unrelated_history_is_not_merged(repository: Repository) -> None:
    repository.commit("change", {}, orphan=True)
    found, _ = landed(repository)
    assert (found.fork, found.merged, found.intent) == (None, None, {})
    assert found.after == found.before


def test_large_files_of_both_sides_are_not_merged(repository: Repository) -> None:
    """Git could merge these, and others of that size would keep it busy for minutes."""
    large = LINES * (MAX_MERGED_BYTES // 3 // len(LINES) + 1)
    both: Changes = {"registry/large": large, "registry/b": "2"}
    repository.commit("main", both)
    repository.commit("change", {"registry/large": f"{large}last\n", "registry/c": "1"}, "main")
    repository.commit("main", {"registry/large": f"first\n{large}", "registry/b": "3"})
    found, _ = landed(repository)
    assert found.merge
    assert (found.merge.conflicts, found.merged) == (("registry/large",), None)
    assert sorted(found.after) == ["registry/a", "registry/b", "registry/c", "registry/large"]


def test_large_files_of_one_side_do_not_prevent_a_merge(repository: Repository) -> None:
    repository.commit("change", {"registry/large": "x" * (MAX_MERGED_BYTES + 1)}, "main")
    repository.commit("main", {"registry/c": "1"})
    found, _ = landed(repository)
    assert found.merged == repository.git("merge-tree", "--write-tree", "main", "change")


def test_the_projects_files_are_there_where_the_change_touches_them(repository: Repository) -> None:
    repository.commit("main", {"docs/same": "1", "docs/old": "1", "docs/gone": "1", "docs/both": LINES})
    head = repository.commit("change", {"docs/old": "2", "docs/gone": None, "docs/new": ("100755", "1")}, "main")
    found, repo = landed(repository)
    touched = {"docs/old", "docs/gone", "docs/new"}
    assert differing(found.before, found.after) == set(found.intent) == touched
    assert "docs/same" not in found.before
    mode = repo.tree(head)["docs/new"].mode
    assert (found.after["docs/new"].mode, content(repo, found.before["docs/old"])) == (mode, b"1")
    repository.commit("change", {"docs/both": f"{LINES}last\n", "docs/twice": "1"})
    repository.commit("main", {"docs/both": f"first\n{LINES}", "docs/twice": "1", "docs/moved": "1"})
    found, repo = landed(repository)
    assert found.merged
    assert differing(found.before, found.after) == {*touched, "docs/both"}
    assert set(found.intent) == {*touched, "docs/both", "docs/twice"}
    assert content(repo, found.after["docs/both"]) == f"first\n{LINES}last\n".encode()
    assert found.before["docs/twice"] == found.after["docs/twice"]
    repository.commit("main", {"docs/old": "3"})
    found, _ = landed(repository)
    assert found.merge
    assert (found.merged, found.merge.conflicts) == (None, ("docs/old",))
    assert differing(found.before, found.after) == {*touched, "docs/both"}


def test_of_a_hundred_thousand_files_beside_the_registry_none_is_listed(repository: Repository) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"")
    folder = repository.git("mktree", stdin="".join(f"100644 blob {blob}\t{n}\n" for n in range(1_000)).encode())
    beside = repository.git("mktree", stdin="".join(f"040000 tree {folder}\t{n}\n" for n in range(120)).encode())
    rows = repository.git("ls-tree", "main")
    tree = repository.git("mktree", stdin=f"{rows}\n040000 tree {beside}\tbeside\n".encode())
    repository.commit_tree(tree, "main", branch="main")
    repository.commit("change", {"registry/c": "1", "beside/7/1001": "new"}, "main")
    found, _ = landed(repository)
    assert sorted(found.before) == ["registry/a", "registry/b"]
    assert sorted(found.after) == ["beside/7/1001", "registry/a", "registry/b", "registry/c"]


def test_a_name_that_some_file_systems_take_for_the_registry_is_listed(repository: Repository) -> None:
    repository.commit("main", {"Registry/a": "1", "registry./a": "1", "reg\u200bistry": "1", "registry.md": "1"})
    found, _ = landed(repository, "main", "main")
    assert set(found.after) == {"registry/a", "registry/b", "Registry/a", "registry./a", "reg\u200bistry"}


def test_differing() -> None:
    one = {"same": Entry("100644", "1", 3), "mode": Entry("100644", "1"), "gone": Entry("100644", "1")}
    other = {"same": Entry("100644", "1"), "mode": Entry(TWICE, "1"), "new": Entry("100644", "2")}
    assert differing(one, other) == {"mode", "gone", "new"}


OWN, OTHER = "registry/sessions/02.yaml", "registry/sessions/03.yaml"


@pytest.mark.parametrize(
    ("history", "superseded"),
    [
        ([{"a": "1"}], ()),
        ([{OTHER: "1"}], ()),
        ([{OWN: "another"}], (OWN,)),
        ([{OWN: "new"}], (OWN,)),
        ([{OWN: None}], (OWN,)),
        ([{OWN: "another"}, {OWN: "old"}], (OWN,)),
        ([{OWN: None}, {"a": "1"}, {OWN: "old"}, {"a": "2"}], (OWN,)),
    ],
    ids=["project", "another's", "amended", "same change", "released", "and back", "another life"],
)
def test_a_change_counts_for_the_version_that_it_began_from(
    repository: Repository, history: list[Changes], superseded: tuple[str, ...]
) -> None:
    repository.commit("main", {OWN: "old"})
    repository.commit("change", {OWN: "new", "z": "1"}, "main")
    for changes in history:
        repository.commit("main", changes)
    assert landed(repository)[0].superseded == superseded
    # As it would be merged by hand, whatever comes out.
    merge = repository.commit("merged", {OWN: "new", "z": "1"}, "main", "change")
    assert joined(repository, merge).superseded == superseded


def joined(repository: Repository, merge: str, *, whole: bool = False) -> Joining:
    repo = Repo(repository.path)
    ours, theirs = repo.parents(merge)
    trees = registry_files(repo, ours), registry_files(repo, merge)
    fork = repo.merge_base(ours, theirs)
    return joining(repo, fork, ours, theirs, *with_others(repo, ours, trees[0], merge, trees[1]), whole=whole)


def test_what_a_proposal_has_merged_is_no_new_version(repository: Repository) -> None:
    """A session amends on top of its merged proposal, while main has moved on between the two."""
    repository.commit("change", {OWN: "first"}, "main")
    repository.commit("main", {"a": "1"})
    repository.merge("change")
    repository.commit("change", {OWN: "second"})
    assert landed(repository)[0].superseded == ()


def test_a_proposal_that_a_merge_left_out_is_no_version_of_mains(repository: Repository) -> None:
    """An old merge with `-s ours`: the session goes on from what it has proposed, and main never had that."""
    repository.commit("main", {OWN: "old"})
    repository.commit("change", {OWN: "proposed"}, "main")
    repository.commit_tree("main^{tree}", "main", "change", branch="main")
    repository.commit("change", {OWN: "newer"})
    assert landed(repository)[0].superseded == (OWN,)


@pytest.mark.parametrize(
    ("made", "altered", "of_the_whole"),
    [
        ({OWN: "new", "z": "1"}, (), ()),
        ({OWN: "new"}, (), ("z",)),
        ({}, (OWN,), (OWN, "z")),
        ({OWN: "newer", "z": "1"}, (OWN,), (OWN,)),
        ({OWN: ("100755", "new"), "z": "1"}, (OWN,), (OWN,)),
        ({OWN: "new", "z": "1", OTHER: None}, (OTHER,), (OTHER,)),
        ({OWN: "new", "z": "1", "b": "2"}, (), ("b",)),
        ({OWN: "new", "z": "1", "same": None}, (), ("same",)),
    ],
    ids=[
        "as it is",
        "without the project's",
        "ours",
        "edited",
        "mode",
        "takes back",
        "with more",
        "takes back of both",
    ],
)
def test_a_merge_is_compared_with_its_merged_parents(
    repository: Repository, made: Changes, altered: tuple[str, ...], of_the_whole: tuple[str, ...]
) -> None:
    repository.commit("main", {OWN: "old", OTHER: "3"})
    repository.commit("change", {OWN: "new", "z": "1", "same": "of both"}, "main")
    repository.commit("main", {"c": "moved on", "same": "of both"})
    merge = repository.commit("merged", made, "main", "change")
    assert joined(repository, merge) == Joining(altered, ())
    assert joined(repository, merge, whole=True).altered == of_the_whole


def test_a_merge_of_another_history(repository: Repository) -> None:
    repository.commit("change", {OWN: "new"}, orphan=True)
    merge = repository.commit("merged", {OWN: "new"}, "main", "change")
    assert joined(repository, merge) == Joining()


def test_many_files_at_once(repository: Repository) -> None:
    """More than a command line has room for."""
    files: Changes = {f"registry/{number}{'x' * 200}": "old" for number in range(101)}
    repository.commit("main", files)
    repository.commit("change", dict.fromkeys(files, "new"), "main")
    repository.commit("main", {"registry/0" + "x" * 200: "another", "registry/other": "not of the change"})
    repository.commit("main", {"registry/0" + "x" * 200: "old"})
    assert landed(repository)[0].superseded == ("registry/0" + "x" * 200,)


def test_a_proposal_has_landed_where_main_took_it(repository: Repository) -> None:
    proposal = repository.commit("change", {OWN: "new"}, "main")
    repo, before = Repo(repository.path), repository.git("rev-parse", "main")
    assert not has_landed(repo, before, proposal)
    repository.commit("main", {"a": "moved on"})
    repository.merge("change")
    repository.commit("main", {OWN: "amended since"})
    assert has_landed(repo, repository.git("rev-parse", "main"), proposal)
    # A commit of main's own line, its first one too.
    assert has_landed(repo, repository.git("rev-parse", "main"), before)
    assert has_landed(repo, before, before)
    fast = repository.commit("fast", {OWN: "on top"}, "main")
    assert has_landed(repo, fast, fast)
    assert has_landed(repo, repository.commit("fast", {"a": "more"}), fast)


def test_a_merge_that_drops_a_proposal_does_not_land_it(repository: Repository) -> None:
    proposal = repository.commit("change", {OWN: "new"}, "main")
    repo = Repo(repository.path)
    ours = repository.commit_tree("main^{tree}", "main", "change", branch="ours")
    assert not has_landed(repo, ours, proposal)
    later = repository.commit("ours", {"a": "code"})
    assert not has_landed(repo, later, proposal), "what main does afterwards does not land it"
    # Nor does one inside a branch that main merges as it is.
    merged = repository.commit("main", {"a": "code"}, "main", "ours")
    assert not has_landed(repo, merged, proposal)
    # Nor a history of its own.
    other = repository.commit("other", {OWN: "new"}, orphan=True)
    assert not has_landed(repo, repository.commit_tree("main^{tree}", "main", "other", branch="main"), other)
