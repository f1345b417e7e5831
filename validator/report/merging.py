"""What merging would do, in Markdown, for the human who decides on a pull request's page."""

from collections.abc import Iterator

from validator.model.effect import Effect
from validator.model.escape import prose


def cautions(effect: Effect) -> str:
    """What to be careful about, as an alert of GitHub's; empty where there is nothing."""
    rows = "\n>\n".join(f"> **Careful:** {prose(caution)}" for caution in effect.cautions)
    return f"> [!CAUTION]\n{rows}" if rows else ""


def notes(effect: Effect) -> str:
    """What will be missing later, in the same form; empty where there is nothing."""
    rows = "\n>\n".join(f"> {prose(note)}" for note in effect.notes)
    return f"> [!NOTE]\n{rows}" if rows else ""


def merging(effect: Effect, *, accepted: bool) -> Iterator[str]:
    """Paragraphs: the sentence, who proposes, and the claim."""
    yield f"**Merging this** {prose(effect.sentence)}" if accepted else f"**Blocked.** This {prose(effect.blocked)}"
    if effect.proposed_by:
        named = prose(effect.named) if accepted else ""
        whose = f" It is the word of {named} only if {named} reviews and merges it." if named else ""
        yield f"Proposed by {prose(effect.proposed_by)}{whose}"
    if effect.rows:
        yield "\n".join(f"- {label}: {prose(value)}" for label, value in effect.rows)
    if accepted and effect.notes:
        yield notes(effect)
