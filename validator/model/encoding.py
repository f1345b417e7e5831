"""The table of schemas for `core.py`, made of pydantic's models."""

from typing import Any

from pydantic import BaseModel

from validator.model import definition


def table() -> dict[str, dict[str, Any]]:
    """The schema of each class of the definition, by its name."""
    found = (each for each in vars(definition).values() if isinstance(each, type) and issubclass(each, BaseModel))
    return {model.__name__: schema_of(model) for model in found if model.model_fields}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """pydantic's schema of a model, with names in place of Python's objects."""
    model.model_rebuild()
    schema: Any = model.__pydantic_core_schema__
    schema = schema["schema"] if schema["type"] == "definitions" else schema
    return _fields(schema)


def _fields(schema: dict[str, Any]) -> dict[str, Any]:
    # Metadata are for JSON Schemas; a class is referred to by its name.
    return {key: _named(value) for key, value in schema.items() if key not in ("metadata", "ref")}


def _named(part: Any) -> Any:
    """A part of a schema, with references in place of the models in it."""
    if isinstance(part, list):
        return list(map(_named, part))
    if not isinstance(part, dict):
        return part.__name__ if callable(part) else part
    if part.get("type") == "model":
        return {"type": "definition-ref", "schema_ref": part["cls"].__name__}
    if part.get("type") == "definition-ref":
        return {"type": "definition-ref", "schema_ref": part["schema_ref"].rpartition(":")[0].rpartition(".")[2]}
    return _fields(part)
