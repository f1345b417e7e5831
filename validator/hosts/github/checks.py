"""Is the gate in force, as far as the files of main tell? Each check says what it finds, why it matters, what mends it.

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
from validator.hosts.github.settings import CHECK, RULESET_FILE, ruleset_text
from validator.hosts.github.workflows import Job, Workflow, is_action, may_be_called
from validator.model.layout import CHARTER
from validator.model.phrases import join_limited, quoted
from validator.model.shapes import Charter

PLACEHOLDER = "@OWNER"
# Who changes one of these changes the judge, or who approves.
GOVERNED = (
    *("validator/", "schema/", ".github/", "requirements/", CHARTER, "pyproject.toml", "Makefile", "action.yml"),
    *PLACES,
)
MOST_TOLD = 5  # faults of one check that are named
MOST_GOVERNED = 5_000  # files whose owners are looked for
# On which events the gate has to run, and on which of their types.
GATE_EVENTS = {"pull_request_target": ("opened", "synchronize", "reopened"), "merge_group": ("checks_requested",)}
MENDED = "registry codeowners"
COMMIT_OF = "gh api repos/OWNER/ACTION/commits/TAG --jq .sha"
BY_HAND = "$EDITOR .github/workflows/*.yml"


class State(StrEnum):
    """What a check comes to."""

    IN_FORCE = "in-force"
    NOT_IN_FORCE = "not-in-force"
    UNKNOWN = "unknown"


class Check(NamedTuple):
    """One thing that has to be so: what is found, why it matters, and the command that mends it (None: nothing)."""

    name: str
    state: State
    what: str
    why: str
    command: str | None = None


class Grounds(NamedTuple):
    """What main holds, as far as it bears on the gate.

    `texts` are the files that could be read, `deciding` the line of CODEOWNERS that decides for each governed path:
    those whose change would change the judge, or who approves. `left_off` counts the governed beyond the first
    `MOST_GOVERNED`.
    """

    paths: frozenset[str]
    texts: Mapping[str, str]
    charter: Charter | None
    workflows: tuple[Workflow, ...]
    owners: Owners
    deciding: Mapping[str, Line | None]
    left_off: int

    def owned_by(self, path: str) -> tuple[str, ...]:
        """Whose approval a change of a governed path needs."""
        line = self.deciding[path]
        return line.owners if line else ()


def grounds(
    paths: frozenset[str], texts: Mapping[str, str], charter: Charter | None, workflows: tuple[Workflow, ...]
) -> Grounds:
    """The grounds for a diagnosis. Without a CODEOWNERS that could be read, nobody owns anything."""
    owners = read_owners(texts.get(file_that_counts(paths) or "", ""))
    governed = sorted(path for path in paths if path.startswith(GOVERNED))
    deciding = {path: owners.deciding(path) for path in governed[:MOST_GOVERNED]}
    return Grounds(paths, texts, charter, workflows, owners, deciding, len(governed) - len(deciding))


def local_checks(grounds: Grounds) -> Iterator[Check]:
    """Every check on the files of main, in the order in which they are best mended."""
    for check in CHECKS:
        yield check(grounds)


def verdict(name: str, why: str, wrong: str, command: str, *, fine: str) -> Check:
    """A check that is in force unless there is something wrong to tell."""
    if wrong:
        return Check(name, State.NOT_IN_FORCE, wrong, why, command)
    return Check(name, State.IN_FORCE, fine, why)


def _told(faults: list[str]) -> str:
    return "; ".join([*faults[:MOST_TOLD], *([f"and {len(faults) - MOST_TOLD:,} more"] if faults[MOST_TOLD:] else [])])


def _approver(grounds: Grounds) -> Check:
    handles = [approver.handle for approver in grounds.charter.approvers] if grounds.charter else []
    wrong = "" if handles else f"{CHARTER} is missing or broken"
    if PLACEHOLDER in handles:
        wrong = f"{CHARTER} still names {PLACEHOLDER}, who is nobody"
    return verdict(
        "approver-named", "an approver who does not exist approves nothing, and nobody else is asked", wrong,
        f"$EDITOR {CHARTER} && {MENDED}", fine=f"the approvers are {join_limited(handles)}",
    )  # fmt: skip


def _file(grounds: Grounds) -> Check:
    there = [place for place in PLACES if place in grounds.paths]
    wrong = "there is no CODEOWNERS" if not there else ""
    if len(there) > 1:
        wrong = f"{there[0]} counts, so what is in {join_limited(there[1:])} does not"
    elif there and there[0] not in grounds.texts:
        wrong = f"{there[0]} has {MAX_BYTES:,} bytes or more, is no file, or is not UTF-8, and is not loaded"
    fresh = grounds.charter and owners_text(one.handle for one in grounds.charter.approvers)
    if not wrong and fresh and grounds.texts[there[0]] != fresh:
        wrong = f"{there[0]} is not what {CHARTER} makes of it"
    command = f"git rm {' '.join(there[1:])}" if len(there) > 1 else MENDED
    return verdict(
        "codeowners-file", "GitHub takes the first of .github/, the root and docs/, and asks whom it names", wrong,
        command, fine=f"{join_limited(there)} counts, and is fresh",
    )  # fmt: skip


def _lines(grounds: Grounds) -> Check:
    skipped = [f"line {line.number}: {line.why}" for line in grounds.owners.skipped]
    return verdict(
        "codeowners-lines", "GitHub skips a line that it cannot read, without a word", _told(skipped), MENDED,
        fine="GitHub reads every line",
    )  # fmt: skip


def _cancelled(grounds: Grounds) -> Check:
    taken = dict[Line, list[str]]()
    for path, line in grounds.deciding.items():
        if line and not line.owners:
            taken.setdefault(line, []).append(path)
    rows = [
        f"line {line.number} ({quoted(line.pattern)}) takes the owners from {join_limited(paths, 3)}"
        for line, paths in sorted(taken.items())
    ]
    return verdict(
        "ownership-kept", "the last line that matches decides, and one without owners lets everybody in",
        _told(rows), MENDED, fine="no line takes ownership of what is governed away",
    )  # fmt: skip


def _owned(grounds: Grounds) -> Check:
    bare = [path for path in grounds.deciding if not grounds.owned_by(path)]
    wrong = f"nobody owns {join_limited(bare)}" if bare else ""
    if grounds.left_off:
        wrong = f"{grounds.left_off:,} files more than the {MOST_GOVERNED:,} that are looked at make the judge"
    return verdict(
        "governed-owned", "whoever changes a file without owner changes the judge without being asked", wrong, MENDED,
        fine=f"all {len(grounds.deciding)} files that make the judge have an owner",
    )  # fmt: skip


def _owners_approve(grounds: Grounds) -> Check:
    approvers = {one.handle.casefold() for one in grounds.charter.approvers} if grounds.charter else set()
    owners = {owner for path in grounds.deciding for owner in grounds.owned_by(path)}
    strangers = sorted(owner for owner in owners if owner.casefold() not in approvers)
    return verdict(
        "owners-approve", "a code owner whom the charter does not name could change the charter",
        f"{join_limited(strangers)} owns what is governed, and is no approver of {CHARTER}" if strangers else "",
        MENDED, fine="every owner of what is governed is an approver of the charter",
    )  # fmt: skip


def _read(grounds: Grounds) -> Check:
    faults = [f"{flow.path} ({flow.unread})" for flow in grounds.workflows if flow.unread]
    return verdict(
        "workflows-read", "GitHub may run what cannot be read here", join_limited(faults), BY_HAND,
        fine=f"all {len(grounds.workflows)} workflows and actions could be read",
    )  # fmt: skip


def _gate(grounds: Grounds) -> Check:
    named = [(flow, job) for flow in grounds.workflows for job in flow.jobs if may_be_called(job, CHECK)]
    faults = [fault for flow, job in named[:1] for fault in _gate_faults(flow, job)]
    if not named:
        faults = [f'no workflow has a job named "{CHECK}"']
    if len(named) > 1:
        faults.append(f'{join_limited(flow.path for flow, _ in named)} each have a job that can be called "{CHECK}"')
    return verdict(
        "gate-runs", "the ruleset waits for this check, where skipped is a success, and what is filtered never comes",
        _told(faults), BY_HAND, fine=f'"{CHECK}" always runs, and is the only one',
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


def _permissions(grounds: Grounds) -> Check:
    flows = [flow for flow in grounds.workflows if not is_action(flow.path)]
    faults = [f"{flow.path} states no permissions" for flow in flows if flow.permissions is None]
    for flow in flows:
        stated = [flow.permissions, *(job.permissions for job in flow.jobs)]
        if "write-all" in stated or any(isinstance(row, dict) and row.get("contents") == "write" for row in stated):
            faults.append(f"{flow.path} may write to the repository")
    return verdict(
        "workflow-permissions", "what a workflow may do, whoever gets a word into it may do",
        _told(faults), BY_HAND, fine="every workflow states what it needs, and none writes files",
    )  # fmt: skip


def _pinned(grounds: Grounds) -> Check:
    loose = [f"{name} ({flow.path})" for flow in grounds.workflows for name in flow.unpinned()]
    return verdict(
        "actions-pinned", "a tag can be moved to other code by whoever holds the action's account",
        f"not pinned by commit: {join_limited(loose)}" if loose else "", f"{COMMIT_OF} && {BY_HAND}",
        fine="every action is pinned by its commit",
    )  # fmt: skip


def _head_is_data(grounds: Grounds) -> Check:
    faults = [flow.path for flow in grounds.workflows if flow.fetches_head]
    return verdict(
        "head-is-data", "what is checked out in a privileged run can run, and hold the run's token",
        f"{join_limited(faults)} checks a proposal out with the rights of main" if faults else "",
        BY_HAND, fine="no privileged workflow checks a proposal out",
    )  # fmt: skip


def _ruleset(grounds: Grounds) -> Check:
    wrong = "" if grounds.texts.get(RULESET_FILE) == ruleset_text() else f"{RULESET_FILE} is missing or stale"
    return verdict(
        "ruleset-file", "what the ruleset should be is reviewed in this file before it is applied", wrong,
        "registry github ruleset", fine=f"{RULESET_FILE} is fresh",
    )  # fmt: skip


CHECKS: tuple[Callable[[Grounds], Check], ...] = (
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
