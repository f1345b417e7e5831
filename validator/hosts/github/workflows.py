"""GitHub workflows and composite actions, read for what matters to the gate. Files of main, but still only data."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from validator.registry.yaml.aliases import without_aliases
from validator.registry.yaml.reader import Document, read

FOLDER = ".github/workflows/"
MAX_BYTES = 64 * 1024  # of one file
_ACTION = re.compile(r"(?:.+/)?action\.ya?ml", re.DOTALL)
_PINNED = re.compile(r"\./|docker://[^@]+@sha256:[0-9a-f]{64}$|[^@\s]+@[0-9a-f]{40}$")
# What stands for nothing in a workflow of GitHub's, or that two readers may read in two ways.
_UNCLEAR = re.compile(r"is a (?:merge key|tag)$|stands twice")
_SLACK = ("if", "needs", "continue-on-error")


class Job(NamedTuple):
    """A job; `name` is the name of its check, `slack` the keys that may skip it, or let it fail and be green.

    A job that calls another workflow has one step, that uses it.
    """

    key: str
    name: str
    slack: tuple[str, ...]
    permissions: Any
    steps: tuple[Mapping[str, Any], ...]
    outputs: Mapping[str, Any] = {}


class Workflow(NamedTuple):
    """A workflow file, or a composite action as a workflow of one job.

    `permissions` is None where it states none; `unread` says why the file could not be read, or not for sure: GitHub
    may read it differently.
    """

    path: str
    triggers: Mapping[str, Any]
    permissions: Any
    jobs: tuple[Job, ...]
    unread: str | None = None

    def uses(self) -> Iterator[str]:
        """Every action that a step uses."""
        for job in self.jobs:
            yield from (str(step["uses"]) for step in job.steps if "uses" in step)

    def unpinned(self) -> list[str]:
        """The actions that are named by a tag or a branch, which their authors can move, not by a commit."""
        return [name for name in self.uses() if not _PINNED.match(name)]


def is_workflow(path: str) -> bool:
    """Whether GitHub takes a file for a workflow."""
    return path.startswith(FOLDER) and path.endswith((".yml", ".yaml"))


def is_action(path: str) -> bool:
    """Whether a file is an action of this repository, if anything uses it."""
    return _ACTION.fullmatch(path) is not None


def local_places(uses: str) -> tuple[str, ...]:
    """Where the workflow or action of this repository is that a step uses; none for another repository's."""
    if not uses.startswith("./"):
        return ()
    path = uses.removeprefix("./").rstrip("/")
    return path, *(f"{path}/{name}".lstrip("/") for name in ("action.yml", "action.yaml"))


def unreadable(path: str, why: str) -> Workflow:
    """A workflow of which nothing is known."""
    return Workflow(path, {}, None, (), why)


def read_workflow(path: str, data: bytes) -> Workflow:
    """A workflow or an action. Never raises on content: its size is limited, also with its aliases written out."""
    file = read(path, data, most=MAX_BYTES)
    unread, document = _why_unread(file), _mapping(file.value)
    if unread and document and not any(_UNCLEAR.search(fault.message) for fault in file.faults):
        whole = without_aliases(data)
        unread, document = (None, whole) if isinstance(whole, dict) else (unread, document)
    if is_action(path):
        job = Job("action", "", (), None, _steps(_mapping(document.get("runs"))))
        return Workflow(path, {}, None, (job,), unread)
    variables = _mapping(document.get("env"))
    jobs = tuple(_job(key, _mapping(job), variables) for key, job in _mapping(document.get("jobs")).items())
    return Workflow(path, _triggers(document.get("on")), document.get("permissions"), jobs, unread)


def may_be_called(job: Job, check: str) -> bool:
    """Whether a job's check can come out under a name, whatever the expressions in its name are."""
    before, expression, rest = job.name.partition("${{")
    if not expression:
        return job.name == check
    after = rest.rpartition("}}")[2]
    return check.startswith(before) and check.endswith(after) and len(before) + len(after) <= len(check)


def _why_unread(file: Document) -> str | None:
    """Why a document is not known for sure: it is no mapping, or a value was not read as written."""
    if not isinstance(file.value, dict):
        return next((f"line {fault.line}: {fault.message}" for fault in reversed(file.faults)), "it is no mapping")
    odd = sorted(file.at(*route).line for route in file.damaged if not isinstance(_at(file, route), str))
    return f"line {odd[0]}: an alias, a tag, a merge key, or a duplicate key" if odd else None


def _at(file: Document, route: tuple[str | int, ...]) -> Any:
    value = file.value
    for key in route:
        try:
            value = value[key]
        except (KeyError, TypeError):  # a part of a key's second value, which is left out
            return None
    return value


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _triggers(value: Any) -> dict[str, Any]:
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return _mapping(value) or {name: None for name in names if isinstance(name, str)}


def _job(key: str, job: dict[str, Any], variables: Mapping[str, Any]) -> Job:
    name, steps = job.get("name", key), _steps(job)
    inherited = {**variables, **_mapping(job.get("env"))}
    steps = tuple({**step, "env": {**inherited, **_mapping(step.get("env"))}} if inherited else step for step in steps)
    slack = tuple(word for word in _SLACK if word in job or (word != "needs" and any(word in step for step in steps)))
    return Job(
        key, name if isinstance(name, str) else key, slack, job.get("permissions"), steps, _mapping(job.get("outputs"))
    )


def _steps(job: dict[str, Any]) -> tuple[Mapping[str, Any], ...]:
    rows = job.get("steps")
    reused = ({"uses": job["uses"], "with": job.get("with")},) if "uses" in job else ()
    return (*reused, *(step for step in rows if isinstance(step, dict))) if isinstance(rows, list) else reused
