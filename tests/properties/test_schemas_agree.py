"""The published schemas, pydantic and the classes without it agree on whatever a file of a registry can hold."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from tests.properties.changing import NEARLY, changed, replaced, routes
from tests.properties.strategies import claim, fields, json_value, line, session_key, some, target, tries, whole
from tests.repository import ROOT, charter, claim_path, fleet, tracked
from validator.model import definition
from validator.model.layout import CHARTER, form_of
from validator.model.shapes import Acknowledgement, Activation, Approval, Broadcast, Charter, Claim, Confirmation
from validator.registry.yaml.reader import read

SCHEMAS: dict[type[BaseModel], str] = {
    Charter: "charter",
    Claim: "session",
    Confirmation: "confirmation",
    Approval: "approval",
    Broadcast: "broadcast",
    Acknowledgement: "acknowledgement",
    Activation: "activation",
}
DIGEST, TIME = "sha256:" + "0a" * 32, "2026-11-20T08:00:00Z"
BY_SESSION = {"registry": DIGEST, "number": 1, "session_id": "marketing-orchestrator", "timestamp": TIME}
BY_HUMAN = {"registry": DIGEST, "approved_by": "@OWNER", "timestamp": TIME}
RECORDS: dict[type[BaseModel], dict[str, Any]] = {
    Confirmation: BY_SESSION,
    Approval: BY_HUMAN,
    Broadcast: {**BY_SESSION, "delivered": [1, 2, 3]},
    Acknowledgement: {**BY_SESSION, "ready": True},
    Activation: {**BY_HUMAN, "week": "2026-W48"},
}
EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    **RECORDS,
    Charter: read(CHARTER, charter().partition("  - {number: 2,")[0].encode()).value,
    Claim: read(claim_path(4), fleet()[4].encode()).value | {"labels": {"team": "outreach"}},
}

charters = fields(
    {
        "mission": fields({"statement": line}, targets=some(target)),
        "capacity": st.integers(-1, 100_001),
        "orchestrator": whole,
        "time_zone": st.sampled_from(("America/Los_Angeles", "Etc/GMT+5", "Etc/UTC", "UTC")),
        "approvers": some(fields({"handle": st.sampled_from(("@OWNER", "@org/team"))}, key=st.just("ssh-rsa AAAA= a"))),
    },
    work=some(
        fields({"name": line, "first": whole, "last": whole}) | fields({"name": line, "segments": some(line)}),
    ),
    slots=some(fields({"number": whole, "title": line, "role": line}, key=session_key)),
    session_keys=st.sampled_from(("required", "optional")),
)
FIXTURES = [path for path in tracked() if path.suffix == ".yaml"]


@cache
def schema(shape: type[BaseModel]) -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "schema" / f"{SCHEMAS[shape]}.schema.json").read_text("utf-8")))


def verdict(shape: type[BaseModel], value: Any) -> bool:
    """Whether a value has the form, on which the judges have to agree."""
    accepted, why = judged(shape, value)
    assert (accepted, why) == judged(getattr(definition, shape.__name__), value)
    complaints = [complaint.message for complaint in schema(shape).iter_errors(value)]
    assert accepted == (not complaints), (value, why, complaints)
    return accepted


def judged(shape: type[BaseModel], value: Any) -> tuple[bool, str]:
    """Whether a class takes a value, and what it makes of it, or every error to the letter."""
    try:
        made = shape.model_validate(value)
    except ValidationError as error:
        return False, f"{error}\n{error.errors(include_url=False)}"
    assert made == shape.model_validate(made.model_dump(exclude_unset=True))
    return True, f"{made.model_dump()}\n{made.model_dump_json(exclude_unset=True)}\n{made!r}"


def shape_of(path: Path) -> type[BaseModel] | None:
    name = path.as_posix()
    form = form_of(f"registry/{name.rpartition('/registry/')[2]}")
    return Claim if path.parent.name == "fleet" else form[0] if form else None


@pytest.mark.parametrize("shape", SCHEMAS, ids=SCHEMAS.values())
def test_schema_is_a_schema(shape: type[BaseModel]) -> None:
    Draft202012Validator.check_schema(schema(shape).schema)


def test_every_fixture() -> None:
    verdicts = list[bool]()
    for path in FIXTURES:
        document = read(path.name, path.read_bytes())
        shape = shape_of(path)
        if shape and not document.faults:
            verdicts.append(verdict(shape, document.value))
    assert verdicts.count(True) > 13  # the charter, the fleet
    assert verdicts.count(False) > 5


@pytest.mark.parametrize("shape", SCHEMAS, ids=SCHEMAS.values())
@pytest.mark.takes_long
def test_every_field_with_everything_that_is_nearly_right(shape: type[BaseModel]) -> None:
    assert verdict(shape, EXAMPLES[shape])
    for route in routes(EXAMPLES[shape])[1:]:
        for value in NEARLY:
            verdict(shape, replaced(EXAMPLES[shape], route, value))


@tries(2)
@given(claim)
def test_claims_that_have_their_form(value: Any) -> None:
    assert verdict(Claim, value)


@tries(3)
@given(claim.flatmap(changed) | claim.flatmap(changed).flatmap(changed))
@example({})
@example([])
@example(None)
@example({"targets": [{"metric": "m", "op": "gte", "value": True, "unit": "u"}]})
@pytest.mark.takes_long
def test_claims_with_a_change(value: Any) -> None:
    verdict(Claim, value)


@tries(2)
@given(charters | charters.flatmap(changed))
def test_charters(value: Any) -> None:
    verdict(Charter, value)


@pytest.mark.parametrize("shape", EXAMPLES, ids=[SCHEMAS[shape] for shape in EXAMPLES])
@tries(2)
@given(st.data())
def test_a_changed_example_gets_the_same_verdict(shape: type[BaseModel], data: st.DataObject) -> None:
    assert verdict(shape, EXAMPLES[shape])
    value = data.draw(changed(EXAMPLES[shape]))
    verdict(shape, value)
    verdict(shape, data.draw(changed(value)) if value else value)


@given(st.sampled_from(list(SCHEMAS)), json_value)
def test_any_json_value_gets_the_same_verdict(shape: type[BaseModel], value: Any) -> None:
    verdict(shape, value)
