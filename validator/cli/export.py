"""`registry export`: the registry as one JSON document, for the orchestrator."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.options import REF, REPO
from validator.operations.export import registry_at
from validator.report.documents import ExportDocument, as_json

DOCUMENTS = {"output-export": ExportDocument}


@click.command(epilog="Example: registry export --ref origin/main")
@REPO
@REF
@click.pass_obj
def command(console: Console, repo: Path, ref: str | None) -> int:
    """Charter, slots, claims and digest as one JSON document."""
    console.say(as_json(registry_at(repo, ref)))
    return 0
