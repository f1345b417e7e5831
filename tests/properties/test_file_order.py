"""Findings do not depend on the order in which files are listed or read."""

from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.muddled import muddled_fleet
from tests.properties.registry import fleet_files, snapshot
from tests.properties.strategies import tries
from validator.git.change import Intent
from validator.operations.judge import audit, judge
from validator.registry.consensus.phases import assess
from validator.registry.overlaps import clashes

T = TypeVar("T")
FLEET = fleet_files()


@tries(2)
@given(muddled_fleet(), muddled_fleet(), st.data())
def test_verdict_on_a_change(head: dict[str, bytes], base: dict[str, bytes], data: st.DataObject) -> None:
    one, before = snapshot(head), snapshot(base)
    paths = sorted(path for path in {*head, *base} if one.differs(path, before))
    intent = {path: Intent(before.files.get(path), one.files.get(path)) for path in paths}
    other = snapshot(shuffled(data, head))
    verdict = judge(one._replace(intent=intent), before)
    assert verdict == judge(other._replace(intent=shuffled(data, intent)), snapshot(shuffled(data, base)))


@tries(2)
@given(muddled_fleet(), st.data())
def test_audit_and_consensus(files: dict[str, bytes], data: st.DataObject) -> None:
    one, other = snapshot(files), snapshot(shuffled(data, files))
    assert audit(one) == audit(other)
    charter = snapshot(FLEET).charter
    assert charter
    assert assess(one, charter) == assess(other, charter)
    assert [clash[:2] for clash in clashes(one, one)] == [clash[:2] for clash in clashes(other, other)]


def shuffled(data: st.DataObject, files: dict[str, T]) -> dict[str, T]:
    return {path: files[path] for path in data.draw(st.permutations(list(files)))}
