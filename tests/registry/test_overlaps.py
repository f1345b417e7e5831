"""Overlapping claims, and which of the two has precedence."""

from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.snapshots import CAPACITY, claim, registry, snapshot
from validator.registry.overlaps import clashes, has, shared_kinds
from validator.registry.snapshot import Snapshot

NOTHING = snapshot({})
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF6QYDuGz4D8uesDvOQ1kJCeyeVUrym9ijma72o55/w5"


class Told(NamedTuple):
    kind: str
    shared: str
    first: int
    second: int
    route: tuple[str | int, ...]


def told(head: Snapshot, base: Snapshot) -> list[Told]:
    return [Told(c.kind, c.shared, c.first.number, c.second.number, c.route) for c in clashes(head, base)]


def scoped(number: int, *parts: dict[str, Any]) -> str:
    return claim(number, scope=list(parts))


def mails(first: int, last: int, work: str = "mails") -> dict[str, Any]:
    return {"work": work, "first": first, "last": last}


def test_distinct_claims_do_not_clash() -> None:
    head = snapshot(registry(claim(1, runtime_id="a"), claim(2, runtime_id="b"), claim(3)))
    assert told(head, NOTHING) == []


def test_session_and_runtime_ids_share_one_namespace() -> None:
    head = snapshot(
        registry(
            claim(1, session_id="a", runtime_id="x"),
            claim(2, session_id="a", runtime_id="x"),
            claim(3, session_id="x", runtime_id="a"),
        )
    )
    assert told(head, NOTHING) == [
        Told("session_id", "a", 1, 2, ("session_id",)),
        Told("runtime_id", "x", 1, 2, ("runtime_id",)),
        Told("session_id", "x", 1, 3, ("session_id",)),
        Told("runtime_id", "a", 1, 3, ("runtime_id",)),
    ]


def test_a_claim_does_not_clash_with_itself() -> None:
    segments = {"work": "replies", "segments": ["standard", "Standard"]}
    head = snapshot(registry(claim(1, session_id="a", runtime_id="a", scope=[mails(1, 9), mails(5, 12), segments])))
    assert told(head, NOTHING) == []


def test_roles_that_look_the_same_clash() -> None:
    head = snapshot(registry(claim(1, role="Human Interface"), claim(2, role="human-interface"), claim(3, role=None)))
    assert told(head, NOTHING) == [Told("role", "human-interface", 1, 2, ("role",))]


def test_an_unchanged_claim_of_base_keeps_it() -> None:
    base = snapshot(registry(claim(1, session_id="other"), claim(2, session_id="a"), claim(3, session_id="b")))
    head = snapshot(registry(claim(1, session_id="a"), claim(2, session_id="a"), claim(3, session_id="b")))
    assert told(head, base) == [Told("session_id", "a", 2, 1, ("session_id",))]


def test_a_claim_that_had_it_in_base_keeps_it_when_amended() -> None:
    role, mine = "Master Coordinator", [mails(1, 9), {"work": "replies", "segments": ["late", "standard"]}]
    base = snapshot(registry(claim(2, session_id="a", role=role, scope=mine), claim(3)))
    head = snapshot(
        registry(
            claim(1, runtime_id="a", role=role, scope=[mails(9, 10), {"work": "replies", "segments": ["standard"]}]),
            claim(2, runtime_id="a", session_id="b", role=role.upper(), scope=mine[::-1], goal="Send 17 emails a day"),
            claim(3),
        )
    )
    assert told(head, base) == [
        Told("runtime_id", "a", 2, 1, ("runtime_id",)),
        Told("role", role, 2, 1, ("role",)),
        Told("scope", "replies: standard", 2, 1, ("scope", 1, "segments", 0)),
        Told("scope", "mails 9", 2, 1, ("scope", 0)),
    ]
    assert all(clash.new for clash in clashes(head, base))


def test_clash_that_base_had_is_not_new() -> None:
    files = registry(claim(1, session_id="a", scope=[mails(1, 9)]), claim(2, session_id="a", scope=[mails(5, 12)]))
    base = snapshot(files)
    amended = snapshot(files | registry(claim(2, session_id="a", scope=[mails(5, 12)], goal="Send 17 emails a day")))
    assert [(clash.kind, clash.new) for clash in clashes(base, base)] == [("session_id", False), ("scope", False)]
    assert [(clash.kind, clash.new) for clash in clashes(amended, base)] == [("session_id", False), ("scope", False)]
    wider = snapshot(files | registry(claim(2, session_id="a", scope=[mails(4, 12)])))
    assert [(clash.kind, clash.new) for clash in clashes(wider, base)] == [("session_id", False), ("scope", True)]


def test_segments_clash_only_within_one_work() -> None:
    head = snapshot(
        registry(
            scoped(1, {"work": "replies", "segments": ["high-value", "standard"]}),
            scoped(2, {"work": "Re-plies", "segments": ["late", "STANDARD"]}, {"work": "calls", "segments": ["late"]}),
            scoped(3, {"work": "calls", "segments": ["standard"]}),
        )
    )
    assert told(head, NOTHING) == [Told("scope", "Re-plies: STANDARD", 1, 2, ("scope", 0, "segments", 1))]


def test_overlapping_ranges_clash() -> None:
    head = snapshot(
        registry(scoped(1, mails(1, 17), mails(40, 50)), scoped(2, mails(17, 33)), scoped(3, mails(34, 41)))
    )
    assert told(head, NOTHING) == [
        Told("scope", "mails 17", 1, 2, ("scope", 0)),
        Told("scope", "mails 40-41", 1, 3, ("scope", 0)),
    ]


def test_ranges_of_different_works_do_not_clash() -> None:
    head = snapshot(registry(scoped(1, mails(1, 9)), scoped(2, mails(1, 9, "calls")), scoped(3, mails(1, 9, "M ails"))))
    assert told(head, NOTHING) == [Told("scope", "M ails 1-9", 1, 3, ("scope", 0))]


def test_range_within_another_and_range_that_runs_down() -> None:
    head = snapshot(registry(scoped(1, mails(20, 30)), scoped(2, mails(1, 50)), scoped(3, mails(60, 1), mails(51, 52))))
    assert told(head, NOTHING) == [Told("scope", "mails 20-30", 1, 2, ("scope", 0))]


def test_each_range_is_compared_with_the_one_that_reaches_furthest() -> None:
    head = snapshot(registry(scoped(1, mails(1, 50)), scoped(2, mails(10, 12)), scoped(3, mails(20, 60))))
    assert told(head, NOTHING) == [
        Told("scope", "mails 10-12", 1, 2, ("scope", 0)),
        Told("scope", "mails 20-50", 1, 3, ("scope", 0)),
    ]


RANGES = st.lists(st.tuples(st.integers(1, CAPACITY), st.integers(1, 9), st.integers(1, 9)), max_size=7)


@given(RANGES, st.integers(1, CAPACITY))
def test_a_new_claim_that_overlaps_another_is_reported(ranges: list[tuple[int, int, int]], new: int) -> None:
    """The sweep need not report every pair, but it reports every claim that shares anything."""
    parts = {number: [mails(first, last) for n, first, last in ranges if n == number] for number in (1, 2, 3)}
    head = snapshot(registry(*(scoped(number, *parts[number]) for number in parts)))
    base = snapshot(registry(*(scoped(number, *parts[number]) for number in parts if number != new)))
    pieces = {
        number: {piece for part in parts[number] for piece in range(part["first"], part["last"] + 1)}
        for number in parts
    }
    shared = pieces[new] & set().union(*(pieces[number] for number in parts if number != new))
    refused = [clash for clash in clashes(head, base) if clash.new]
    assert bool(refused) is bool(shared)
    assert {clash.second.number for clash in refused} <= {new}


def test_what_two_open_proposals_share_by_kind() -> None:
    mine = claim(1, scope=[mails(1, 17), {"work": "replies", "segments": ["VIP"]}], key=KEY)
    others = (
        claim(2, role="Outreach AI - Batch 1"),
        claim(3, session_id="outreach-1", scope=[mails(18, 20)]),
        claim(4, scope=[mails(17, 30, "Mails")], key=KEY),
        claim(5, scope=[{"work": "replies", "segments": ["rest", "vip"]}], runtime_id="outreach-1"),
        claim(6, scope=[mails(1, 17, "calls")]),
    )
    whole = snapshot(registry(mine, *others)).by_number
    kinds = [sorted(shared_kinds(whole[1].draft, whole[number].draft)) for number in range(2, 7)]
    assert kinds == [["role"], ["session_id"], ["key", "scope"], ["scope", "session_id"], []]


def test_a_claim_has_what_a_clash_is_about_if_it_has_a_part_of_it() -> None:
    (clash,) = clashes(snapshot(registry(scoped(1, mails(1, 17)), scoped(2, mails(10, 20)))), NOTHING)
    parts = [mails(1, 9), mails(17, 30), mails(10, 17, "calls"), {"work": "mails", "segments": ["VIP"]}]
    drafts = [snapshot(registry(scoped(1, part))).by_number[1].draft for part in parts]
    assert [has(draft, clash) for draft in drafts] == [False, True, False, False]
    assert not has(snapshot(registry(claim(1))).by_number[1].draft, clash)
