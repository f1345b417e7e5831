"""The digest depends on the values of claims only, not on their layout."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.strategies import claim, tries
from tests.properties.writing import written
from validator.model.shapes import COMMITMENT, Claim
from validator.registry.consensus.digest import digest
from validator.registry.yaml.reader import MAX_BYTES, read

distinct = st.lists(claim, min_size=1, max_size=3, unique_by=lambda value: value["number"])


def as_read(text: str) -> Claim:
    assume(len(text.encode()) <= MAX_BYTES)
    document = read("registry/sessions/04.yaml", text.encode())
    assert document.faults == ()
    return Claim.model_validate(document.value)


@tries(1)
@given(distinct, st.data())
@pytest.mark.takes_long
def test_layout_and_order_make_no_difference(values: list[Any], data: st.DataObject) -> None:
    one = [as_read(data.draw(written(value))) for value in values]
    other = [as_read(data.draw(written(value))) for value in data.draw(st.permutations(values))]
    assert digest(None, one) == digest(None, other)


@tries(2)
@given(claim, claim, st.data())
@pytest.mark.takes_long
def test_every_change_of_a_value_makes_another_digest(value: Any, donor: Any, data: st.DataObject) -> None:
    one, other = Claim.model_validate(value), Claim.model_validate(data.draw(grafted(value, donor)))
    assert (digest(None, [one]) == digest(None, [other])) == (agreed(one) == agreed(other))


def agreed(said: Claim) -> list[Any]:
    return [getattr(said, name, None) for name in (*COMMITMENT, "key")]


@st.composite
def grafted(draw: st.DrawFn, value: Any, donor: Any) -> Any:
    """A claim with one field of another, or with one field of the other's first target."""
    if draw(st.booleans()):
        key = draw(st.sampled_from(sorted({*donor, *value})))
        kept = {name: value[name] for name in value if name != key}
        return {**kept, key: donor[key]} if key in donor else kept
    first, *rest = value["targets"]
    key = draw(st.sampled_from(sorted(donor["targets"][0])))
    return {**value, "targets": [{**first, key: donor["targets"][0][key]}, *rest]}


@given(distinct)
def test_every_claim_counts(values: list[Any]) -> None:
    claims = [Claim.model_validate(value) for value in values]
    digests = {digest(None, claims[:count]) for count in range(len(claims) + 1)}
    assert len(digests) == len(claims) + 1
