"""Reading real Git repositories without changing them or running their code."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import ROOT, Changes, Repository, environment
from tests.shell import in_settings, program, quoted
from validator.git import history
from validator.git.history import Merge, Step
from validator.git.program import emptied
from validator.git.repo import Repo
from validator.git.trees import Entry
from validator.model.errors import FatalError

EMPTY = {"sha1": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"}
ODD_PATHS = (
    b"registry/sessions/\xff.yaml",
    "registry/sessions/０6.yaml".encode(),
    "e\u0301".encode(),
    "\u00e9".encode(),
    b"a\nb",
    b"a\tb",
    b'a"b\\c',
    b"trailing ",
    b" ",
    b"-n",
    b":(top)x",
    b"*",
    b"0123456789abcdef0123456789abcdef01234567 17",
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "registry.git")


def snapshot_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file under a folder with mode and content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return {str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"") for path in files}


class TestReading:
    def test_tree_keeps_every_path_byte_for_byte(self, repository: Repository) -> None:
        head = repository.commit("main", dict.fromkeys(ODD_PATHS, ""))
        expected = {path.decode("utf-8", "surrogateescape"): Entry("100644", EMPTY["sha1"], 0) for path in ODD_PATHS}
        assert Repo(repository.path).tree(head) == expected

    def test_tree_lists_empty_folders(self, repository: Repository) -> None:
        empty = repository.git("mktree", stdin=b"")
        outer = repository.git("mktree", stdin=f"040000 tree {empty}\tinner\n".encode())
        tree = repository.git("mktree", stdin=f"040000 tree {empty}\ta\n040000 tree {outer}\tb\n".encode())
        folder = Entry("040000", empty)
        assert Repo(repository.path).tree(tree) == {"a": folder, "b/inner": folder}

    def test_tree_distinguishes_files_from_other_entries(self, repository: Repository) -> None:
        oid = "1" * 40
        files: Changes = {
            "a": "text",
            "b": ("100755", ""),
            "c": ("120000", "../a"),
            "d": ("160000", oid),
            "e/f/g": b"\xff",
        }
        tree = Repo(repository.path).tree(repository.commit("main", files))
        assert {path: (entry.mode, entry.size) for path, entry in tree.items()} == {
            "a": ("100644", 4),
            "b": ("100755", 0),
            "c": ("120000", 4),
            "d": ("160000", None),
            "e/f/g": ("100644", 1),
        }
        assert tree["d"].oid == oid

    def test_the_top_of_a_tree(self, repository: Repository) -> None:
        head = repository.commit("main", {"a": "text", "b/c": "1", b"\xff\n": ("120000", "a")})
        oids = [repository.git("rev-parse", f"main:{name}") for name in ("a", "b")]
        repo = Repo(repository.path)
        top = repo.trees.top(head)
        assert top[:2] == (("100644", b"a", oids[0]), ("040000", b"b", oids[1]))
        assert top[2][:2] == ("120000", b"\xff\n")

    def test_some_of_a_tree(self, repository: Repository) -> None:
        head = repository.commit("main", {"a": "text", "b/c": "1", "b/d/a": "1", "bc": "1"})
        assert list(Repo(repository.path).tree(head, lambda name: name == "b")) == ["b/c", "b/d/a"]
        assert Repo(repository.path).tree(head, lambda name: False) == {}

    def test_a_tree_that_lists_a_name_twice(self, repository: Repository) -> None:
        blob = repository.git("hash-object", "-w", "--stdin", stdin=b"a")
        entry = b"100644 a\0" + bytes.fromhex(blob)
        tree = repository.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=entry * 2)
        assert Repo(repository.path).tree(tree)["a"].mode == "twice"

    def test_blobs_in_one_batch(self, repository: Repository) -> None:
        contents = [b"", b"\n", b"a\nb\n", b"\x00\xff", b"x" * 100_000, b"blob 3\nabc"]
        oids = [repository.git("hash-object", "-w", "--stdin", stdin=content) for content in contents]
        repo = Repo(repository.path)
        assert repo.blobs([*oids, *oids]) == dict(zip(oids, contents, strict=True))
        assert repo.sizes([*oids, "0" * 40]) == {oid: len(c) for oid, c in zip(oids, contents, strict=True)}
        assert repo.blobs([]) == {}
        with pytest.raises(FatalError, match=r"object 0{40} is missing from the repository; run: git fsck"):
            repo.blobs([oids[0], "0" * 40])

    def test_what_arrives_after_the_first_question_is_found(self, repository: Repository) -> None:
        first, repo = repository.commit("main", {"a": "1"}), Repo(repository.path)
        assert (repo.commit("main"), list(repo.blobs([first]))) == (first, [first])
        second = repository.commit("main", {"a": "2"})
        repository.git("repack", "-a", "-d", "-q")
        repository.git("pack-refs", "--all")
        assert (repo.commit("main"), list(repo.blobs([second]))) == (second, [second])

    def test_an_object_that_cannot_be_read_is_in_no_other_s_way(self, repository: Repository) -> None:
        broken, sound = (repository.git("hash-object", "-w", "--stdin", stdin=text) for text in (b"a" * 99, b"b"))
        file = repository.path / "objects" / broken[:2] / broken[2:]
        file.chmod(0o644)
        file.write_bytes(file.read_bytes()[:-8])
        repo = Repo(repository.path)
        for _ in range(2):
            with pytest.raises(FatalError, match=f"git cat-file: .*{broken}"):
                repo.blobs([broken, sound])
            assert repo.blobs([sound]) == {sound: b"b"}

    def test_commits_are_read_with_tree_and_time(self, repository: Repository) -> None:
        head = repository.commit("main", {"a": ""}, time=1_234_567_890)
        content = Repo(repository.path).blobs([head])[head]
        assert Repo.read_commit(content) == (repository.git("rev-parse", "main^{tree}"), 1_234_567_890)

    @pytest.mark.parametrize(
        ("committer", "time"),
        [
            (b"A <a> 5 +0000", 5),
            (b"A <a> -5 +0000", -5),
            (b"<> 5 -0130", 5),
            (b"> 1 +0000 <x> 7 +0000", 7),
            (b"A <a> " + b"9" * 30 + b" +0000", 0),
            (b"nobody", 0),
        ],
    )
    def test_any_committer_will_do(self, committer: bytes, time: int) -> None:
        content = b"tree " + b"a" * 40 + b"\ncommitter " + committer + b"\n\ncommitter B <b> 9 +0000\n"
        assert Repo.read_commit(content) == ("a" * 40, time)

    def test_changes_without_renames(self, repository: Repository) -> None:
        old = repository.commit("main", {"a": "text", "b": "more", "c": "same", b"\xff\n": "odd"})
        new = repository.commit("main", {"a": None, "z": "text", "b": ("120000", "more"), b"\xff\n": "even"})
        changes = Repo(repository.path).changes(old, new)
        modes = {path: tuple(entry and entry.mode for entry in pair) for path, pair in changes.items()}
        assert modes == {
            "a": ("100644", None),
            "z": (None, "100644"),
            "b": ("100644", "120000"),
            "\udcff\n": ("100644", "100644"),
        }

    @pytest.mark.parametrize("what", ["main:a", "main:folder", "main^{tree}"])
    def test_a_missing_object_is_the_environment_s_fault(self, repository: Repository, what: str) -> None:
        head = repository.commit("main", {"a": "text", "folder/b": "more"})
        oid = repository.git("rev-parse", what)
        (repository.path / "objects" / oid[:2] / oid[2:]).unlink()
        with pytest.raises(FatalError, match=f"{oid}|the tree of {head} is missing"):
            Repo(repository.path).tree(head)


class TestRevisions:
    def test_every_way_to_name_a_commit(self, repository: Repository) -> None:
        first, second = repository.commit("main", {"a": "1"}), repository.commit("main", {"a": "2"})
        repository.git("tag", "-a", "-m", "words", "v1", first, variables=AUTHOR)
        repo = Repo(repository.path)
        names = ("main", "HEAD", "@", "main~1", "main^", "refs/heads/main", "v1", first[:10], second, "main@{0}", "x")
        found = [second, second, second, first, first, second, first, first, second, None, None]
        assert [repo.resolve(name)[0] for name in names[:9]] == found[:9]
        assert repo.resolve("main", "x", "main~1") == [second, None, first]

    @pytest.mark.parametrize(
        "name",
        [
            *("", "-h", "--batch", "main\n", "main\nHEAD", "main^{tree}", ":/a", "main:a", " main", "main ", "x..y"),
            *("^main", "main;id", "$(id)", "0" * 40, "../main", "\udcff", "é"),
        ],
    )
    def test_what_names_no_commit(self, repository: Repository, name: str) -> None:
        repository.commit("main", {"a": "1"})
        with pytest.raises(FatalError, match="names no commit here; see: git branch --all"):
            Repo(repository.path).commit(name)

    def test_a_branch_goes_before_a_tag_and_a_file(self, repository: Repository) -> None:
        first, second = repository.commit("main", {"a": "1"}), repository.commit("main", {"a": "2"})
        names = ("main", "-x", "--help", "-", "@x", "HEAD-fix", "HEADS-UP", "a@b", "x{y", "é", "\udcff", f"{'0' * 39}a")
        for name in names:
            repository.git("update-ref", f"refs/tags/{name}", first)
            repository.git("update-ref", f"refs/heads/{name}", second)
        assert Repo(repository.path).resolve(*names) == [second] * len(names)

    def test_the_branch_that_another_one_follows(self, repository: Repository) -> None:
        found = repository.commit("main", {"a": "1"})
        repository.git("branch", "--track", "topic", "main")
        assert Repo(repository.path).resolve("topic@{upstream}", "topic@{u}", "main") == [found] * 3


class TestMerging:
    def test_clean(self, repository: Repository) -> None:
        base = repository.commit("main", {"a": "1", "b": "1"})
        head = repository.commit("change", {"b": "2"}, base)
        main = repository.commit("main", {"a": "2"})
        repo = Repo(repository.path)
        merge = repo.merge(main, head)
        assert merge.conflicts == ()
        assert set(repo.blobs(entry.oid for entry in repo.tree(merge.tree).values()).values()) == {b"2"}
        repository.merge("change")
        assert merge.tree == repository.git("rev-parse", "main^{tree}")
        assert repo.merge_base(main, head) == base

    def test_conflict(self, repository: Repository) -> None:
        base = repository.commit("main", {"a": "1", "d/e": "1", "gone": "1"})
        head = repository.commit(
            "change", {"a": "2", "d/e": "2", "gone": None, "new\n\udcff".encode(errors="surrogateescape"): "x"}, base
        )
        main = repository.commit("main", {"a": "3", "d/e": "3", "gone": "3", b"new\n\xff": "y"})
        assert Repo(repository.path).merge(main, head).conflicts == ("a", "d/e", "gone", "new\n\udcff")

    def test_identical_additions_merge_cleanly(self, repository: Repository) -> None:
        base = repository.commit("main", {"a": "1"})
        head = repository.commit("change", {"b": "same"}, base)
        main = repository.commit("main", {"b": "same"})
        assert Repo(repository.path).merge(main, head) == Merge(repository.git("rev-parse", "main^{tree}"))

    def test_merge_drivers_and_attributes_are_ignored(self, repository: Repository) -> None:
        ours: Changes = {".gitattributes": "* merge=evil\na merge=union\n", "a": "1\n"}
        base = repository.commit("main", ours)
        ran = repository.path / "ran"
        repository.git("config", "merge.evil.driver", f"{quoted('touch', ran)}; true")
        (repository.path / "info").mkdir(exist_ok=True)
        (repository.path / "info/attributes").write_text("* merge=evil\n")
        head, main = repository.commit("change", {"a": "2\n"}, base), repository.commit("main", {"a": "3\n"})
        assert Repo(repository.path).merge(main, head).conflicts == ("a",)
        assert not ran.exists()
        repository.git("merge-tree", "--write-tree", main, head)
        assert ran.exists(), "Git itself would have run it"

    def test_renames_are_not_followed(self, repository: Repository) -> None:
        text = "line\n" * 20
        base = repository.commit("main", {"old/a": text, "old/b": text + "b"})
        head = repository.commit("change", {"old/a": None, "old/b": None, "new/a": text, "new/b": text + "b"}, base)
        main = repository.commit("main", {"old/c": text + "c"})
        repo = Repo(repository.path)
        assert sorted(repo.tree(repo.merge(main, head).tree)) == ["new/a", "new/b", "old/c"]

    def test_unrelated_histories_have_no_base(self, repository: Repository) -> None:
        one, other = repository.commit("main", {"a": "1"}), repository.commit("other", {"b": "1"}, orphan=True)
        assert Repo(repository.path).merge_base(one, other) is None
        assert Repo(repository.path).merge_base(one, one) == one

    def test_what_a_commit_has_ahead_of_another(self, repository: Repository) -> None:
        base = repository.commit("main", {"a": "1"})
        one = repository.commit("change", {"b": "1"}, base)
        two = repository.commit("change", {"b": "2"})
        main = repository.commit("main", {"a": "2"})
        merge = repository.commit("merge", {}, two, main)
        repo = Repo(repository.path)
        assert repo.ahead(main, one) == {one}
        assert repo.ahead(main, two) == {one, two}
        assert repo.ahead(main, merge) == {one, two, merge}
        assert repo.ahead(one, main) == {main}
        assert repo.ahead(main, main) == repo.ahead(main, base) == set()
        other = repository.commit("other", {"c": "1"}, orphan=True)
        assert repo.ahead(base, other) == {other}

    def test_git_before_2_38_is_refused_with_the_needed_version(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No Git is old enough here: a wrapper answers `merge-tree --write-tree` in the words of Git 2.37."""
        base = repository.commit("main", {"a": "1"})
        head, main = repository.commit("change", {"a": "2"}, base), repository.commit("main", {"b": "2"})
        usage = "usage: git merge-tree <base-tree> <branch1> <branch2>"
        git = subprocess.run(
            ["sh", "-c", "command -v git"], check=True, capture_output=True, encoding="utf-8"
        ).stdout.strip()
        script = f'case "$*" in *merge-tree*) echo "{usage}" >&2; exit 129;; esac\nexec {quoted(git)} "$@"'
        old = program(tmp_path / "bin" / "git", script)
        monkeypatch.setenv("PATH", str(old.parent), prepend=os.pathsep)
        with pytest.raises(FatalError, match=r"this Git cannot merge in memory; install Git 2\.38 or newer"):
            Repo(repository.path).merge(main, head)


class TestFirstParentLine:
    def steps(self, repository: Repository, *paths: str) -> list[tuple[str, str, str]]:
        """(commit, path, what happened) of every step of main."""
        kinds = {(True, False): "added", (False, False): "changed", (False, True): "removed"}
        steps = Repo(repository.path).steps(repository.git("rev-parse", "main"), paths or ["a", "b", "c"])
        assert all(isinstance(step, Step) for step in steps)
        return [(step.commit, step.path, kinds[step.old is None, step.new is None]) for step in steps]

    def test_who_waits_for_a_long_line_is_told_how_far_it_is(
        self, repository: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The line is compared part by part, and nothing of it is lost between them."""
        monkeypatch.setattr(history, "PART", 2)
        for name in "abcba":
            repository.commit("main", {name: repository.git("rev-list", "--count", "--all")})
        repo, said = Repo(repository.path), list[tuple[int, int]]()
        repo.walked = lambda done, of: said.append((done, of))
        assert [step.path for step in repo.steps(repo.commit("main"), ["a", "b", "c"])] == list("abcba")
        assert said == [(2, 5), (4, 5), (5, 5)]

    def test_arrivals_changes_releases_and_returns(self, repository: Repository) -> None:
        one = repository.commit("main", {"a": "1", "x": ""})
        two = repository.commit("main", {"b": "1", "a": "2"})
        three = repository.commit("main", {"a": None})
        repository.commit("main", {"x": "not asked for"})
        five = repository.commit("main", {"a": "1"})
        assert self.steps(repository) == [
            (one, "a", "added"),
            (two, "a", "changed"),
            (two, "b", "added"),
            (three, "a", "removed"),
            (five, "a", "added"),
        ]
        assert self.steps(repository, "nowhere") == []

    def test_a_merge_is_one_step_at_the_time_of_the_merge(self, repository: Repository) -> None:
        base = repository.commit("main", {"x": ""})
        repository.commit("change", {"a": "draft"}, base)
        repository.commit("change", {"a": "better", "b": "oops"})
        repository.commit("change", {"b": None})
        late = repository.commit("main", {"c": "first on main"})
        merge = repository.merge("change")
        assert self.steps(repository) == [(late, "c", "added"), (merge, "a", "added")]

    def test_what_both_sides_have_arrived_with_the_first(self, repository: Repository) -> None:
        base = repository.commit("main", {"x": ""})
        repository.commit("change", {"a": "same"}, base)
        first = repository.commit("main", {"a": "same"})
        repository.merge("change")
        assert self.steps(repository) == [(first, "a", "added")]

    def test_what_a_merge_commit_brings_itself(self, repository: Repository) -> None:
        base = repository.commit("main", {"x": ""})
        side = repository.commit("change", {"b": "1"}, base)
        evil = repository.commit("main", {"a": "nowhere before", "b": "1"}, base, side)
        assert self.steps(repository) == [(evil, "a", "added"), (evil, "b", "added")]

    def test_renames_are_a_removal_and_an_arrival(self, repository: Repository) -> None:
        one = repository.commit("main", {"a": "line\n" * 20})
        two = repository.commit("main", {"a": None, "b": "line\n" * 20})
        assert self.steps(repository) == [(one, "a", "added"), (two, "a", "removed"), (two, "b", "added")]
        assert self.steps(repository, "b") == [(two, "b", "added")]

    def test_commit_dates_are_ignored(self, repository: Repository) -> None:
        one = repository.commit("main", {"a": "1"}, time=2_000_000_000)
        two = repository.commit("main", {"b": "1"}, time=1)
        assert self.steps(repository) == [(one, "a", "added"), (two, "b", "added")]
        times = [step.time for step in Repo(repository.path).steps(two, ["a", "b"])]
        assert times == [2_000_000_000, 1]

    def test_paths_are_taken_as_they_are(self, repository: Repository) -> None:
        odd = "registry/sessions/" + "0" * 40 + " 17"
        one = repository.commit("main", {b"registry/sessions/\xff\n": "", odd: "", "*": "", "a": ""})
        assert [path for _, path, _ in self.steps(repository, "registry/sessions")] == [
            odd,
            "registry/sessions/\udcff\n",
        ]
        assert self.steps(repository, "*") == [(one, "*", "added")]
        assert self.steps(repository, ":(glob)**") == []

    def test_repository_settings_are_ignored(self, repository: Repository) -> None:
        base = repository.commit("main", {"a": "line\n" * 20})
        repository.commit("change", {"b": "1"}, base)
        repository.commit("main", {"a": None, "c": "line\n" * 20})
        repository.merge("change")
        expected = self.steps(repository)
        for setting in ("log.follow=true", "diff.renames=copies", "log.diffMerges=combined", "diff.relative=true"):
            repository.git("config", *setting.split("="))
        repository.git("config", "diff.orderFile", "/dev/null")
        repository.git("replace", "--graft", repository.git("rev-parse", "main"))
        (repository.path / "info").mkdir(exist_ok=True)
        (repository.path / "info/grafts").write_text(repository.git("rev-parse", "main") + "\n")
        assert self.steps(repository) == expected

    def test_line(self, repository: Repository) -> None:
        root = repository.commit("main", {"x": "0"})
        side = repository.commit("change", {"a": "1"}, root)
        one = repository.commit("main", {"x": "1"})
        merge = repository.merge("change")
        repo = Repo(repository.path)
        assert repo.line(root, merge) == [(root, one), (one, merge)]
        assert repo.line(one, merge) == [(one, merge)]
        assert repo.line(merge, merge) == []
        assert repo.line(side, merge) is None  # merged, and not on the line
        assert repo.line(merge, one) is None  # back
        other = repository.commit("other", {"y": ""}, orphan=True)
        assert repo.line(merge, other) is None

    def test_a_merge_the_wrong_way_round_leaves_the_line(self, repository: Repository) -> None:
        root = repository.commit("main", {"x": "0"})
        repository.commit("change", {"a": "1"}, root)
        main = repository.commit("main", {"x": "1"})
        wrong = repository.merge("main", into="change")
        assert Repo(repository.path).line(main, wrong) is None


class TestMoving:
    def test_a_ref_moves_only_from_where_it_is_believed_to_be(self, repository: Repository) -> None:
        first, second = repository.commit("main", {"a": "1"}), repository.commit("main", {"a": "2"})
        repo, ref = Repo(repository.path), "refs/heads/claim/04"
        assert repo.move(ref, first, None) is None
        assert "already exists" in (repo.move(ref, second, None) or "")
        assert "but expected" in (repo.move(ref, second, second) or "")
        assert repo.resolve(ref) == [first]
        assert repo.move(ref, second, first) is None
        assert repo.resolve(ref) == [second]

    def test_a_stale_lock_does_not_block_an_update(self, repository: Repository) -> None:
        head = repository.commit("main", {"a": "1"})
        lock = repository.path / "refs/heads/claim/04.lock"
        lock.parent.mkdir()
        lock.touch()
        os.utime(lock, (0, 0))
        assert Repo(repository.path).move("refs/heads/claim/04", head, None) is None
        assert not lock.exists()


class TestPlaces:
    def test_outside_of_any_repository(self, tmp_path: Path) -> None:
        with pytest.raises(FatalError, match="is not inside a Git repository"):
            Repo(tmp_path)
        with pytest.raises(FatalError, match="is not inside a Git repository"):
            Repo(tmp_path / "nowhere")

    def test_a_shallow_clone_is_refused(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit("main", {"a": "1"})
        repository.commit("main", {"a": "2"})
        clone = tmp_path / "clone"
        repository.git("clone", "--quiet", "--depth=1", repository.path.as_uri(), str(clone))
        with pytest.raises(FatalError, match="a shallow clone does not hold who was first; run: git fetch --unshallow"):
            Repo(clone)
        subprocess.run(["git", "-C", clone, "fetch", "--quiet", "--unshallow"], check=True, env=environment())
        assert len(Repo(clone).steps(repository.git("rev-parse", "main"), ["a"])) == 2

    def test_a_shallow_clone_s_linked_worktree_is_refused(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit("main", {"a": "1"})
        repository.commit("main", {"a": "2"})
        repository.git("clone", "--quiet", "--depth=1", repository.path.as_uri(), str(tmp_path / "clone"))
        linked = ["worktree", "add", "--quiet", str(tmp_path / "linked")]
        subprocess.run(["git", "-C", tmp_path / "clone", *linked], check=True, env=environment(), capture_output=True)
        with pytest.raises(FatalError, match="shallow"):
            Repo(tmp_path / "linked")

    def test_folder_of_a_working_tree_or_of_a_bare_repository(self, repository: Repository, tmp_path: Path) -> None:
        head = repository.commit("main", {"folder/a": "1"})
        clone = tmp_path / "clone"
        repository.git("clone", "--quiet", str(repository.path), str(clone))
        assert Repo(clone / "folder").top == clone
        assert Repo(clone / "folder").commit("HEAD") == head
        assert Repo(repository.path).top is None
        assert Repo(repository.path / "objects").commit("main") == head

    def test_linked_worktree_and_git_file(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit("main", {"folder/a": "1"})
        other = repository.commit("other", {"b": "2"}, "main")
        linked = tmp_path / "linked"
        repository.git("worktree", "add", "--quiet", str(linked), "other")
        repo = Repo(linked / "folder")
        assert repo.top == linked
        assert repo.commit("HEAD") == other
        assert sorted(repo.tree(other)) == ["b", "folder/a"]
        assert sorted(repo.tree(repo.working_tree_commit())) == ["b", "folder/a"]

    def test_the_repository_is_found_from_the_folder_not_the_environment(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A hook's environment names its own repository; and a folder may belong to another user."""
        head = repository.commit("main", {"a": "1"})
        other = Repository(tmp_path / "other.git")
        monkeypatch.setenv("GIT_DIR", str(other.path))
        monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.path))
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        repo = Repo(repository.path / "objects")
        assert (repo.folder, repo.top, repo.commit("main")) == (repository.path, None, head)

    def test_a_folder_with_signs_in_its_name(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / os.fsdecode('a "b"\n$HOME %x é'.encode()))
        head = repository.commit("main", {"a": "1"})
        assert list(Repo(repository.path).tree(head)) == ["a"]

    def test_objects_borrowed_from_another_repository(self, repository: Repository, tmp_path: Path) -> None:
        head = repository.commit("main", {"a": "1"})
        repository.git("clone", "--quiet", "--bare", "--shared", str(repository.path), str(tmp_path / "shared"))
        assert list(Repo(tmp_path / "shared").tree(head)) == ["a"]

    def test_packed_and_many(self, repository: Repository) -> None:
        head = repository.commit(
            "main", {f"registry/sessions/{number:04}.yaml": f"{number}" for number in range(3_000)}
        )
        repository.git("repack", "-a", "-d", "-q")
        repo = Repo(repository.path)
        tree = repo.tree(head)
        assert len(repo.blobs(entry.oid for entry in tree.values())) == len(tree) == 3_000

    def test_object_ids_of_sha256(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "registry.git", object_format="sha256")
        base = repository.commit("main", {"a": "1"})
        head, main = repository.commit("change", {"b": "2"}, base), repository.commit("main", {"c": "3"})
        repo = Repo(repository.path)
        assert len(main) == 64
        assert repo.resolve("main", main) == [main, main]
        merged = repo.tree(repo.merge(main, head).tree)
        assert sorted(merged) == ["a", "b", "c"]
        assert sorted(repo.blobs(entry.oid for entry in merged.values()).values()) == [b"1", b"2", b"3"]
        assert [step.path for step in repo.steps(main, ["a", "c"])] == ["a", "c"]
        assert repo.line(base, main) == [(base, main)]
        assert Repo.read_commit(repo.blobs([main])[main])[0] == repository.git("rev-parse", "main^{tree}")

    def test_no_files_are_left_in_or_beside_the_repository(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        beside = tmp_path / "temporary"
        beside.mkdir()
        monkeypatch.setenv("TMPDIR", str(beside))
        monkeypatch.setattr("tempfile.tempdir", None)
        base = repository.commit("main", {"a": "1"})
        head, main = repository.commit("change", {"b": "2"}, base), repository.commit("main", {"c": "3"})
        before = snapshot_of(repository.path)
        repo = Repo(repository.path)
        repo.tree(repo.merge(main, head).tree)
        del repo
        assert snapshot_of(repository.path) == before
        assert list(beside.iterdir()) == []


class TestWorkingTree:
    @pytest.fixture
    def clone(self, tmp_path: Path) -> Repository:
        repository = Repository(tmp_path / "work", bare=False)
        repository.commit("main", {"a": "1", "folder/b": "1", ".gitignore": "ignored\n"})
        repository.git("reset", "--quiet", "--hard")
        return repository

    def test_a_tree_that_is_there_is_not_written_again(self, clone: Repository) -> None:
        """Objects that Git has written are read-only for everybody but root."""
        repo, empty = Repo(clone.path), clone.git("mktree")
        repo.keep_beside({empty: b""})
        (file,) = repo._beside.glob(f"objects/{empty[:2]}/*")
        os.utime(file, (10**9, 10**9))
        repo.keep_beside({empty: b""})
        assert file.stat().st_mtime == 10**9

    def test_a_file_that_is_changed_in_the_moment_of_its_checkout_is_read(self, clone: Repository) -> None:
        """Git looks into a file that is as old as the index: it may have changed since, and kept its size."""
        clone.git("config", "core.trustctime", "false")
        place, index, moment = clone.path / "folder/b", clone.path / ".git/index", (10**9, 10**9)
        os.utime(place, moment)
        clone.git("update-index", "--refresh")
        place.write_text("2")
        os.utime(place, moment)
        os.utime(index, moment)
        repo = Repo(clone.path)
        (oid,) = (entry.oid for path, entry in repo.tree(repo.working_tree_commit()).items() if path == "folder/b")
        assert repo.blobs([oid]) == {oid: b"2"}

    def test_files_on_disk_become_a_commit_on_top_of_head(self, clone: Repository) -> None:
        (clone.path / "a").unlink()
        (clone.path / "folder/b").write_text("2")
        (clone.path / "new").write_text("3")
        (clone.path / "ignored").write_text("4")
        (clone.path / "link").symlink_to("nowhere")
        repo = Repo(clone.path / "folder")
        oid = repo.working_tree_commit()
        files = repo.tree(oid)
        assert {path: entry.mode for path, entry in files.items()} == {
            ".gitignore": "100644",
            "folder/b": "100644",
            "new": "100644",
            "link": "120000",
        }
        assert repo.blobs([files["folder/b"].oid]) == {files["folder/b"].oid: b"2"}
        assert repo.parents(oid) == (clone.git("rev-parse", "HEAD"),)

    def test_index_head_and_files_stay_as_they_are(self, clone: Repository) -> None:
        (clone.path / "staged").write_text("1")
        clone.git("add", "staged")
        (clone.path / "staged").write_text("2")
        (clone.path / "untracked").write_text("3")
        before = snapshot_of(clone.path)
        Repo(clone.path).working_tree_commit()
        assert snapshot_of(clone.path) == before, "nor is an object written"
        assert clone.git("diff", "--cached", "--name-only") == "staged"

    @pytest.mark.parametrize("scope", ["--local", "--worktree"])
    def test_no_filter_and_no_hook_runs(self, clone: Repository, tmp_path: Path, scope: str) -> None:
        ran = tmp_path / "ran"
        clone.git("config", "extensions.worktreeConfig", "true")
        clone.git("config", scope, "filter.evil.clean", f"{quoted('touch', ran)}; cat")
        clone.git("config", scope, "filter.evil.required", "true")
        clone.git("config", scope, "core.fsmonitor", quoted("touch", ran))
        (clone.path / ".gitattributes").write_text("* filter=evil\n")
        program(clone.path / ".git/hooks/pre-commit", quoted("touch", ran))
        repo = Repo(clone.path)
        (clone.path / "a").write_bytes(b"other")
        assert repo.stored(["a", "gone"]) == {"a": repo.blob_id(b"other")}
        assert repo.stored_content("a") == b"other"
        repo.working_tree_commit()
        repo.staged_commit(None)
        assert not ran.exists()
        clone.git("status")
        assert ran.exists(), "Git itself would have run it"

    def test_in_a_clone_of_another_user_nothing_is_fetched(
        self, clone: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Git fetches an object that a partial clone lacks by itself, with the command that the clone names."""
        ran, included = tmp_path / "ran", tmp_path / "partial"
        row = f"100644 {'1' * 40}\tlacking\n".encode()
        clone.git("update-index", "--add", "--index-info", stdin=row)
        settings = {"core.repositoryFormatVersion": "1", "core.sshCommand": f"{quoted('touch', ran)}; false",
                    "remote.origin.url": "ssh://nobody@nowhere.invalid/x"}  # fmt: skip
        for name, value in settings.items():
            clone.git("config", name, value)
        clone.git("config", "--file", str(included), "remote.origin.promisor", "true")
        clone.git("config", "include.path", str(included))
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        with pytest.raises(FatalError, match="git write-tree: "):
            Repo(clone.path).staged_commit(None)
        clone.git("config", "remote.origin.promisor", "true")
        with pytest.raises(FatalError, match="belongs to another user"):
            Repo(clone.path).staged_commit(None)
        assert Repo(clone.path).resolve("1" * 40, "HEAD:a^{tree}") == [None, None]
        assert not ran.exists()
        with pytest.raises(subprocess.CalledProcessError):
            clone.git("write-tree")
        assert ran.exists(), "Git itself would have run it"

    def test_a_bare_repository_has_none(self, repository: Repository) -> None:
        repository.commit("main", {"a": "1"})
        with pytest.raises(FatalError, match="a bare repository has no working tree to judge"):
            Repo(repository.path).working_tree_commit()

    def test_before_the_first_commit(self, tmp_path: Path) -> None:
        """The files on disk become a commit without a parent."""
        work = Repository(tmp_path / "work", bare=False)
        (work.path / "a").write_text("1")
        repo = Repo(work.path)
        commit = repo.working_tree_commit()
        assert (repo.parents(commit), list(repo.tree(commit))) == ((), ["a"])


AUTHOR = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class TestEnvironment:
    """What a caller's environment says to Git is not said to the validator's Git, but for a server's quarantine."""

    @pytest.fixture
    def decoy(self, tmp_path: Path) -> Repository:
        decoy = Repository(tmp_path / "decoy", bare=False)
        decoy.commit("main", {"decoy": ""})
        return decoy

    def hostile(self, decoy: Repository, tmp_path: Path) -> Iterator[tuple[str, str]]:
        evil = quoted(program(tmp_path / "evil", quoted("touch", tmp_path / "ran")))
        told = in_settings(evil)
        (tmp_path / "gitconfig").write_text(f"[core]\n\tfsmonitor = {told}\n[diff]\n\texternal = {told}\n")
        yield "GIT_DIR", str(decoy.path / ".git")
        yield "GIT_WORK_TREE", str(decoy.path)
        yield "GIT_COMMON_DIR", str(decoy.path / ".git")
        yield "GIT_INDEX_FILE", str(tmp_path / "index")
        yield "GIT_NAMESPACE", "decoy"
        yield "GIT_CEILING_DIRECTORIES", "/"
        yield "GIT_EXTERNAL_DIFF", evil
        yield "GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig")
        yield "GIT_CONFIG_SYSTEM", str(tmp_path / "gitconfig")
        yield "GIT_CONFIG_COUNT", "1"
        yield "GIT_CONFIG_KEY_0", "core.fsmonitor"
        yield "GIT_CONFIG_VALUE_0", evil
        yield "GIT_CONFIG_PARAMETERS", f"{quoted('core.fsmonitor')}={quoted(evil)}"
        yield "GIT_LITERAL_PATHSPECS", "0"
        yield "GIT_GLOB_PATHSPECS", "1"
        yield "GIT_TRACE", str(tmp_path / "trace")
        yield "GIT_REPLACE_REF_BASE", "refs/heads/"
        yield "GIT_SHALLOW_FILE", str(tmp_path / "gitconfig")
        yield "GIT_ATTR_SOURCE", "HEAD"

    @pytest.mark.parametrize("command", [["status"], ["validate", "--base", "main~1"], ["validate", "--worktree"]])
    def test_of_a_hostile_caller(self, decoy: Repository, tmp_path: Path, command: list[str]) -> None:
        work = Repository(tmp_path / "work", bare=False)
        work.commit("main", {"registry/charter.yaml": (ROOT / "registry/charter.yaml").read_text()})
        work.commit("main", {"README.md": "words"})
        work.git("reset", "--quiet", "--hard")
        words = [sys.executable, "-P", "-m", "validator", *command, "--format", "json"]
        runs = [
            subprocess.run(
                words,
                check=False,
                cwd=work.path,
                env=environment(PYTHONPATH=str(ROOT), **more),
                capture_output=True,
                encoding="utf-8",
            )
            for more in ({}, dict(self.hostile(decoy, tmp_path)))
        ]
        clean, hostile = runs
        assert (hostile.returncode, hostile.stderr) == (0, "")
        assert [line for line in hostile.stdout.splitlines() if '"head"' not in line and '"tree"' not in line] == [
            line for line in clean.stdout.splitlines() if '"head"' not in line and '"tree"' not in line
        ]
        assert not (tmp_path / "ran").exists()
        assert not (tmp_path / "trace").exists()
        assert not (tmp_path / "index").exists()


def test_settings_are_emptied_beside_those_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the credential helper of a runner, which would be overwritten."""
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    assert emptied([b"filter.x.clean", b"filter.x.smudge"]) == {
        "GIT_CONFIG_KEY_2": "filter.x.clean",
        "GIT_CONFIG_VALUE_2": "",
        "GIT_CONFIG_KEY_3": "filter.x.smudge",
        "GIT_CONFIG_VALUE_3": "",
        "GIT_CONFIG_COUNT": "4",
    }


@pytest.mark.parametrize(
    "name", ["feature/ünïcode", "v1,2", "a&b", "it's", "100%", "x;y", "(z)", "a!b", "$HOME", "<x>|y"]
)
def test_a_name_that_git_allows_is_handed_over(repository: Repository, name: str) -> None:
    """Names are Git's business, of branches and of tags."""
    commit = repository.commit("main", {"a": "1"})
    repository.git("update-ref", f"refs/heads/{name}", commit)
    repository.git("update-ref", f"refs/tags/tag-{name}", commit)
    assert Repo(repository.path).resolve(name, f"tag-{name}", f"{name}~0", f"{name}~5") == [
        commit,
        commit,
        commit,
        None,
    ]


def test_a_name_of_bytes_is_handed_over(repository: Repository) -> None:
    commit = repository.commit("main", {"a": "1"})
    row = b"create refs/heads/caf\xe9 %s\n" % commit.encode()
    repository.git("update-ref", "--stdin", stdin=row)
    assert Repo(repository.path).resolve("caf\udce9", "main\nmain", "--help", ":/x", "main^{/x}") == [
        commit,
        *[None] * 4,
    ]


def test_a_ref_that_is_a_link_is_another_name(repository: Repository) -> None:
    """Git takes the text of a symbolic link for the name of a ref, as before it had symbolic refs."""
    repository.commit("main", {"a": "1"})
    store, names = Repo(repository.path), ("refs/heads/written", "refs/heads/linked")
    repository.git("symbolic-ref", names[0], "refs/heads/absent")
    (store.folder / names[1]).symlink_to("refs/heads/absent")
    assert {repository.git("symbolic-ref", name) for name in names} == {"refs/heads/absent"}
    assert [store.is_alias(name) for name in (*names, "refs/heads/main", "refs/heads/none")] == [
        True,
        True,
        False,
        False,
    ]


def test_moving_a_ref_runs_no_hook(repository: Repository, tmp_path: Path) -> None:
    """Of the folder `hooks`, or of the one that the repository's own settings name."""
    commit = repository.commit("one", {"a": "a"})
    for name, folder in (("own", repository.path / "hooks"), ("set", tmp_path / "set")):
        program(folder / "reference-transaction", f"touch {quoted(tmp_path / 'canary')}")
        assert Repo(repository.path).move(f"refs/heads/{name}", commit, None) is None
        assert not (tmp_path / "canary").exists(), name
        repository.git("config", "core.hooksPath", str(tmp_path / "set"))
    repository.git("update-ref", "refs/heads/control", commit)
    assert (tmp_path / "canary").exists(), "Git itself runs it"
