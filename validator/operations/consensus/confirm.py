"""The orchestrator confirms that there are no conflicts, if the audit finds no error."""

from pathlib import Path

from validator.model.findings import decides
from validator.model.layout import CONFIRMATION
from validator.operations.consensus.record import propose
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome, look, orchestrator_of
from validator.operations.judge import audit


def confirm(
    *, repo: Path, remote: str | None, session_id: str, now: str
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Propose the confirmation (`remote` None: here only). `now` is RFC 3339."""
    state = look(repo, remote)
    orchestrator = orchestrator_of(state, session_id)
    fields = {
        "registry": state.digest,
        "number": orchestrator.number,
        "session_id": session_id,
        "timestamp": now,
    }
    draft = RecordDraft("confirmation", CONFIRMATION, fields, orchestrator)
    verdict = audit(state.snapshot)
    if any(decides(finding) for finding in verdict.findings):
        outcome = RecordOutcome(False, "not confirmed: first fix these errors on main", verdict=verdict)
        return state, draft, outcome
    return state, draft, propose(state, draft)
