"""The orchestrator confirms that nothing conflicts, if the audit finds no error."""

from pathlib import Path

from validator.model.findings import decides
from validator.model.layout import CONFIRMATION
from validator.operations.consensus.record import propose
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome, look, orchestrator_of
from validator.operations.judge import audit


def confirm(
    *, repo: Path, remote: str | None, session_id: str, now: str
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Propose the confirmation (`remote` None: here only). `now` is RFC 3339."""
    view = look(repo, remote)
    orchestrator = orchestrator_of(view, session_id)
    fields = {
        "registry": view.digest,
        "number": orchestrator.number,
        "session_id": session_id,
        "timestamp": now,
    }
    draft = RecordDraft("confirmation", CONFIRMATION, fields, orchestrator)
    verdict = audit(view.snapshot)
    if any(decides(finding) for finding in verdict.findings):
        return view, draft, RecordOutcome(False, "not confirmed: this has to be mended on main before", verdict=verdict)
    return view, draft, propose(view, draft)
