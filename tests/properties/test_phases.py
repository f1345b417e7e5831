"""The phase depends on the files only, and never advances without the required records."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.snapshots import charter, claim, snapshot
from validator.model.layout import ACTIVATION, APPROVAL, BROADCAST, CHARTER, CONFIRMATION, claim_path
from validator.operations.judge import judge
from validator.registry.consensus.digest import registry_digest
from validator.registry.consensus.phases import NEEDED, PHASES, assess, phase_of, reached
from validator.registry.records import KINDS, record_states
from validator.registry.snapshot import Snapshot

Tree = Mapping[str, str]
NUMBERS = (1, 2, 3)
ZEROS = f"sha256:{'0' * 64}"
WHEN = "2026-11-20T10:00:00Z"
APPOINTMENT = {"activity": "Send", "days": ["mon"], "start": "10:00", "end": "11:00"}


def said(number: int, **fields: Any) -> str:
    """A claim of a session, with something scheduled."""
    return claim(number, schedule=[APPOINTMENT], **fields)


EMPTY: Tree = {CHARTER: charter()}
FULL: Tree = {**EMPTY, **{claim_path(number): said(number) for number in NUMBERS}}


def ack(number: int) -> str:
    return f"registry/consensus/acknowledgements/{number:02}.yaml"


RECORDS = (CONFIRMATION, APPROVAL, BROADCAST, *map(ack, NUMBERS), ACTIVATION)


def digest(tree: Tree) -> str:
    return registry_digest(snapshot(tree))


def record(path: str, registry: str, **fields: Any) -> str:
    """The record that belongs at a path, right in everything but what is given."""
    number = int(path[-7:-5]) if "acknowledgements" in path else 1
    whole: dict[str, Any] = {"registry": registry}
    if path in (APPROVAL, ACTIVATION):
        whole["approved_by"] = "@OWNER"
    else:
        whole |= {"number": number, "session_id": f"outreach-{number}"}
    if path == BROADCAST:
        whole["delivered"] = list(NUMBERS)
    elif "acknowledgements" in path:
        whole["ready"] = True
    elif path == ACTIVATION:
        whole["week"] = "2026-W48"
    known = {name: value for name, value in fields.items() if name in whole}
    return json.dumps({**whole, **known, "timestamp": WHEN})


def agreed(tree: Tree, steps: int) -> Tree:
    """A tree with so many records in their order, all for today's registry."""
    today = digest(tree)
    return {**tree, **{path: record(path, today) for path in RECORDS[:steps]}}


def test_right_records_in_their_order_pass_the_gate_and_lead_to_active() -> None:
    phases = []
    for steps in range(len(RECORDS) + 1):
        whole = snapshot(agreed(FULL, steps))
        assert judge(whole, snapshot(agreed(FULL, max(steps - 1, 0)))).accepted
        phases.append(phase_of(whole))
    assert phases == ["registered", "confirmed", "approved", "broadcast", *["broadcast"] * 2, "acknowledged", "active"]


goals = st.sampled_from(["Send 17 emails daily", "Send 17 emails daily, and 17 letters"])
statuses = st.sampled_from(["REGISTERED", "PENDING"])
sessions = st.sampled_from(["outreach-1", "outreach-2", "outreach-3", "outreach-9"])
roles = st.sampled_from(["Outreach AI (Batch 1)", "Outreach AI (Batch 2)", "Outreach AI (Batch 3)"])
numbers = st.sampled_from(NUMBERS)
claims = st.builds(
    lambda number, **fields: (claim_path(number), said(number, **fields)),
    numbers,
    goal=goals,
    status=statuses,
    session_id=sessions,
    role=roles,
)
wrong = st.fixed_dictionaries(
    {},
    optional={
        "number": numbers,
        "session_id": sessions,
        "approved_by": st.sampled_from(["@OWNER", "@me"]),
        "delivered": st.lists(st.integers(0, 4), max_size=4),
    },
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A tree that a sequence of claims, amendments, releases and records has led to; no gate has looked at it."""
    tree = dict(agreed(draw(st.sampled_from([EMPTY, FULL])), draw(st.integers(0, len(RECORDS)))))
    for _ in range(draw(st.integers(0, 6))):
        path, text = draw(changes(tree))
        if text is None:
            tree.pop(path, None)
        else:
            tree[path] = text
    return tree


@st.composite
def changes(draw: st.DrawFn, tree: Tree) -> tuple[str, str | None]:
    """One change of a tree: path and new text, None for a file that goes."""
    kind = draw(st.sampled_from(["claim", "release", "record", "record", "withdrawal"]))
    if kind == "claim":
        return draw(claims)
    if kind == "release":
        return claim_path(draw(numbers)), None
    path = draw(st.sampled_from(RECORDS))
    if kind == "withdrawal":
        return path, None
    return path, record(path, draw(st.sampled_from([digest(tree), digest(FULL), ZEROS])), **draw(wrong))


def changed(tree: Tree, path: str, text: str | None) -> Tree:
    rest = {name: content for name, content in tree.items() if name != path}
    return rest if text is None else {**rest, path: text}


def rank(tree: Tree) -> int:
    return PHASES.index(phase_of(snapshot(tree)))


def claims_of(whole: Snapshot) -> list[Any]:
    return [(claim.number, claim.claim) for _, claim in sorted(whole.claims.items())]


@given(trees(), st.randoms())
def test_phase_is_a_function_of_the_tree_alone(tree: Tree, chance: Any) -> None:
    shuffled = list(tree.items())
    chance.shuffle(shuffled)
    assert rank(tree) == rank(dict(shuffled))


@given(trees(), st.data())
def test_phase_does_not_depend_on_history(tree: Tree, data: st.DataObject) -> None:
    path, text = data.draw(changes(tree))
    before, there = rank(tree), changed(tree, path, text)
    rank(there)
    assert rank(changed(there, path, tree.get(path))) == before


@given(trees())
def test_approval_requires_all_six_criteria(tree: Tree) -> None:
    whole = snapshot(tree)
    assert whole.charter
    found = assess(whole, whole.charter)
    assert len(found.criteria) == 6
    assert not reached(found.phase, "approved") or all(criterion.met for criterion in found.criteria)
    assert not reached(found.phase, "confirmed") or not found.conflicts


@given(trees(), st.one_of(claims, st.builds(lambda number: (claim_path(number), None), numbers)))
def test_any_change_of_any_claim_leaves_confirmed(tree: Tree, change: tuple[str, str | None]) -> None:
    after = changed(tree, *change)
    if reached(phase_of(snapshot(tree)), "confirmed") and claims_of(snapshot(tree)) != claims_of(snapshot(after)):
        assert not reached(phase_of(snapshot(after)), "confirmed")


@given(st.integers(0, len(RECORDS)), st.sampled_from(RECORDS), goals)
def test_a_record_of_an_old_registry_advances_no_phase(steps: int, path: str, goal: str) -> None:
    tree = agreed(FULL, steps)
    other = digest({**FULL, claim_path(2): said(2, goal=f"{goal}, and one more")})
    assert rank({**tree, path: record(path, other)}) <= rank(tree)


@given(
    st.integers(0, len(RECORDS)),
    st.sampled_from(RECORDS),
    st.sampled_from([{"session_id": "outreach-9", "approved_by": "@me"}, {"number": 4, "approved_by": "@owner"}]),
)
def test_a_record_by_an_unregistered_session_advances_no_phase(steps: int, path: str, name: dict[str, Any]) -> None:
    tree = agreed(FULL, steps)
    assert rank({**tree, path: record(path, digest(tree), **name)}) <= rank(tree)


@given(trees(), st.sampled_from(RECORDS))
def test_a_record_out_of_order_or_repeated_advances_no_phase(tree: Tree, path: str) -> None:
    whole, right = snapshot(tree), record(path, digest(tree))
    again = changed(tree, path, right)
    judged = judge(snapshot(again), whole)
    if any(finding.code == "REG403" for finding in judged.findings) or tree.get(path) == right:
        assert rank(again) <= rank(tree)


@given(st.sampled_from([EMPTY, FULL]), st.data())
def test_counting_records_were_accepted_in_their_phase(start: Tree, data: st.DataObject) -> None:
    """Through the gate, every record that counts has been accepted for just this registry, in the phase it needs.

    A registry that becomes again what it was has its records again; so a step may lead over several phases.
    """
    tree, heard = start, set[tuple[str, str]]()
    for _ in range(data.draw(st.integers(1, 12))):
        nearly = [path for path in RECORDS if path not in tree][:1] or list(RECORDS)
        path, text = data.draw(changes(tree))
        if data.draw(st.booleans()):
            path = data.draw(st.sampled_from(nearly))
            text = record(path, digest(tree))
        before, after = snapshot(tree), snapshot(changed(tree, path, text))
        if not judge(after, before).accepted:
            continue
        if path in RECORDS and text is not None and text != tree.get(path):
            assert reached(phase_of(after), NEEDED[KINDS[after.records[path].shape]])
            heard.add((path, registry_digest(after)))
        tree = changed(tree, path, text)
        assert after.charter
        today = registry_digest(after)
        counting = {one.path for one in record_states(after, after.charter, today) if one.void is None}
        assert {(one, today) for one in counting} <= heard
