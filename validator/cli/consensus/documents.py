"""What was said and how it ended, as the verbs of consensus print it."""

from typing import TYPE_CHECKING

from validator.cli.console import Console
from validator.model.escape import well_formed_or_none
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome
from validator.report.text import render as report

if TYPE_CHECKING:
    from validator.report.documents import RecordDocument


def tell_outcome(console: Console, view: MainState, draft: RecordDraft, ended: RecordOutcome, format: str) -> int:
    """Print what became of a record. Returns 0 if it was taken, else 1."""
    if format == "json":
        from validator.report.documents import as_json

        console.say(as_json(document_of(view, draft, ended)))
    else:
        console.say(render(ended, colour=console.colour))
    return 0 if ended.won else 1


def document_of(view: MainState, draft: RecordDraft, ended: RecordOutcome) -> "RecordDocument":
    """What was said and how it ended, to be printed."""
    from validator.report.documents import RecordDocument, finding_entries

    claim = draft.speaker.draft if draft.speaker else None
    return RecordDocument(
        record=draft.kind,
        path=draft.path,
        registry=view.digest,
        number=draft.speaker.number if draft.speaker else None,
        session_id=well_formed_or_none(claim.session_id if claim else None),
        role=well_formed_or_none(claim.role if claim else None),
        goal=well_formed_or_none(claim.goal if claim else None),
        branch=ended.branch,
        commit=ended.commit,
        pushed=ended.pushed,
        merged=ended.merged,
        findings=finding_entries(ended.verdict.findings) if ended.verdict else (),
        note=ended.note,
    )


def render(ended: RecordOutcome, *, colour: bool) -> str:
    """How it ended as text, with the gate's findings where it said no."""
    rejected = report(ended.verdict, colour=colour) if ended.verdict and not ended.won else ""
    return f"{rejected}{ended.note}\n"
