"""What a page in a browser compares, what the pages say of a number, and what a run leaves in the folder."""

from pathlib import Path
from typing import Any

import pytest

from validator.hosts.site.documents import Documents
from validator.hosts.site.files import File, stamp_of
from validator.hosts.site.output import MANIFEST, Made, Written, put, standing
from validator.hosts.site.pages import _judged


def documents(*proposals: tuple[str, str], commit: str = "1") -> Documents:
    rows = [{"name": name, "commit": proposed} for name, proposed in proposals]
    nothing = dict[str, Any]()
    return Documents(
        status={"commit": commit}, proposals={"proposals": rows}, proposals_in_full=(), export=nothing,
        claims={}, consensus=nothing, conflicts=nothing, history=nothing, schedule=nothing, rules=nothing, texts={},
        calendar=bytes, markdown="", on_github=False, pulls_shown=False,
    )  # fmt: skip


def test_a_page_is_old_when_main_or_a_proposal_has_moved() -> None:
    one, two = ("claim/04", "2"), ("claim/05", "3")
    states = [documents(), documents(commit="9"), documents(one), documents(("claim/04", "4")), documents(one, two)]
    assert len({stamp_of(state) for state in states}) == len(states)
    assert stamp_of(documents(one)) == stamp_of(documents(one))


def test_a_number_is_rejected_where_all_that_is_proposed_for_it_is() -> None:
    """A branch and a pull request from a fork can be for the same number."""
    proposed, rejected, accepted = {"state": "proposed"}, ("claim/04", True, None), ("#7", False, None)
    assert [_judged(proposed, rows)["rejected"] for rows in ((), (rejected,), (rejected, accepted), (accepted,))] == [
        False, True, False, False
    ]  # fmt: skip
    assert not _judged({"state": "registered"}, (rejected,))["rejected"]


def test_what_an_interrupted_run_has_written_is_removed_by_the_next(tmp_path: Path) -> None:
    def fails() -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, [File("first.html", "1", lambda: b"1"), File("second.html", "2", fails)])
    assert (tmp_path / "first.html").exists()
    said = list[tuple[int, int]]()
    put(tmp_path, [File("third.html", "3", lambda: b"3")], lambda done, of: said.append((done, of)))
    assert said == [(0, 1)]
    assert {path.name for path in tmp_path.iterdir()} == {"third.html", MANIFEST}


def test_a_whole_site_of_the_same_stands_as_it_is(tmp_path: Path) -> None:
    made, files = Made("basis", "commit", "digest"), [File("a.html", "1", lambda: b"1"), File("b.json", None, bytes)]
    assert standing(tmp_path, "basis") is None
    put(tmp_path, files, made=made)
    assert standing(tmp_path, "basis") == (made, Written(0, 2, 0))
    assert standing(tmp_path, "another") is None
    (tmp_path / "a.html").write_bytes(b"12")
    assert standing(tmp_path, "basis") is None, "a file is another one"
    assert put(tmp_path, files, made=made) == Written(1, 1, 0)
    (tmp_path / "b.json").unlink()
    assert standing(tmp_path, "basis") is None, "a file is gone"
    put(tmp_path, files)
    assert standing(tmp_path, "basis") is None, "nobody says what it is made of"
