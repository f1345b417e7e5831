"""GitHub's settings as they are and as they should be: what `github plan` shows and `github apply` sends."""

import base64
from pathlib import Path
from typing import Any, Literal, NamedTuple

from validator.hosts.github.api import HERE, Gh, number, part
from validator.hosts.github.codeowners import owners_text
from validator.hosts.github.settings import REPOSITORY, RULESET, TOKEN_PATH, WORKFLOW_TOKEN, project_onto, ruleset
from validator.model.errors import FatalError
from validator.registry.reader import charter_of, reader_at


class Call(NamedTuple):
    """The request that makes a setting what it should be."""

    method: Literal["POST", "PUT", "PATCH"]
    path: str


class Setting(NamedTuple):
    """A setting: its value (None: not set), the wanted value, and the request (None: only a proposal can change it)."""

    name: str
    actual: Any
    wanted: Any
    call: Call | None

    @property
    def fits(self) -> bool:
        """Whether the value is the wanted one."""
        return bool(self.actual == self.wanted)


def settings(*, repo: Path, ref: str | None) -> list[Setting]:
    """Every setting on GitHub that the gate needs. Raises FatalError where gh cannot read one."""
    reader, commit = reader_at(repo, ref)
    handles = [approver.handle for approver in charter_of(reader.at(commit)).approvers]
    gh = Gh(repo)
    about = gh.get(HERE)
    return [
        _ruleset(gh, queue=part(about, "owner").get("type") == "Organization"),
        Setting("repository", project_onto(about, dict(REPOSITORY)), dict(REPOSITORY), Call("PATCH", HERE)),
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
    return Setting(f"ruleset {RULESET}", project_onto(gh.get(path), wanted), wanted, Call("PUT", path))


def _token(gh: Gh) -> Setting:
    wanted = dict(WORKFLOW_TOKEN)
    return Setting("workflow permissions", project_onto(gh.get(TOKEN_PATH), wanted), wanted, Call("PUT", TOKEN_PATH))


def _file(gh: Gh, path: str) -> str | None:
    """A file of main as GitHub has it; None where there is none."""
    found = gh.find(f"{HERE}/contents/{path}?ref=main")
    if found is None or found.get("encoding") != "base64":
        return None
    try:
        return base64.b64decode(str(found.get("content"))).decode("utf-8", "replace")
    except ValueError as error:
        raise FatalError(f"GitHub's {path} is not valid base64; try again in a minute") from error
