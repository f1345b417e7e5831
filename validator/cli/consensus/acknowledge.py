"""What `registry consensus acknowledge` prints."""

from collections.abc import Callable

from validator.cli.consensus.documents import render
from validator.model.escape import visible
from validator.model.findings import Verdict
from validator.operations.consensus.view import Ended, View, Word


def render_acknowledged(view: View, word: Word, ended: Ended, format: str, report: Callable[[Verdict], str]) -> str:
    """What the session says back: number, role, goal, and the digest of the registry that it speaks of."""
    text = render(view, word, ended, format, report)
    if format == "json" or not ended.won or word.speaker is None:
        return text
    draft = word.speaker.draft
    rows = (
        ("number", str(word.speaker.number)),
        ("role", draft.role or ""),
        ("goal", draft.goal or ""),
        ("registry", view.digest),
    )
    return "".join(f"{name + ':':<9} {visible(value)}\n" for name, value in rows) + text
