"""`registry schema`: the schemas of registry files and of documents, written from the models or checked to be fresh."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from validator.cli import registry
from validator.cli.console import Console
from validator.cli.group import all_verbs
from validator.cli.options import CHECK, REPO
from validator.model import definition
from validator.model.errors import FatalError
from validator.operations.generate import write_or_check
from validator.report import documents

FILES: dict[str, type[definition.Shape]] = {
    "charter": definition.Charter,
    "session": definition.Claim,
    "confirmation": definition.Confirmation,
    "approval": definition.Approval,
    "broadcast": definition.Broadcast,
    "acknowledgement": definition.Acknowledgement,
    "activation": definition.Activation,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command(epilog="Example: registry schema --check")
@CHECK
@REPO
@click.pass_obj
def command(console: Console, check: bool, repo: Path) -> int:
    """Write schema/*.schema.json from the models."""
    text, exit_code = write_or_check(repo, schemas(), "registry schema", check=check)
    console.say(text)
    return exit_code


def schemas() -> dict[str, str]:
    """Every schema: path → text. Raises FatalError under `python -OO`, which drops the descriptions."""
    if sys.flags.optimize > 1:
        raise FatalError("python -OO drops the descriptions of the schemas; run it without -OO (PYTHONOPTIMIZE)")
    return {f"schema/{name}.schema.json": _schema(name, shape) for name, shape in all_shapes()}


def all_shapes() -> Iterator[tuple[str, type[definition.Shape]]]:
    """Every file of a registry and every document that a verb prints, by the name of its schema."""
    yield from FILES.items()
    yield from documents.DOCUMENTS.items()
    for _, command in all_verbs(registry):
        yield from documents_of(command)


def documents_of(command: click.Command) -> Iterator[tuple[str, type[documents.PrintedDocument]]]:
    """The documents that a verb prints, by the names of their schemas."""
    for name, shape in getattr(sys.modules[command.callback.__module__], "DOCUMENTS", {}).items():
        yield name, getattr(documents, shape) if isinstance(shape, str) else shape


def _schema(name: str, shape: type[definition.Shape]) -> str:
    mode = "serialization" if name.startswith("output-") else "validation"
    made = shape.model_json_schema(mode=mode)  # type: ignore[arg-type]  # a Literal, chosen above
    return json.dumps({"$schema": DIALECT, "$id": f"{name}.schema.json", **made}, indent=2, ensure_ascii=False) + "\n"
