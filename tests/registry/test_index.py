"""Judging a change with the claims that it can meet gives what judging it with all of them gives."""

import hashlib
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.muddled import BROKEN, CLAIMS, FIELDS, FLEET, borrowed, muddled_fleet
from tests.properties.registry import LATER, snapshot
from tests.properties.strategies import tries
from validator.model.layout import claim_path
from validator.model.near import near_keys
from validator.model.shapes import SegmentPart
from validator.operations.indexing import always
from validator.operations.judge import judge
from validator.registry.index.columns import Spans, Values
from validator.registry.index.encoding import StoredIndex, decoded, encoded
from validator.registry.index.sealing import MAGIC
from validator.registry.index.selection import beside, needed
from validator.registry.index.table import Index
from validator.registry.index.traits import Span, Traits, traits_of
from validator.registry.parsing import ClaimFile, Draft
from validator.registry.snapshot import Snapshot

Files = Mapping[str, bytes]
SCOPES = (
    *("{work: outreach, first: 1, last: 17}", "{work: outreach, first: 10, last: 40}"),
    "{work: Outreach, first: 17, last: 17}",
    *("{work: replies, segments: [standard, overflow]}", "{work: replies, segments: [Overflow]}"),
    *("{work: outreach, first: 1, last: 99999999999999999999}", "{work: outreach, first: 5, last: 4}"),
)  # fmt: skip
TARGETS = (
    "{metric: MRR, op: gte, value: 60000, unit: USD, per: month}",
    "{metric: MRR, op: gte, value: 120000, unit: USD, per: month}",
    "{metric: MRR, op: lte, value: 90000, unit: USD, per: month}",
)
TIMES = ("2026-11-20T08:00:00Z", "2099-11-20T08:00:00Z", "2026-02-30T08:00:00Z")


def with_field(text: str, field: str, value: str) -> str:
    return borrowed(text, f"{field}: {value}\n", field)


@st.composite
def edited(draw: st.DrawFn, base: Files) -> dict[str, bytes]:
    """The files after a change of a few claims, as a session may propose it."""
    files = dict(base)
    for path in draw(st.lists(st.sampled_from(CLAIMS), min_size=1, max_size=3)):
        text, donor = files.get(path, FLEET[path].encode()).decode(), FLEET[draw(st.sampled_from(CLAIMS))]
        match draw(st.integers(0, 6)):
            case 0:
                files.pop(path, None)
            case 1:
                files[path] = draw(st.sampled_from(BROKEN)).encode()
            case 2:
                files[path] = with_field(FLEET[path], "scope", f"[{draw(st.sampled_from(SCOPES))}]").encode()
            case 3:
                files[path] = with_field(FLEET[path], "timestamp", draw(st.sampled_from(TIMES))).encode()
            case 4:
                files[path] = with_field(FLEET[path], "targets", f"[{draw(st.sampled_from(TARGETS))}]").encode()
            case _:
                files[path] = borrowed(text or FLEET[path], donor, draw(st.sampled_from(FIELDS))).encode()
    return dict(sorted(files.items()))


def index_of(base: Snapshot) -> Index:
    claims = sorted(base.claims.values(), key=lambda one: one.number)
    index = Index.of((claim.number, traits_of(claim.draft)) for claim in claims)
    index.always |= always(base)
    return index


def moved(index: Index, old: Snapshot, new: Snapshot) -> None:
    """Let the index of one main follow it to another."""
    for path in sorted({*old.claims, *new.claims}):
        if path in old.claims and old.claims[path] is not new.claims.get(path):
            index.remove(old.claims[path].number, traits_of(old.claims[path].draft))
    watched = always(new)
    for path in sorted(new.claims):
        if old.claims.get(path) is not new.claims[path]:
            claim = new.claims[path]
            index.add(claim.number, traits_of(claim.draft), quiet=claim.number not in watched)


def narrowed(files: Files, numbers: set[int], index: Index, touched: Iterable[str]) -> Snapshot:
    claims = {claim_path(number) for number in numbers}
    kept = {path: data for path, data in files.items() if path in claims or path in touched or not _is_claim(path)}
    return snapshot(kept)._replace(unread=beside(index, numbers))


def _is_claim(path: str) -> bool:
    return path in CLAIMS or path == "registry/sessions/13.yaml"


def among(index: Index, base: Files, head: Files, time: int) -> tuple[Snapshot, Snapshot]:
    touched = {path for path in {*base, *head} if base.get(path) != head.get(path)}
    sides = snapshot(base), snapshot(head)
    claims: list[ClaimFile] = [side.claims[path] for side in sides for path in touched if path in side.claims]
    numbers = needed(index, claims, time) | {claim.number for claim in claims}
    return narrowed(head, numbers, index, touched), narrowed(base, numbers, index, touched)


def at_once(head: Snapshot, base: Snapshot, time: int) -> tuple[Snapshot, Snapshot]:
    """The same at another time of the commits."""
    return head._replace(committed_at=time), base._replace(committed_at=time)


def plain(files: Files) -> bool:
    return not any(path.startswith("registry/consensus") for path in files)


@tries(3)
@given(st.data(), muddled_fleet(), st.sampled_from((LATER, 1_800_000_000, 0)))
def test_a_part_of_the_registry_gives_the_same_verdict(data: st.DataObject, base: dict[str, bytes], time: int) -> None:
    base = dict(sorted(base.items()))
    assume(plain(base))
    head = data.draw(edited(base))
    whole = at_once(snapshot(head), snapshot(base), time)
    part = at_once(*among(index_of(whole[1]), base, head, time), time)
    assert judge(*part) == judge(*whole)


@tries(2)
@given(st.data(), muddled_fleet())
def test_an_index_that_has_followed_main(data: st.DataObject, first: dict[str, bytes]) -> None:
    assume(plain(first))
    base, index = dict(sorted(first.items())), index_of(snapshot(dict(sorted(first.items()))))
    for _ in range(data.draw(st.integers(1, 3))):
        before, base = base, data.draw(edited(base))
        moved(index, snapshot(before), snapshot(base))
    kept = decoded(encoded(StoredIndex("1", "2", index, {}), "this"), "this")
    assert kept
    head = data.draw(edited(base))
    assert judge(*among(kept.table, base, head, LATER)) == judge(snapshot(head), snapshot(base))


def compare(base: Files, head: Files, time: int = LATER) -> list[str]:
    """The codes of a verdict, which is the same with an index that was made at another time of main's commit."""
    whole = at_once(snapshot(head), snapshot(base), time)
    part = at_once(*among(index_of(snapshot(base)), base, head, time), time)
    assert all(len(one.claims) < 12 for one in part), "not all claims are looked at"
    assert judge(*part) == judge(*whole)
    return sorted({finding.code for finding in judge(*whole).findings})


def test_names_that_are_easily_confused() -> None:
    base = {path: text.encode() for path, text in FLEET.items()}
    del base[CLAIMS[4]]
    name = borrowed("session_id: x\n", FLEET[CLAIMS[2]], "session_id").replace("session_id: ", "").strip()
    text = with_field(FLEET[CLAIMS[4]], "session_id", f"{name[:-3]}{name[-2:]}")
    assert "REG110" in compare(base, base | {CLAIMS[4]: text.encode()})


NAMES = (
    "Desk 1 Mail",
    "Desk 1 Mall",
    "Mail Desk 1",
    "Desk 1",
    "Mail Mail",
    "Mail Mall",
    "Mall Mail",
    "Desk for Mail",
    "",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_share_a_number_if_they_share_a_key(name: str) -> None:
    for other in NAMES:
        one, two = (traits_of(Draft(role=text)).near for text in (name, other))
        keys = [[key for key, _ in near_keys(text)] for text in (name, other)]
        assert [one.index(each) for each in one if each in two] == [
            keys[0].index(key) for key in keys[0] if key in keys[1]
        ], other
    assert not {*traits_of(Draft(role=name)).near} & {*traits_of(Draft(session_id=name)).near}


def test_a_main_whose_clock_is_behind_its_claims() -> None:
    base = {path: text.encode() for path, text in FLEET.items()}
    base[CLAIMS[3]] = with_field(FLEET[CLAIMS[3]], "timestamp", "2027-01-01T00:00:00Z").encode()
    head = {path: data for path, data in base.items() if path != CLAIMS[5]}
    assert "REG303" in compare(base, head, 1_798_000_000)
    assert "REG303" not in compare(base, head)


@pytest.mark.parametrize("scope", ["{work: outreach, first: 1, last: 2}", "{work: replies, segments: [standard]}"])
def test_work_that_nobody_has_once_all_numbers_are_claimed(scope: str) -> None:
    base = {path: text.encode() for path, text in FLEET.items()}
    del base[CLAIMS[3]]
    found = compare(base, base | {CLAIMS[3]: with_field(FLEET[CLAIMS[3]], "scope", f"[{scope}]").encode()})
    assert "REG207" in found
    assert "REG207" not in compare(base, {path: text.encode() for path, text in FLEET.items()})


@pytest.mark.parametrize("damage", ["nothing", "flip", "cut", "program", "form"])
def test_a_damaged_index_is_none(damage: str) -> None:
    base = snapshot({path: text.encode() for path, text in FLEET.items()})
    data = encoded(StoredIndex("1", "2", index_of(base), {}), "this")
    damaged = {
        "nothing": data,
        "flip": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        "cut": data[:-1],
        "program": data,
        "form": _signed(b"\0" * 7 + b"\2{}"),
    }[damage]
    kept = decoded(damaged, "another" if damage == "program" else "this")
    assert (kept is None) == (damage != "nothing")


def _signed(content: bytes) -> bytes:
    return MAGIC + hashlib.sha256(content).digest() + content


def test_a_row_is_taken_out_and_one_that_is_not_there_is_not() -> None:
    values, spans = Values([3, 3, 5], [1, 2, 2]), Spans("outreach", [1, 1], [9, 4], [1, 2])
    for number in (9, 2, 1):
        values.remove(3, number)
        spans.remove(Span("outreach", 1, {1: 9}.get(number, 4)), number)
    values.remove(4, 2)
    assert (list(values.values), list(values.numbers)) == ([5], [2])
    assert list(spans.numbers) == []
    assert list(spans.joined(())) == []


def test_ranges_of_others_are_joined() -> None:
    spans = Spans("outreach", [1, 3, 8], [2, 5, 9], [1, 2, 3])
    assert list(spans.joined(())) == [Span("outreach", 1, 5), Span("outreach", 8, 9)]
    assert list(spans.joined({2})) == [Span("outreach", 1, 2), Span("outreach", 8, 9)]


def test_the_segments_of_others() -> None:
    rows = [(number, Traits(segments=(("replies", (name,)),))) for number, name in ((1, "standard"), (2, "overflow"))]
    (part,) = Index.of(rows).parts({1})
    assert isinstance(part, SegmentPart)
    assert (part.work, part.segments) == ("replies", ("overflow",))


def test_a_claim_whose_range_was_cut_is_judged_with_any_change() -> None:
    index = Index.of([(1, Traits()), (2, Traits(huge=True))])
    assert index.always == {2}


def test_a_range_within_a_longer_one_is_shared_with_whoever_comes_after() -> None:
    spans = Spans("outreach", [1, 2, 8], [9, 3, 12], [1, 2, 3])
    assert list(spans.shared()) == [1, 2, 1, 3]
