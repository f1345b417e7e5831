"""The orchestrator confirms that there are no conflicts, if the audit finds no error."""

from pathlib import Path

from validator.model.findings import decides
from validator.model.layout import CONFIRMATION
from validator.operations.consensus.record import propose
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome, look, orchestrator_of, record_by
from validator.operations.judge import audit


def confirm(
    *, repo: Path, remote: str | None, session_id: str, now: str
) -> tuple[MainState, RecordDraft, RecordOutcome]:
    """Propose the confirmation (`remote` None: here only). `now` is RFC 3339."""
    state = look(repo, remote)
    draft = record_by(state, orchestrator_of(state, session_id), "confirmation", CONFIRMATION, now)
    verdict = audit(state.snapshot)
    if any(decides(finding) for finding in verdict.findings):
        outcome = RecordOutcome(False, "not confirmed: first fix these errors on main", verdict=verdict)
        return state, draft, outcome
    return state, draft, propose(state, draft)
