"""`registry github plan`: GitHub's settings as they are and as they should be."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import JsonValue

from validator.cli.console import Console
from validator.cli.fetching import fetches
from validator.cli.options import at_commit
from validator.hosts.github.plan import Setting, settings
from validator.model.escape import json_text, logged
from validator.report.documents import Printed, PrintedDocument, as_json


class SettingEntry(Printed):
    """A thing to be set on GitHub, as it is and as it should be; text where it is a file, null where there is none."""

    name: str
    fits: bool
    actual: JsonValue
    wanted: JsonValue


class GithubPlanDocument(PrintedDocument):
    """`github plan` and, after it has done its work, `github apply`."""

    fits: bool
    settings: tuple[SettingEntry, ...]


DOCUMENTS = {"output-github-plan": GithubPlanDocument}


@click.command(epilog="Example: registry github plan")
@at_commit
@click.pass_obj
@fetches
def command(console: Console, repo: Path, ref: str | None, format: str) -> int:
    """Compare GitHub's settings with what they should be; exit 1 if they differ."""
    text, exit_code = printed(settings(repo=repo, ref=ref), format, "to make it so: registry github apply\n")
    console.say(text)
    return exit_code


def printed(rows: list[Setting], format: str, way_out: str) -> tuple[str, int]:
    """The settings as text or JSON, and 0 if each is as it should be, else 1."""
    fits = all(row.fits for row in rows)
    if format == "json":
        entries = tuple(SettingEntry(name=r.name, fits=r.fits, actual=r.actual, wanted=r.wanted) for r in rows)
        return as_json(GithubPlanDocument(fits=fits, settings=entries)), 0 if fits else 1
    lines = [line for row in rows for line in _lines(row)]
    return "".join(f"{line}\n" for line in lines) + ("" if fits else way_out), 0 if fits else 1


def _lines(row: Setting) -> Iterator[str]:
    if row.fits:
        yield f"✓ {row.name}"
        return
    yield f"✗ {row.name}{'' if row.actual is not None else ': there is none'}"
    before, after = (_text(value).splitlines() for value in (row.actual, row.wanted))
    for line in difflib.unified_diff(before, after, "as it is", "as it should be", lineterm=""):
        yield f"    {logged(line)}"


def _text(value: Mapping[str, Any] | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else json_text(value)
