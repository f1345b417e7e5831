"""What is kept beside a repository comes back as it was, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.muddled import muddled_fleet
from tests.properties.registry import snapshot
from validator.git.history import Step
from validator.git.trees import Entry
from validator.registry.consensus.digest import agreed, registry_digest
from validator.registry.history import registrations, steps_of
from validator.registry.index import arrivals, steps, summaries, texts
from validator.registry.index.arrivals import Arrivals
from validator.registry.index.sealing import sealed, unsealed
from validator.registry.index.steps import LineSteps
from validator.registry.parsing import ClaimFile, KnownClaim, Row
from validator.registry.snapshot import Snapshot
from validator.report.documents import text_of_claim

PATHS, OIDS = ("registry/sessions/04.yaml", "registry/sessions/\udcfc", "registry/sessions/05.yaml"), "abc"


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Steps that add, change and remove three files."""
    now, steps = dict[str, Entry](), list[Step]()
    for at in range(draw(st.integers(0, 12))):
        path, old = (one := draw(st.sampled_from(PATHS))), now.get(one)
        new = Entry("100644", draw(st.sampled_from(OIDS)) * 40) if not old or draw(st.booleans()) else None
        now.pop(path, None)
        now |= {path: new} if new else {}
        steps.append(Step(f"{at:040}", draw(st.integers(0, 2**60)), path, old, new))
    return steps


@given(histories(), st.integers(0, 12))
def test_arrivals_that_follow_main_are_those_of_the_whole_line(changes: list[Step], cut: int) -> None:
    """Kept in between, and read again."""
    first = Arrivals("", 0, {}).followed("one", changes[:cut])
    again = arrivals.decoded(arrivals.encoded(first, "p"), "p")
    assert again == first
    assert again is not None
    found = again.followed("two", changes[cut:])
    assert (found.commit, found.steps) == ("two", len(changes))
    assert found.registrations() == registrations(changes)
    for path in PATHS:
        told = [(since, entry.oid) for since, entry in steps_of(path, changes)]
        assert [(row[:4], row.oid) for row in found.files.get(path, ())] == [(since[:4], oid) for since, oid in told]


@given(histories(), st.integers(0, 12))
def test_changes_that_follow_main_are_those_of_the_whole_line(changes: list[Step], cut: int) -> None:
    first = LineSteps("one", tuple(changes[:cut]))
    again = steps.decoded(steps.encoded(first, "p"), "p")
    assert again == first
    assert again is not None
    assert again.followed("two", changes[cut:]) == LineSteps("two", tuple(changes))


@pytest.mark.parametrize("count", range(4))
def test_changes_of_main_come_back_as_they_were(count: int) -> None:
    """A file that comes, is changed, and goes."""
    one, other = Entry("100644", 40 * "a"), Entry("100755", 40 * "b")
    changes = [(None, one), (one, other), (other, None)]
    made = [Step(f"{at:040}", at, PATHS[1], old, new) for at, (old, new) in enumerate(changes)]
    first = LineSteps("one", tuple(made[:count]))
    again = steps.decoded(steps.encoded(first, "p"), "p")
    assert again == first
    assert steps.decoded(steps.encoded(first, "p"), "q") is None
    assert again is not None
    assert again.followed("two", made[count:]) == ("two", tuple(made))


@pytest.mark.parametrize("header", [{}, {"commit": "x", "steps": 0, "arrivals": 7}, {"oids": ["x"], "lengths": [1]}])
def test_a_whole_file_of_another_form_is_not_read(header: dict[str, object]) -> None:
    assert arrivals.decoded(sealed("p", header), "p") is None
    assert summaries.decoded(sealed("p", header), "p") is None
    assert texts.decoded(sealed("p", header), "p") is None
    assert steps.decoded(sealed("p", header), "p") is None


def test_texts_come_back_as_they_were() -> None:
    for kept in ({}, {"a" * 40: '{"role": "\\u00fc"}', "b" * 40: "{}"}):
        assert texts.decoded(texts.encoded(kept, "p"), "p") == kept
        assert texts.decoded(texts.encoded(kept, "p"), "q") is None


def test_a_file_of_another_program_or_a_damaged_one_is_not_read() -> None:
    data = sealed("one", {"told": 7}, b"body")
    assert unsealed(data, "one", lambda header, rest: (header["told"], bytes(rest))) == (7, b"body")
    assert unsealed(data, "two", lambda header, rest: header) is None
    for broken in (b"", data[:-1], data[:20], data.replace(b"7", b"8"), b"x" + data):
        assert unsealed(broken, "one", lambda header, rest: header) is None


def known(found: Snapshot) -> Snapshot:
    """The same registry, of whose claims the rows are known."""
    rows = {file.path: row_of(found, file) for file in found.claims.values()}
    kept = summaries.decoded(summaries.encoded({path: row for path, row in rows.items() if row}, "p"), "p")
    assert kept == {path: row for path, row in rows.items() if row}
    return found._replace(claims={path: recalled(file, kept.get(path)) for path, file in found.claims.items()})


def row_of(found: Snapshot, file: ClaimFile) -> Row | None:
    return summaries.row_of(file, found.files[file.path].size or 0)


def recalled(file: ClaimFile, row: Row | None) -> ClaimFile:
    return KnownClaim.of(file.path, row, lambda: file) if row else file


@given(muddled_fleet())
def test_a_known_claim_says_what_its_file_says(files: dict[str, bytes]) -> None:
    found = snapshot(files)
    assert registry_digest(known(found)) == registry_digest(found)
    for one, other in zip(known(found).claims.values(), found.claims.values(), strict=True):
        assert (one.path, one.number, one.summary, one.own_number) == (
            *(other.path, other.number, other.summary, other.draft.number),
        )
        assert (one.units, [*one.promises]) == (other.units, [*other.promises])
        assert (one.claim, one.draft, one.parsed) == (other.claim, other.draft, other.parsed)
        if isinstance(one, KnownClaim):
            assert other.claim is not None
            assert one.row.agreed == agreed(other.claim)
            told = one.told(text_of_claim(other.claim))
            assert (told.path, told.number, told.row, told.claim, told.draft) == (
                *(one.path, one.number, one.row, other.claim, other.draft),
            )
            assert told.parsed is other.parsed
