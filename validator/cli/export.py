"""`registry export`: the registry as one JSON document, for the orchestrator, or as a page in Markdown."""

from pathlib import Path

import click

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import OUTPUT, REF, REPO
from validator.cli.progress import patient_reader
from validator.operations.consensus.mail import page_at
from validator.operations.export import text_at
from validator.report.documents import ExportDocument

DOCUMENTS = {"output-export": ExportDocument}


@click.command(epilog="Example: registry export --format markdown --output REGISTRY.md")
@REPO
@REF
@click.option("--format", type=click.Choice(["json", "markdown"]), default="json", show_default=True)
@OUTPUT
@click.pass_obj
@fetches
def command(console: Console, repo: Path, ref: str | None, format: str, output: Path | None) -> int:
    """Charter, slots, claims and digest as one JSON document, or the claims as a page in Markdown."""
    reader, commit = patient_reader(repo, ref, console.hint)
    text = text_at(reader, commit) if format == "json" else page_at(reader, commit)
    if output:
        console.write(output, text)
    else:
        console.say(text, whole=True)
    return 0
