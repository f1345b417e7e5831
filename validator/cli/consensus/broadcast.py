"""What `registry consensus broadcast` prints."""

from collections.abc import Callable, Sequence

from validator.cli.consensus import documents
from validator.model.findings import Verdict
from validator.model.layout import width
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome
from validator.report.documents import BroadcastDocument, DeliveryEntry, as_json


def render(
    view: MainState,
    draft: RecordDraft,
    ended: RecordOutcome,
    rows: Sequence[DeliveryEntry],
    format: str,
    report: Callable[[Verdict], str],
) -> str:
    """Every delivery, and how it ended."""
    if format == "json":
        document = documents.document_of(view, draft, ended)
        return as_json(BroadcastDocument(**dict(document), deliveries=tuple(rows)))
    digits = width(view.charter.capacity)
    lines = [
        f"{'✗' if row.state == 'failed' else '✓'} {row.number:>{digits}}  {row.session_id:<26} {row.state}"
        f"{f': {row.note}' if row.note else ''}\n"
        for row in rows
    ]
    return "".join(lines) + documents.render(view, draft, ended, format, report)
