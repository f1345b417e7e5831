"""The JSON documents that are not in the module of their verb, and what documents share; one class a document.

Texts that come from a registry are plain `str` here, not the patterns of a claim: a report on a broken registry must be
printable too. They have to be well-formed Unicode (`validator.model.escape.well_formed`).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from validator.model import shapes
from validator.model.definition import NO_NEWLINE, Charter, Claim, Digest, Shape
from validator.model.escape import json_text, well_formed
from validator.model.findings import Finding, Level, Origin
from validator.model.keys import KeyState
from validator.model.words import Op, Period
from validator.registry.conflicts import ConflictKind
from validator.registry.consensus.criteria import CriterionName
from validator.registry.events import NewsKind
from validator.registry.records import RecordKind, RecordState

Oid = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$", json_schema_extra=NO_NEWLINE)]
SlotState = Literal["open", "proposed", "unreadable", "pending", "registered", "acknowledged"]
DeliveryState = Literal["delivered", "delivered-before", "failed"]


class Printed(Shape):
    """The base of all output. Readers ignore unknown keys: a version may add keys."""

    model_config = ConfigDict(extra="ignore", json_schema_serialization_defaults_required=True)


class PrintedDocument(Printed):
    """A whole document. Within a `schema_version` no key is renamed or removed."""

    schema_version: Literal[1] = 1


class FindingEntry(Printed):
    """A finding; columns count Unicode code points from 1; `step` is the judged commit, null without `--steps`."""

    code: str
    name: str
    level: Level
    path: str
    line: int
    column: int
    message: str
    help: str
    origin: Origin
    step: Oid | None


class ValidateDocument(PrintedDocument):
    """`validate` and `audit`. `tree` is the merged tree, null where there is none; `base` null where none was given."""

    verdict: Literal["accepted", "rejected"]
    base: Oid | None
    head: Oid
    tree: Oid | None
    findings: tuple[FindingEntry, ...]
    healed: tuple[FindingEntry, ...]
    free_numbers: tuple[int, ...]


class UnprovedEntry(Printed):
    """A step for which nobody had to sign: `gaps` are what only the forge knows, where there is one.

    `pull_request` is the number that its message names, which anyone can write; null where it names none.
    """

    number: int
    commit: Oid
    gaps: tuple[Literal["approval", "author"], ...]
    pull_request: int | None


class BadStepEntry(Printed):
    """The first step that was not allowed, 0 for the root. `parent` is the last commit that is proved.

    `signed_by` is the approver by the parent's charter who has signed it, `formerly` one by an earlier charter;
    `committer` is what the commit says of itself.
    """

    number: int
    commit: Oid
    parent: Oid | None
    signed_by: str | None
    formerly: str | None
    committer: str


class ReplayEntry(Printed):
    """Main step by step from its root. `count` are the steps after the root; `approved` counts them by approver.

    `acknowledged` counts the sessions' own unsigned steps. Nothing is told of the steps after the first bad one.
    """

    root: Oid
    count: int
    approved: dict[str, int]
    acknowledged: int
    unproved: tuple[UnprovedEntry, ...]
    first_bad: BadStepEntry | None


class AuditStepsDocument(ValidateDocument):
    """`audit --steps`: `base` is the root, `head` is main; the findings are those of the first bad step."""

    steps: ReplayEntry


class SlotEntry(Printed):
    """Who has a number. `registered_at` and `commit` are of the first-parent commit that brought the claim to main.

    `fingerprint` is that of the key which speaks for the number. `key_state`: the claim's last change on main brought
    that key (`new`), or kept it (`same-as-before`); without a key it is `not-signed`. Both are null where main has no
    claim.
    """

    number: int
    state: SlotState
    session_id: str | None
    role: str | None
    goal: str | None
    registered_at: str | None
    commit: Oid | None
    fingerprint: str | None = None
    key_state: KeyState | None = None


class CriterionEntry(Printed):
    """One of the seed's six conditions of consensus."""

    name: CriterionName
    met: bool
    evidence: str


class RecordEntry(Printed):
    """A record on main, in the order of the steps. `void` says why it does not count (null: it counts).

    `again` is the command that makes a void one again, null where that does not work yet.
    """

    path: str
    record: RecordKind
    number: int | None
    by: str | None
    void: str | None
    again: str | None


class PromiseEntry(Printed):
    """A target of the mission and what the sessions on main, `numbers`, promise of it, in its unit and period.

    `promised` is null where promises do not add up, as those in percent and maximums: then each of `numbers` promises
    all of it.
    """

    metric: str
    op: Op
    value: int | float
    unit: str
    per: Period | None
    promised: int | float | None
    numbers: tuple[int, ...]
    text: str


class ExportDocument(PrintedDocument):
    """`export`: all that an orchestrator needs, read at one commit. `week` is that of an active fleet."""

    commit: Oid
    week: str | None
    digest: Digest
    charter: Charter
    slots: tuple[SlotEntry, ...]
    claims: tuple[Claim, ...]


class SlotsDocument(Printed):
    """The slots of an export alone."""

    slots: tuple[SlotEntry, ...]


class ErrorEntry(Printed):
    """Why a verb could not do its work; `help` is what to do, empty where the message says it all."""

    message: str
    help: str


class ErrorDocument(PrintedDocument):
    """What a verb with `--format json` prints where it ends with exit code 2."""

    error: ErrorEntry


class ClaimDocument(PrintedDocument):
    """`claim`: `note` says in a line how it ended; `commit` is null where nothing had to be written.

    `changes` are the lines that an amendment changes, as in a unified diff. `advice` is what will be missing in the
    registry because of this claim. `drawn` are the targets that were read from the goal.
    """

    number: int
    branch: str
    commit: Oid | None
    pushed: bool
    findings: tuple[FindingEntry, ...]
    note: str
    changes: str = ""
    advice: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()


class WithdrawDocument(PrintedDocument):
    """`withdraw`: the commit that was proposed on `branch`, and the `withdrawal` that takes it back.

    `signed`: that commit carries a valid SSH signature.
    """

    branch: str
    commit: Oid
    withdrawal: Oid
    signed: bool
    note: str


class ReleaseDocument(PrintedDocument):
    """`release`: `commit` is the one that removes the claim of `session_id`, null where nothing is proposed."""

    number: int
    session_id: str | None
    branch: str
    commit: Oid | None
    pushed: bool
    findings: tuple[FindingEntry, ...]
    note: str


class CharterDocument(PrintedDocument):
    """`charter propose`: `commit` is null where nothing was proposed."""

    branch: str
    commit: Oid | None
    pushed: bool
    findings: tuple[FindingEntry, ...]
    note: str


class BindDocument(PrintedDocument):
    """`bind`: the name, null where nobody has said one; `identity` is where it was said.

    `runtimes` are those that speak for the session in this clone.
    """

    session_id: str | None
    identity: str | None
    runtimes: tuple[str, ...]


class ApprovalEntry(Printed):
    """What became of a proposal: `merged` is the commit on main, null where it is not there."""

    name: str
    merged: Oid | None
    note: str


class ApprovalsDocument(PrintedDocument):
    """`approve`: one entry a proposal, in the order of merging."""

    approvals: tuple[ApprovalEntry, ...]


class ConflictEntry(Printed):
    """A conflict on main, or between a proposal and main (`where` is its branch)."""

    kind: ConflictKind
    where: str
    numbers: tuple[int, ...]
    message: str
    help: str


class RecordDocument(PrintedDocument):
    """`consensus confirm|approve|acknowledge|activate`: the record, and its branch and commit.

    `branch` is null where it went straight to main, `merged` the commit on main (null: it is not there). `number`,
    `session_id`, `role` and `goal` are those of the session that speaks, null where a human does.
    """

    record: RecordKind
    path: str
    registry: Digest
    number: int | None
    session_id: str | None
    role: str | None
    goal: str | None
    branch: str | None
    commit: Oid | None
    pushed: bool
    merged: Oid | None
    findings: tuple[FindingEntry, ...]
    note: str


class DeliveryEntry(Printed):
    """Whether a session's message was delivered; `note` says why not."""

    number: int
    session_id: str
    state: DeliveryState
    note: str


class WatchDocument(PrintedDocument):
    """`status --watch --format json` prints one of these a line; `id` is the same whenever an event is reported."""

    id: str
    event: NewsKind
    commit: Oid
    committed_at: str
    number: int | None
    session_id: str | None
    message: str


_IN_A_LIST = "\n    "  # what stands before a line of a list's element

# What every verb prints.
DOCUMENTS: dict[str, type[PrintedDocument]] = {"output-error": ErrorDocument}


def as_json(document: PrintedDocument) -> str:
    """A document as JSON text: ASCII only, keys in the order of the contract, LF at the end."""
    return json_text(document.model_dump(mode="json"))


def as_long_json(document: PrintedDocument) -> str:
    """The same of a document without fractions, which are written in another way here; several times faster."""
    return document.model_dump_json(indent=2, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"


def text_of_claim(claim: shapes.Claim) -> str:
    """A claim as `as_json` prints it in the list of an `ExportDocument`."""
    document = Claim.model_validate(claim.model_dump(exclude_unset=True)).model_dump(mode="json")
    return json_text(document).rstrip("\n").replace("\n", _IN_A_LIST)


def export_text(document: ExportDocument, claims: Sequence[str]) -> str:
    """The text of an export without claims, with the texts of these; its slots are printed as of long documents."""
    slots = SlotsDocument(slots=document.slots).model_dump_json(indent=2, ensure_ascii=True).replace("\x7f", "\\u007f")
    listed = f"[{_IN_A_LIST}" + f",{_IN_A_LIST}".join(claims) + "\n  ]" if claims else "[]"
    head, _ = as_json(document.model_copy(update={"slots": ()})).rsplit('  "slots": [],\n  "claims": []\n', 1)
    return f'{head}{slots[2:-2]},\n  "claims": {listed}\n}}\n'


def as_json_line(document: PrintedDocument) -> str:
    """A document as one line of JSON (JSON Lines): ASCII only, LF at the end."""
    return json.dumps(document.model_dump(mode="json"), allow_nan=False) + "\n"


def finding_entries(findings: Iterable[Finding]) -> tuple[FindingEntry, ...]:
    r"""Findings as they are printed; what is not Unicode in a path is shown as `\xNN`."""
    return tuple(map(_entry, findings))


def record_entries(records: Iterable[RecordState]) -> tuple[RecordEntry, ...]:
    """Records as they are printed."""
    return tuple(
        RecordEntry(path=one.path, record=one.kind, number=one.number, by=one.by, void=one.void, again=one.again)
        for one in records
    )


def _entry(finding: Finding) -> FindingEntry:
    return FindingEntry(
        code=finding.code,
        name=finding.name,
        level=finding.level,
        path=well_formed(finding.location.path),
        line=finding.location.line,
        column=finding.location.column,
        message=well_formed(finding.message),
        help=well_formed(finding.help),
        origin=finding.origin,
        step=finding.step,
    )
