"""GitHub's settings as they are and as they should be, and making them so."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from validator.hosts.github.api import Gh
from validator.hosts.github.plan import Setting, settings
from validator.model.escape import json_text, logged
from validator.operations import Answer
from validator.report.documents import GithubPlanDocument, SettingEntry, as_json


def plan(*, repo: Path, ref: str | None, format: str) -> Answer:
    """The settings as they are and as they should be; 1 where they differ. The charter is the one of `ref`."""
    return _answer(settings(repo=repo, ref=ref), format, "to make it so: registry github apply\n")


def apply(*, repo: Path, ref: str | None, format: str) -> Answer:
    """Make the settings what they should be, and look again; 1 where something is left that a proposal has to do."""
    gh = Gh(repo)
    changed = [setting for setting in settings(repo=repo, ref=ref) if not setting.fits and setting.call]
    for setting in changed:
        assert setting.call, "only what has a call is changed"
        gh.send(setting.call.method, setting.call.path, setting.wanted)
    answer = _answer(settings(repo=repo, ref=ref), format, "propose it: registry codeowners, then a pull request\n")
    told = "".join(f"set: {setting.name}\n" for setting in changed) if format == "text" else ""
    return Answer(told + answer.text, answer.exit_code)


def _answer(rows: list[Setting], format: str, way_out: str) -> Answer:
    fits = all(row.fits for row in rows)
    if format == "json":
        entries = tuple(SettingEntry(name=r.name, fits=r.fits, actual=r.actual, wanted=r.wanted) for r in rows)
        return Answer(as_json(GithubPlanDocument(fits=fits, settings=entries)), 0 if fits else 1)
    lines = [line for row in rows for line in _lines(row)]
    return Answer("".join(f"{line}\n" for line in lines) + ("" if fits else way_out), 0 if fits else 1)


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
