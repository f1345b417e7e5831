"""Two folders of a tree are compared from their bytes; what both have in common at their ends is not read."""

import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.git import folders
from validator.git.folders import Folder, Row, rows
from validator.model.errors import FatalError

MODES = ("100644", "100755", "120000", "40000", "160000")
# Short names and object ids full of the bytes that end a name: a place in the middle of an entry looks like its end.
NAMES = st.text("0a. ", min_size=1, max_size=3).map(str.encode)
OIDS = st.binary(min_size=20, max_size=20) | st.sampled_from((b"\0" * 20, b"0 a\0" * 5, b"\x00a" * 10))
ENTRIES = st.lists(st.tuples(st.sampled_from(MODES), NAMES, OIDS), max_size=6)
Entry = tuple[str, bytes, bytes]


def content(entries: Iterable[Entry]) -> bytes:
    return b"".join(mode.encode() + b" " + name + b"\0" + oid for mode, name, oid in entries)


def compared(one: bytes, other: bytes) -> dict[bytes, tuple[list[Row], list[Row]]]:
    """The reference: every entry of both is read."""
    sides = dict[bytes, tuple[list[Row], list[Row]]]()
    for at, text in enumerate((one, other)):
        for row in rows(text, 20):
            sides.setdefault(row[1], ([], []))[at].append(row)
    return {name: pair for name, pair in sides.items() if pair[0] != pair[1]}


@given(ENTRIES, ENTRIES, ENTRIES, ENTRIES)
def test_entries_are_compared_as_if_all_were_read(
    before: list[Entry], one: list[Entry], other: list[Entry], after: list[Entry]
) -> None:
    pair = content([*before, *one, *after]), content([*before, *other, *after])
    found = {name: (was, now) for name, was, now in Folder(pair[0], 20).differing(Folder(pair[1], 20))}
    assert found == compared(*pair)


def by_git(entry: Entry) -> bytes:
    return entry[1] + b"/" if entry[0] == "40000" else entry[1]


@given(ENTRIES, ENTRIES, st.integers(0, 3))
def test_the_first_differing_entries_are_found(one: list[Entry], other: list[Entry], most: int) -> None:
    """All where they are few, more than `most` where they are more."""
    unique = [{by_git(row): row for row in sorted(side, key=by_git)} for side in (one, other)]
    pair = [content(side.values()) for side in unique]
    found = [name for name, _, _ in Folder(pair[0], 20).differing(Folder(pair[1], 20), most)]
    assert set(found) <= compared(*pair).keys()
    assert len(found) > most or set(found) == compared(*pair).keys()


def test_entries_in_another_order_than_gits_are_all_read() -> None:
    first, second = ("100644", b"a", b"1" * 20), ("100644", b"b", b"2" * 20)
    pair = content([second, first]), content([first, second])
    assert list(Folder(pair[0], 20).differing(Folder(pair[1], 20), 5)) == []


def test_a_large_folder_is_compared_in_one_pass() -> None:
    """What many names have in common at their beginning is not searched for each of them."""
    common = [("100644", b"a%05d" % at, b"2" * 20) for at in range(15_000)]
    pair = [content([*common, *(("100644", b"%c%05d" % (letter, at), b"3" * 20) for at in range(15_000))])
            for letter in b"bc"]  # fmt: skip
    began = time.process_time()
    assert len(list(Folder(pair[0], 20).differing(Folder(pair[1], 20)))) == 30_000
    assert len(list(Folder(pair[0], 20).differing(Folder(pair[1], 20), 100))) == 101
    assert time.process_time() - began < 1.5


@given(st.lists(ENTRIES, min_size=3, max_size=6))
def test_a_chain_of_folders_is_compared_as_if_all_were_read(chain: list[list[Entry]]) -> None:
    """Each is compared with the one before, and knows from that where entries begin."""
    texts = [content([*chain[-1], *entries, *chain[0]]) for entries in chain]
    known = [Folder(text, 20) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folders, "SPACING", 30)
        for at in range(len(texts) - 1):
            found = {name: (was, now) for name, was, now in known[at].differing(known[at + 1])}
            assert found == compared(*texts[at : at + 2])


def test_where_an_entry_begins_is_looked_for_nearby() -> None:
    """Among 10,000 entries, of which another one is changed each time."""
    entries = [("100644", b"%06d" % at, b"\0" * 20) for at in range(10_000)]
    before = Folder(content(entries), 20)
    for at in (9_999, 17, 5_000):
        entries[at] = ("100644", entries[at][1], b"1" * 20)
        after = Folder(content(entries), 20)
        assert [name for name, _, _ in before.differing(after)] == [entries[at][1]]
        assert after.begins_before(at * 34) > at * 34 - 2 * folders.SPACING
        before = after


def test_a_name_that_is_listed_twice_far_apart() -> None:
    twin, filler = ("100644", b"a", b"1" * 20), [("100644", b"%d" % at, b"2" * 20) for at in range(50)]
    pair = content([twin, *filler]), content([twin, *filler, ("100755", b"a", b"3" * 20)])
    ((name, was, now),) = Folder(pair[0], 20).differing(Folder(pair[1], 20))
    assert (name, len(was), len(now)) == (b"a", 1, 2)


def test_a_malformed_folder_is_an_error() -> None:
    with pytest.raises(FatalError, match="malformed"):
        tuple(Folder(b"100644 a", 20).differing(Folder(b"", 20)))
    with pytest.raises(FatalError, match="malformed"):
        tuple(Folder(b"100644 a\0" + b"1" * 20, 20).differing(Folder(b"100644 b\0" + b"1" * 19, 20)))
