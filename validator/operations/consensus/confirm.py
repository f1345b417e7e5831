"""The orchestrator confirms that there are no conflicts, if the audit finds no error."""

from pathlib import Path

from validator.model.escape import logged
from validator.model.findings import decides
from validator.model.layout import CONFIRMATION
from validator.model.phrases import counted
from validator.operations.consensus.record import propose
from validator.operations.consensus.state import MainState, RecordDraft, RecordOutcome, look, orchestrator_of, record_by
from validator.operations.judge import audit
from validator.registry.conflicts import conflicts


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
    if against := conflicts(state.snapshot, state.charter):
        reasons = "\n".join(f"  {logged(one.message)}\n    {logged(one.help)}" for one in against)
        return state, draft, RecordOutcome(False, f"not confirmed: {counted(len(against), 'conflict')}\n{reasons}")
    return state, draft, propose(state, draft)
