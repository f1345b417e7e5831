"""Classes without pydantic, held against pydantic's own; validation is in tests/properties."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter

from tests import core_table
from validator.model import definition, shapes
from validator.model.core import ValidationError, module_alone, read_table, validate_field
from validator.model.core_table import PYDANTIC_CORE, TABLE

TARGET: dict[str, Any] = {"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails"}
FIELDS: dict[str, Any] = {
    "number": 4,
    "role": "Outreach",
    "goal": "Send 17 emails",
    "targets": [TARGET],
    "session_id": "marketing-outreach-1",
    "responsibilities": ["Personalize emails"],
    "scope": [{"work": "outreach", "first": 1, "last": 17}, {"work": "replies", "segments": ["standard"]}],
    "status": "REGISTERED",
    "timestamp": "2026-11-20T08:00:00Z",
}
CLAIM = shapes.Claim.model_validate(FIELDS)
MODEL = definition.Claim.model_validate(FIELDS)


def test_the_table_is_what_pydantic_makes_of_the_definition() -> None:
    assert core_table.TARGET.read_text("utf-8") == core_table.module(), "run: make generated"


def test_another_version_of_the_core_gets_a_table_made_now() -> None:
    assert read_table(PYDANTIC_CORE) is TABLE
    other = read_table("0")
    assert other is not TABLE
    assert other == TABLE


def test_every_model_has_its_class_with_its_fields() -> None:
    assert len(TABLE) > 15
    for name in TABLE:
        assert getattr(shapes, name).model_fields == tuple(getattr(definition, name).model_fields)


def test_fields_as_a_dictionary_and_as_json() -> None:
    every: list[dict[str, Any]] = [
        {"exclude_unset": True},
        {"exclude_none": True, "include": {"number", "key", "targets"}},
        {"exclude": {"number"}},
    ]
    for options in every:
        assert CLAIM.model_dump(**options) == MODEL.model_dump(**options)
        assert CLAIM.model_dump(mode="json", **options) == MODEL.model_dump(mode="json", **options)
        assert CLAIM.model_dump_json(**options) == MODEL.model_dump_json(**options)


def test_a_value_from_json_and_from_keywords() -> None:
    assert shapes.Claim.model_validate_json(MODEL.model_dump_json()) == CLAIM
    assert shapes.Target(**TARGET) == CLAIM.targets[0]
    with pytest.raises(ValidationError, match="1 validation error for Target\nunit\n"):
        shapes.Target(**{**TARGET, "unit": 1})


def test_a_copy_with_another_field() -> None:
    copy, model = (one.model_copy(update={"goal": "Send", "key": None}) for one in (CLAIM, MODEL))
    assert (copy.goal, CLAIM.goal) == ("Send", "Send 17 emails")
    assert copy.model_dump(exclude_unset=True) == model.model_dump(exclude_unset=True)
    assert copy != CLAIM
    assert copy.model_copy(update={"goal": CLAIM.goal}) == CLAIM


def test_a_value_is_frozen_compared_and_shown() -> None:
    part = shapes.RangePart(work="outreach", first=1, last=17)
    assert {part, CLAIM.scope[0]} == {part}
    others: list[object] = [shapes.RangeWork(name="outreach", first=1, last=17), "outreach 1-17"]
    assert part not in others
    assert repr(part) == repr(definition.RangePart(work="outreach", first=1, last=17))
    with pytest.raises(AttributeError, match="RangePart is frozen"):
        part.first = 2  # type: ignore[misc]


def test_a_field_by_itself() -> None:
    values = [None, True, 1, "1", "", "x\ny", [], [1], {}, [TARGET], [{}], FIELDS["scope"], "PENDING"]
    for name in shapes.Claim.model_fields:
        adapter = TypeAdapter[Any](
            definition.Claim.model_fields[name].rebuild_annotation(), config=ConfigDict(strict=True)
        )
        validate = partial(validate_field, shapes.Claim, name)
        for value in values:
            assert judged(validate, value) == judged(adapter.validate_python, value), (name, value)


def judged(validate: Callable[[Any], Any], value: Any) -> str:
    try:
        made = validate(value)
    except ValidationError as error:
        return repr(error.errors(include_url=False))
    return repr(made)


def test_a_module_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package_of_a_test"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('loaded')\n")
    (package / "inner.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert module_alone("package_of_a_test.inner").VALUE == 1
    assert module_alone("package_of_a_test.inner") is sys.modules.pop("package_of_a_test.inner")


def test_pydantic_can_be_loaded_afterwards() -> None:
    """The compiled module is one for both, so that an error of either is the other's."""
    with pytest.raises(ValidationError) as raised:
        definition.Claim.model_validate("x")
    assert type(raised.value) is ValidationError
