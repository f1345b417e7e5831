"""What `registry consensus acknowledge` prints."""

from collections.abc import Callable

from validator.cli.consensus.documents import render
from validator.model.escape import visible
from validator.model.findings import Verdict
from validator.operations.consensus.view import MainState, RecordDraft, RecordOutcome


def render_acknowledged(
    view: MainState, draft: RecordDraft, ended: RecordOutcome, format: str, report: Callable[[Verdict], str]
) -> str:
    """What the session says back: number, role, goal, and the digest of the registry that it speaks of."""
    text = render(view, draft, ended, format, report)
    if format == "json" or not ended.won or draft.speaker is None:
        return text
    claim = draft.speaker.draft
    rows = (
        ("number", str(draft.speaker.number)),
        ("role", claim.role or ""),
        ("goal", claim.goal or ""),
        ("registry", view.digest),
    )
    return "".join(f"{name + ':':<9} {visible(value)}\n" for name, value in rows) + text
