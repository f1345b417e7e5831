"""GitHub workflows and composite actions, read for what matters to the gate. Files of main, but still only data."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

FOLDER = ".github/workflows/"
ACTIONS = ("action.yml", "action.yaml")
_PINNED = re.compile(r"(?:\./|docker://[^@]+@sha256:[0-9a-f]{64}$|[^@\s]+@[0-9a-f]{40}$)")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
# What a proposal's commits are called in an expression.
_HEAD = re.compile(r"head[._](?:sha|ref|commit)|refs/pull/|merge_commit_sha|pull_request\.head")


class Job(NamedTuple):
    """A job; `name` is what its check is called, `unconditional` that it runs whenever its workflow does."""

    key: str
    name: str
    unconditional: bool
    permissions: Any
    steps: tuple[Mapping[str, Any], ...]


class Workflow(NamedTuple):
    """A workflow file; `permissions` is None where it states none. `jobs` is empty where the file cannot be read."""

    path: str
    triggers: Mapping[str, Any]
    permissions: Any
    jobs: tuple[Job, ...]

    def uses(self) -> Iterator[str]:
        """Every action that a step uses."""
        for job in self.jobs:
            yield from (str(step["uses"]) for step in job.steps if "uses" in step)

    def unpinned(self) -> list[str]:
        """The actions that are named by what their authors can move: a tag or a branch, not a commit."""
        return [name for name in self.uses() if not _PINNED.match(name)]

    @property
    def privileged(self) -> bool:
        """Whether strangers' proposals start it with the rights of main."""
        return bool({"pull_request_target", "workflow_run"} & self.triggers.keys())

    @property
    def fetches_head(self) -> bool:
        """Whether a privileged run checks a proposal out."""
        settings = [step.get("with") for job in self.jobs for step in job.steps if "uses" in step]
        refs = [str(value) for given in settings if isinstance(given, dict) for value in given.values()]
        return self.privileged and any(map(_HEAD.search, refs))


def read_workflow(path: str, text: str) -> Workflow:
    """A workflow, or a composite action as a workflow of one job; never raises on content."""
    document = _mapping(_parsed(text))
    if path in ACTIONS:
        steps = _steps(_mapping(document.get("runs")))
        return Workflow(path, {}, None, (Job("action", "", True, None, steps),))
    jobs = tuple(_job(str(key), _mapping(job)) for key, job in _mapping(document.get("jobs")).items())
    return Workflow(path, _triggers(document.get("on")), document.get("permissions"), jobs)


def may_be_called(job: Job, check: str) -> bool:
    """Whether a job's check can come out under a name, whatever its expressions make of it."""
    literal = _EXPRESSION.split(job.name)
    return re.fullmatch(".*".join(map(re.escape, literal)), check) is not None


def _parsed(text: str) -> Any:
    import yaml12

    try:
        return yaml12.parse_yaml(text)
    except (ValueError, TypeError, RecursionError):
        return None


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _triggers(value: Any) -> dict[str, Any]:
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return {str(key): row for key, row in _mapping(value).items()} or {str(name): None for name in names}


def _job(key: str, job: dict[Any, Any]) -> Job:
    name = str(job.get("name", key))
    return Job(key, name, "if" not in job, job.get("permissions"), _steps(job))


def _steps(job: dict[Any, Any]) -> tuple[Mapping[str, Any], ...]:
    rows = job.get("steps")
    reused = ({"uses": job["uses"]},) if "uses" in job else ()
    return (*reused, *(step for step in rows if isinstance(step, dict))) if isinstance(rows, list) else reused
