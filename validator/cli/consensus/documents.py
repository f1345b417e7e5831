"""What was said and how it ended, as the verbs of consensus print it."""

from collections.abc import Callable

from validator.model.escape import well_formed
from validator.model.findings import Verdict
from validator.operations.consensus.view import Ended, View, Word
from validator.report.documents import RecordDocument, as_json, finding_entries


def document_of(view: View, word: Word, ended: Ended) -> RecordDocument:
    """What was said and how it ended, to be printed."""
    draft = word.speaker.draft if word.speaker else None
    return RecordDocument(
        record=word.kind,
        path=word.path,
        registry=view.digest,
        number=word.speaker.number if word.speaker else None,
        session_id=_text(draft.session_id if draft else None),
        role=_text(draft.role if draft else None),
        goal=_text(draft.goal if draft else None),
        branch=ended.branch,
        commit=ended.commit,
        pushed=ended.pushed,
        merged=ended.merged,
        findings=finding_entries(ended.verdict.findings) if ended.verdict else (),
        note=ended.note,
    )


def render(view: View, word: Word, ended: Ended, format: str, report: Callable[[Verdict], str]) -> str:
    """The document as JSON, or as text with the gate's findings where it said no."""
    if format == "json":
        return as_json(document_of(view, word, ended))
    rejected = report(ended.verdict) if ended.verdict and not ended.won else ""
    return f"{rejected}{ended.note}\n"


def _text(text: str | None) -> str | None:
    return None if text is None else well_formed(text)
