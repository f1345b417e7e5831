"""The orchestrator says that nothing conflicts; it refuses, and lists what does, while anything does."""

from pathlib import Path

from validator import judging
from validator.commands.recording import Ended, View, Word, look, orchestrator_of, propose
from validator.finding import decides
from validator.records import CONFIRMATION


def confirm(*, repo: Path, remote: str | None, session_id: str, now: str) -> tuple[View, Word, Ended]:
    """Propose the confirmation (`remote` None: here only). `now` is RFC 3339."""
    view = look(repo, remote)
    orchestrator = orchestrator_of(view, session_id)
    fields = {
        "registry": view.digest,
        "number": orchestrator.number,
        "session_id": session_id,
        "timestamp": now,
    }
    word = Word("confirmation", CONFIRMATION, fields, orchestrator)
    verdict = judging.audit(view.snapshot)
    if any(decides(finding) for finding in verdict.findings):
        return view, word, Ended(False, "not confirmed: this has to be mended on main before", verdict=verdict)
    return view, word, propose(view, word)
