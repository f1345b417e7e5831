"""The test suite's own object writer produces valid Git objects."""

from pathlib import Path

from tests.blackbox.store import NINE, Files, Store, executable, git, link
from tests.blackbox.world import MAIN, changed, claim, path


def test_git_fsck_accepts_the_written_objects(tmp_path: Path) -> None:
    store = Store.make(tmp_path / "registry.git")
    odd: Files = {"a": b"", "a.b": b"", "a-b/c": b"", "a0": executable(b""), "\udcff\n": link("a")}
    main = store.commit({**MAIN, **odd})
    head = store.commit(changed(MAIN, {path(6): claim(6)}), main, time=NINE + 1, authored=0)
    assert git("fsck", "--strict", "--no-dangling", "--no-progress", head, folder=store.repository) == ""
    listed = git("ls-tree", "-r", "-z", "--name-only", head, folder=store.repository).split("\0")
    assert listed[:-1] == sorted([*MAIN, path(6)])
