"""Which workflows get a proposal's files in a run with the rights of main: by their own steps, or by what they call.

Anyone can start such a run. To name a proposal's commit, for a status or a comment, is not to get its files.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from validator.hosts.github.workflows import Workflow, local_places

# Anyone can start one of these, and it runs with the rights of main.
_PRIVILEGED = {"pull_request_target", "workflow_run", "issue_comment"}
# How an expression or a step refers to a proposal's commits.
_HEAD = re.compile(
    r"head[._](?:sha|ref|commit|branch|repo|label)|headRef(?:Oid|Name)|merge_commit_sha|pull_request\.head|refs/pull/"
    r"|\bpull/(?:\$\{\{[^}]{0,200}\}\}|[^\s/]{1,200})/(?:head|merge)\b|gh pr (?:checkout|diff)"
)
_COMMAND = "fetch|checkout|switch|pull|clone|worktree|merge|reset|restore|cherry-pick|archive|read-tree|show|apply|am"
# How a line of a script gets files.
_GETS = re.compile(
    rf"\bgit\s+(?:(?:-[Cc]\s+\S+|-(?![Cc]\s)[\w-]+(?:=\S+)?)\s+)*(?:{_COMMAND})(?![-\w])"
    rf"|['\"]git['\"].{{0,200}}['\"](?:{_COMMAND})['\"]"
    r"|\bgh pr checkout\b|\bgh repo clone\b|\b(?:tarball|zipball|archive)/|\bcontents/\S{0,200}\?ref="
    r"|\b(?:curl|wget)\b.{0,500}(?:\braw\b|codeload|\.patch\b|\.diff\b)"
)
_COMMANDS = re.compile(r"\n|&&|\|\||;")
_REMARK = re.compile(r"\s*(?:#|//)")
_PRINTS = re.compile(r"\s*(?:echo|printf)\b[^|]*$")  # what is printed is not run
_ASSIGNED = re.compile(r"(?:^|[\s;])(?:export\s+)?([A-Za-z_]\w*)=")
_HANDED_ON = re.compile(r"""['"\s]([A-Za-z_][\w-]*)=|setOutput\(\s*['"]([\w-]+)|exportVariable\(\s*['"]([\w-]+)""")
_READ = re.compile(r"\b(inputs|outputs|env)\.([\w-]+)")
_PLACES = {"ref", "repository", "branch", "commit"}  # the inputs that say what an action checks out
_ONLY_NAMES = re.compile(
    r"wait|status|deploy|comment|label|dispatch", re.IGNORECASE
)  # what an action does with a commit
MOST = 10  # workflows and actions that call one another


class _Names(NamedTuple):
    """The inputs, outputs and variables that name a proposal's commit."""

    inputs: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()

    def name_head(self, value: object) -> bool:
        """Whether a value refers to a proposal's commit, by itself or by one of these."""
        known = {"inputs": self.inputs, "outputs": self.outputs, "env": self.variables}
        return bool(_HEAD.search(str(value))) or any(name in known[kind] for kind, name in _READ.findall(str(value)))


def fetchers(flows: Sequence[Workflow]) -> list[str]:
    """The workflows that anyone can start, that run with the rights of main, and that get a proposal's files."""
    files = {flow.path: flow for flow in flows}
    started = [flow for flow in flows if _PRIVILEGED & flow.triggers.keys()]
    return [flow.path for flow in started if _gets_head(flow, frozenset(), files, (flow.path,))]


def _gets_head(flow: Workflow, inputs: frozenset[str], files: Mapping[str, Workflow], callers: tuple[str, ...]) -> bool:
    """The same of one workflow or action that is called with these inputs for a proposal's commit."""
    names = _Names(inputs)
    for _ in range(2):  # what one job hands to another
        names = names._replace(outputs=names.outputs | frozenset(_handed_on(flow, names)))
    for job in flow.jobs:
        variables = frozenset[str]()
        for step in job.steps:
            own = frozenset(key for key, value in _mapping(step.get("env")).items() if names.name_head(value))
            here = names._replace(variables=variables | own)
            if _step_gets_head(step, here, files, callers):
                return True
            variables |= frozenset(_assigned(step, here, "GITHUB_ENV", "exportVariable"))
    return False


def _handed_on(flow: Workflow, names: _Names) -> Iterator[str]:
    """The outputs of steps and jobs that name a proposal's commit."""
    for job in flow.jobs:
        for step in job.steps:
            variables = frozenset(key for key, value in _mapping(step.get("env")).items() if names.name_head(value))
            yield from _assigned(step, names._replace(variables=variables), "GITHUB_OUTPUT", "setOutput", "set-output")
        yield from (key for key, value in job.outputs.items() if names.name_head(value))


def _assigned(step: Mapping[str, Any], names: _Names, *ways: str) -> Iterator[str]:
    """What the scripts of a step hand on, in one of these ways, in a line that names a proposal's commit."""
    for script in _scripts(step):
        if any(way in script for way in ways):
            for line, names_head in _lines(script, names):
                yield from ("".join(found) for found in _HANDED_ON.findall(line) if names_head)


def _step_gets_head(
    step: Mapping[str, Any], names: _Names, files: Mapping[str, Workflow], callers: tuple[str, ...]
) -> bool:
    """Whether a step gets the files of a proposal, by an action, by a script or by what it calls."""
    uses = str(step.get("uses", ""))
    given = frozenset(key for key, value in _mapping(step.get("with")).items() if uses and names.name_head(value))
    called = _called(uses, files)
    if called and called.jobs and any(job.steps for job in called.jobs):
        again = called.path in callers or len(callers) >= MOST
        return not again and _gets_head(called, given, files, (*callers, called.path))
    checkout = "checkout" in uses
    if given and (checkout or (given & _PLACES and not _ONLY_NAMES.search(uses))):
        return True
    return any(
        names_head and _GETS.search(line) and not _PRINTS.match(line)
        for script in _scripts(step)
        for line, names_head in _lines(script, names)
    )


def _called(uses: str, files: Mapping[str, Workflow]) -> Workflow | None:
    """The workflow or action of this repository that a step uses."""
    return next((files[place] for place in local_places(uses) if place in files), None)


def _scripts(step: Mapping[str, Any]) -> Iterator[str]:
    inputs = _mapping(step.get("with")) if "uses" in step else {}
    yield from (str(script) for script in (step.get("run"), inputs.get("script")) if script)


def _lines(script: str, names: _Names) -> Iterator[tuple[str, bool]]:
    """Each command of a script, and whether it names a proposal's commit, also by a variable that was set before."""
    named = set(names.variables)
    for line in _COMMANDS.split(script.replace("\\\n", " ")):
        if _REMARK.match(line):
            continue
        names_head = names.name_head(line) or any(re.search(rf"\b{re.escape(name)}\b", line) for name in named)
        yield line, names_head
        if names_head:
            named |= {found[1] for found in _ASSIGNED.finditer(line)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
