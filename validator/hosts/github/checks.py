"""Whether the gate is in force, from the files of main. Each check has its result, the reason for it, and a command.

Longer than other modules because the checks stand here one after another, as `registry doctor` prints them.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from validator.hosts.github.codeowners import (
    MAX_BYTES,
    PLACES,
    Line,
    Owners,
    file_that_counts,
    owners_text,
    read_owners,
)
from validator.hosts.github.privileged import fetchers
from validator.hosts.github.settings import CHECK, RULESET_FILE, ruleset_text
from validator.hosts.github.workflows import Job, Workflow, is_action, may_be_called
from validator.model.layout import CHARTER, PROGRAM
from validator.model.phrases import join_limited, quoted
from validator.model.shapes import Charter

PLACEHOLDER = "@OWNER"
GOVERNED = (*PROGRAM, CHARTER)
MOST_NAMED = 5  # faults of one check that are printed
MOST_GOVERNED = 5_000  # files whose owners are looked for
# On which events the gate has to run, and on which of their types.
GATE_EVENTS = {"pull_request_target": ("opened", "synchronize", "reopened"), "merge_group": ("checks_requested",)}
MENDED = "registry codeowners"
COMMIT_OF = "gh api repos/OWNER/ACTION/commits/TAG --jq .sha"
EDIT = "${EDITOR:-vi}"
BY_HAND = f"{EDIT} .github/workflows/*.yml"


class State(StrEnum):
    """The result of a check."""

    IN_FORCE = "in-force"
    NOT_IN_FORCE = "not-in-force"
    UNKNOWN = "unknown"


class Check(NamedTuple):
    """A condition for the gate: what was found, why it matters, and the command that fixes it (None: no fix needed)."""

    name: str
    state: State
    what: str
    why: str
    command: str | None = None


class GateInputs(NamedTuple):
    """What the checks read: the files of main that matter to the gate.

    `texts` are the files that could be read, `deciding` the line of CODEOWNERS that decides for each governed path:
    those in `GOVERNED`. `left_off` counts the governed paths beyond the first `MOST_GOVERNED`.
    """

    paths: frozenset[str]
    texts: Mapping[str, str]
    charter: Charter | None
    workflows: tuple[Workflow, ...]
    owners: Owners
    deciding: Mapping[str, Line | None]
    left_off: int

    def owned_by(self, path: str) -> tuple[str, ...]:
        """The owners of a governed path: one of them has to approve its change."""
        line = self.deciding[path]
        return line.owners if line else ()


def read_inputs(
    paths: frozenset[str], texts: Mapping[str, str], charter: Charter | None, workflows: tuple[Workflow, ...]
) -> GateInputs:
    """Find the owners of governed paths. Without a readable CODEOWNERS no path has an owner."""
    owners = read_owners(texts.get(file_that_counts(paths) or "", ""))
    governed = sorted(path for path in paths if path.startswith(GOVERNED))
    deciding = {path: owners.deciding(path) for path in governed[:MOST_GOVERNED]}
    return GateInputs(paths, texts, charter, workflows, owners, deciding, len(governed) - len(deciding))


def local_checks(inputs: GateInputs) -> Iterator[Check]:
    """Every check on the files of main, in the order in which to fix them."""
    for check in CHECKS:
        yield check(inputs)


def plain_checks(inputs: GateInputs) -> Iterator[Check]:
    """Of these, those that say something of a plain Git server: it reads neither CODEOWNERS nor workflows."""
    yield _approver(inputs)
    yield _signed(inputs)


def verdict(name: str, why: str, wrong: str, command: str, *, fine: str) -> Check:
    """A check that is in force if `wrong` is empty."""
    if wrong:
        return Check(name, State.NOT_IN_FORCE, wrong, why, command)
    return Check(name, State.IN_FORCE, fine, why)


def _joined(faults: list[str]) -> str:
    return "; ".join(
        [*faults[:MOST_NAMED], *([f"and {len(faults) - MOST_NAMED:,} more"] if faults[MOST_NAMED:] else [])]
    )


def _approver(inputs: GateInputs) -> Check:
    approvers = inputs.charter.approvers if inputs.charter else ()
    handles = [approver.handle for approver in approvers]
    wrong = "" if handles else f"{CHARTER} is missing or broken"
    if PLACEHOLDER in [approver.handle for approver in approvers if not approver.key]:
        wrong = f"{CHARTER} still names {PLACEHOLDER}, which is a placeholder"
    return verdict(
        "approver-named", "an approver who does not exist approves nothing, and GitHub asks no other person", wrong,
        f"{EDIT} {CHARTER} && {MENDED}", fine=f"the approvers are {join_limited(handles)}",
    )  # fmt: skip


def _signed(inputs: GateInputs) -> Check:
    keyed = [approver.handle for approver in (inputs.charter.approvers if inputs.charter else ()) if approver.key]
    return verdict(
        "approvals-signed", "a plain Git server knows approvers by signature; without one, whoever may push approves",
        "" if keyed else f"no approver in {CHARTER} has a key",
        f"{EDIT} {CHARTER} && registry charter propose --name keys --push",
        fine=f"approvals are signed by {join_limited(keyed)}",
    )  # fmt: skip


def _file(inputs: GateInputs) -> Check:
    there = [place for place in PLACES if place in inputs.paths]
    wrong = "there is no CODEOWNERS" if not there else ""
    if len(there) > 1:
        wrong = f"{there[0]} counts, so what is in {join_limited(there[1:])} does not"
    elif there and there[0] not in inputs.texts:
        wrong = f"{there[0]} has {MAX_BYTES:,} bytes or more, is no file, or is not UTF-8, and is not loaded"
    fresh = inputs.charter and owners_text(one.handle for one in inputs.charter.approvers)
    if not wrong and fresh and inputs.texts[there[0]] != fresh:
        wrong = f"{there[0]} is not what {CHARTER} makes of it"
    command = f"git rm {' '.join(there[1:])}" if len(there) > 1 else MENDED
    return verdict(
        "codeowners-file", "GitHub reads only the first CODEOWNERS of .github/, the root and docs/", wrong,
        command, fine=f"{join_limited(there)} counts, and is fresh",
    )  # fmt: skip


def _lines(inputs: GateInputs) -> Check:
    skipped = [f"line {line.number}: {line.why}" for line in inputs.owners.skipped]
    return verdict(
        "codeowners-lines", "GitHub silently skips a line that it cannot read", _joined(skipped), MENDED,
        fine="GitHub reads every line",
    )  # fmt: skip


def _cancelled(inputs: GateInputs) -> Check:
    taken = dict[Line, list[str]]()
    for path, line in inputs.deciding.items():
        if line and not line.owners:
            taken.setdefault(line, []).append(path)
    rows = [
        f"line {line.number} ({quoted(line.pattern)}) takes the owners from {join_limited(paths, 3)}"
        for line, paths in sorted(taken.items())
    ]
    return verdict(
        "ownership-kept", "the last line that matches decides; if it has no owners, no approval is needed",
        _joined(rows), MENDED, fine="no line removes the owners of a governed file",
    )  # fmt: skip


def _owned(inputs: GateInputs) -> Check:
    bare = [path for path in inputs.deciding if not inputs.owned_by(path)]
    wrong = f"nobody owns {join_limited(bare)}" if bare else ""
    if inputs.left_off:
        wrong = f"{inputs.left_off:,} governed files beyond the first {MOST_GOVERNED:,} are not checked"
    return verdict(
        "governed-owned", "a file that has no owner can be changed without an approval", wrong, MENDED,
        fine=f"all {len(inputs.deciding)} governed files have an owner",
    )  # fmt: skip


def _owners_approve(inputs: GateInputs) -> Check:
    approvers = {one.handle.casefold() for one in inputs.charter.approvers} if inputs.charter else set()
    owners = {owner for path in inputs.deciding for owner in inputs.owned_by(path)}
    strangers = sorted(owner for owner in owners if owner.casefold() not in approvers)
    return verdict(
        "owners-approve", "a code owner whom the charter does not name could change the charter",
        f"{join_limited(strangers)} owns governed files, but is no approver in {CHARTER}" if strangers else "",
        MENDED, fine="every owner of a governed file is an approver in the charter",
    )  # fmt: skip


def _read(inputs: GateInputs) -> Check:
    faults = [f"{flow.path} ({flow.unread})" for flow in inputs.workflows if flow.unread]
    return verdict(
        "workflows-read", "GitHub may run a workflow that this check cannot read", join_limited(faults), BY_HAND,
        fine=f"all {len(inputs.workflows)} workflows and actions could be read",
    )  # fmt: skip


def _gate(inputs: GateInputs) -> Check:
    named = [(flow, job) for flow in inputs.workflows for job in flow.jobs if may_be_called(job, CHECK)]
    faults = [fault for flow, job in named[:1] for fault in _gate_faults(flow, job)]
    if not named:
        faults = [f'no workflow has a job named "{CHECK}"']
    if len(named) > 1:
        faults.append(f'{join_limited(flow.path for flow, _ in named)} each have a job that can be called "{CHECK}"')
    return verdict(
        "gate-runs", "the ruleset waits for this check; skipped is a success to GitHub, a filtered one never reports",
        _joined(faults), BY_HAND, fine=f'"{CHECK}" always runs, and is the only one',
    )  # fmt: skip


def _gate_faults(flow: Workflow, job: Job) -> Iterator[str]:
    missing = GATE_EVENTS.keys() - flow.triggers.keys()
    if missing:
        yield f"{flow.path} does not run on {join_limited(sorted(missing))}"
    for event, row in sorted(flow.triggers.items()):
        given = row if isinstance(row, dict) else {}
        if filters := [f"{event}.{key}" for key in given if key not in ("types", "branches")]:
            yield f"{flow.path} is filtered by {join_limited(filters)}"
        if "branches" in given and given["branches"] not in ("main", ["main"]):
            yield f"{flow.path} is filtered by {event}.branches, which is not main"
        left_out = set(GATE_EVENTS.get(event, ())) - set(map(str, _listed(given["types"]))) if "types" in given else ()
        if left_out:
            yield f"{flow.path} leaves out {event}.types: {join_limited(sorted(left_out))}"
    if job.slack:
        yield f"the job {job.key} of {flow.path} has {join_limited(f'{word}:' for word in job.slack)}"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _permissions(inputs: GateInputs) -> Check:
    flows = [flow for flow in inputs.workflows if not is_action(flow.path)]
    faults = [f"{flow.path} states no permissions" for flow in flows if flow.permissions is None]
    for flow in flows:
        stated = [flow.permissions, *(job.permissions for job in flow.jobs)]
        writes = any(isinstance(row, dict) and row.get("contents") == "write" for row in stated)
        if "write-all" in stated or (writes and not _by_main_only(flow)):
            faults.append(f"{flow.path} may write to the repository")
    return verdict(
        "workflow-permissions", "whoever can influence a workflow has its permissions",
        _joined(faults), BY_HAND, fine="every workflow states its permissions; none writes files but what main starts",
    )  # fmt: skip


def _by_main_only(flow: Workflow) -> bool:
    """Whether nothing but a push to main, or the clock, starts a workflow."""
    pushed = flow.triggers.get("push", {"branches": "main"})
    branches = pushed.get("branches") if isinstance(pushed, dict) else None
    return flow.triggers.keys() <= {"push", "schedule"} and branches in ("main", ["main"])


def _pinned(inputs: GateInputs) -> Check:
    loose = [f"{name} ({flow.path})" for flow in inputs.workflows for name in flow.unpinned()]
    return verdict(
        "actions-pinned", "a tag can be moved to other code by whoever holds the action's account",
        f"not pinned by commit: {join_limited(loose)}" if loose else "", f"{COMMIT_OF} && {BY_HAND}",
        fine="every action is pinned by its commit",
    )  # fmt: skip


def _head_is_data(inputs: GateInputs) -> Check:
    faults = fetchers(inputs.workflows)
    return verdict(
        "head-is-data", "files that a privileged run checks out can be executed with its token",
        f"{join_limited(faults)} checks a proposal out with the rights of main" if faults else "",
        BY_HAND, fine="no privileged workflow checks a proposal out",
    )  # fmt: skip


def _ruleset(inputs: GateInputs) -> Check:
    wrong = "" if inputs.texts.get(RULESET_FILE) == ruleset_text() else f"{RULESET_FILE} is missing or stale"
    return verdict(
        "ruleset-file", "the ruleset is reviewed in this file before it is applied", wrong,
        "registry github ruleset", fine=f"{RULESET_FILE} is fresh",
    )  # fmt: skip


CHECKS: tuple[Callable[[GateInputs], Check], ...] = (
    _approver,
    _file,
    _lines,
    _cancelled,
    _owned,
    _owners_approve,
    _read,
    _gate,
    _permissions,
    _pinned,
    _head_is_data,
    _ruleset,
)
