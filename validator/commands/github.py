"""What GitHub's settings should be beside what they are, and making it so; all through `gh`, and idempotent."""

import base64
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from validator.codeowners import owners_text
from validator.commands import Answer, reader_at
from validator.escaping import json_text, logged
from validator.finding import FatalError
from validator.gh import HERE, Gh, number, part
from validator.output import GithubPlanDocument, SettingEntry, as_json
from validator.reading import charter_of
from validator.settings import REPOSITORY, RULESET, WORKFLOW_TOKEN, ruleset, seen

TOKEN_PATH = f"{HERE}/actions/permissions/workflow"


class Call(NamedTuple):
    """The request that makes a setting what it should be."""

    method: Literal["POST", "PUT", "PATCH"]
    path: str


class Setting(NamedTuple):
    """One thing to be set: what is there (None: nothing), what should be, the call (None: a proposal has to)."""

    name: str
    actual: Any
    wanted: Any
    call: Call | None

    @property
    def fits(self) -> bool:
        """Whether nothing is to be done."""
        return bool(self.actual == self.wanted)


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


def settings(*, repo: Path, ref: str | None) -> list[Setting]:
    """Everything on GitHub that has to be so for the gate to hold. Raises FatalError where gh cannot tell."""
    reader, commit = reader_at(repo, ref)
    handles = [approver.handle for approver in charter_of(reader.at(commit)).approvers]
    gh = Gh(repo)
    about = gh.get(HERE)
    return [
        _ruleset(gh, queue=part(about, "owner").get("type") == "Organization"),
        Setting("repository", seen(about, dict(REPOSITORY)), dict(REPOSITORY), Call("PATCH", HERE)),
        _token(gh),
        Setting("CODEOWNERS", _file(gh, "CODEOWNERS"), owners_text(handles), None),
    ]


def _ruleset(gh: Gh, *, queue: bool) -> Setting:
    wanted = ruleset(queue=queue)
    listed = gh.every(f"{HERE}/rulesets?includes_parents=false&per_page=100")
    ours = next((row for row in listed if row.get("name") == RULESET and row.get("target") == "branch"), None)
    if ours is None:
        return Setting(f"ruleset {RULESET}", None, wanted, Call("POST", f"{HERE}/rulesets"))
    path = f"{HERE}/rulesets/{number(ours, 'id')}"
    return Setting(f"ruleset {RULESET}", seen(gh.get(path), wanted), wanted, Call("PUT", path))


def _token(gh: Gh) -> Setting:
    wanted = dict(WORKFLOW_TOKEN)
    return Setting("workflow permissions", seen(gh.get(TOKEN_PATH), wanted), wanted, Call("PUT", TOKEN_PATH))


def _file(gh: Gh, path: str) -> str | None:
    """A file of main as GitHub has it; None where there is none."""
    found = gh.find(f"{HERE}/contents/{path}?ref=main")
    if found is None or found.get("encoding") != "base64":
        return None
    try:
        return base64.b64decode(str(found.get("content"))).decode("utf-8", "replace")
    except ValueError as error:
        raise FatalError(f"GitHub's {path} is no base64, which it says that it is; look again in a minute") from error


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
