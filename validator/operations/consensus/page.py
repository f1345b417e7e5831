"""The registry as one Markdown page, in the form of the document that it began with; readable as it is, too.

Nothing that a session or the charter says can be markup, a link or a mention.
"""

import re
from collections.abc import Iterator

from validator.model import shapes
from validator.model.escape import markdown_prose
from validator.model.phrases import counted
from validator.model.targets import format_target
from validator.operations.claim_key import ClaimKey, claim_keys_on_main
from validator.registry.claim_form import format_appointment
from validator.registry.consensus.criteria import Phase
from validator.registry.consensus.phases import Consensus, active_week, assess
from validator.registry.consensus.week import with_days
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot
from validator.registry.workload import format_scope

STATUS: dict[Phase, str] = {
    "registering": "Registration in progress",
    "registered": "All sessions are registered; the orchestrator has not confirmed yet",
    "confirmed": "Confirmed by the orchestrator; the human has not approved yet",
    "approved": "Consensus is achieved; the final registry has not been broadcast yet",
    "broadcast": "The final registry was broadcast; not all sessions have acknowledged it yet",
    "acknowledged": "All sessions have acknowledged; the human has not started the fleet yet",
    "active": "The fleet is activated",
}
# The document's own sentences for the six criteria, in their order.
CRITERIA = (
    "All {capacity} sessions registered with unique numbers",
    "No duplicate numbers claimed",
    "All roles distinct, and as the charter plans them",
    "All goals measurable and committed to",
    "Orchestrator confirms no conflicts",
    "Human approves final registry",
)
# What could begin a block of Markdown at the start of a line or of a list's item.
_BLOCK = re.compile(r"[^\w]|\d+[.)]")


def page(snapshot: Snapshot, charter: shapes.Charter, digest: str) -> str:
    """The registry of a snapshot; the same snapshot gives the same page."""
    state, slots = assess(snapshot, charter, proposed=None), {slot.number: slot for slot in charter.slots}
    numbers, keys = range(1, charter.capacity + 1), _keys(snapshot)
    parts = ["\n".join(_head(state, charter, digest, active_week(snapshot))), "## Current Session Registry"]
    parts += ["\n".join(_session(at, snapshot.by_number.get(at), slots.get(at), keys.get(at))) for at in numbers]
    parts += ["## Consensus Validation", "\n".join(_criteria(state, charter)), *_progress(state, charter)]
    parts += ["## Conflict Resolution", "\n".join(_conflicts(state)) or "Nothing on main conflicts."]
    return "\n\n".join(parts) + "\n"


def _head(state: Consensus, charter: shapes.Charter, digest: str, week: str | None) -> Iterator[str]:
    yield "# Session Identity Registry\n"
    yield f"- **Purpose**: {markdown_prose(charter.mission.statement)}"
    yield f"- **Status**: {STATUS[state.phase]}{f' for week {with_days(week)}' if week else ''}"
    yield f"- **Required**: All {charter.capacity} sessions must register before activation"
    yield f"- **Registry**: `{digest}`"


def _keys(snapshot: Snapshot) -> dict[int, ClaimKey]:
    """Which key speaks for each number; nothing where no claim has one."""
    keys = claim_keys_on_main(snapshot, snapshot.claims.values())
    keyed = any(claim_key.fingerprint for claim_key in keys.values())
    return {claim.number: keys[claim.path] for claim in snapshot.claims.values()} if keyed else {}


def _session(number: int, claim: ClaimFile | None, slot: shapes.Slot | None, key: ClaimKey | None) -> Iterator[str]:
    draft = claim.draft if claim else None
    title = slot.title if slot else draft.session_id if draft and draft.session_id else "no plan"
    yield f"### Session #{number}: {markdown_prose(title)}\n"
    yield f"- **NUMBER**: {number}"
    if claim is None or draft is None:
        yield from [f"- **ROLE**: {markdown_prose(slot.role)}"] if slot else []
        yield "- **STATUS**: ⏳ PENDING REGISTRATION"
        return
    yield f"- **ROLE**: {markdown_prose(draft.role or '')}"
    yield f"- **GOAL**: {markdown_prose(draft.goal or '')}"
    yield f"- **TARGETS**: {markdown_prose('; '.join(map(format_target, draft.targets or ())))}"
    yield f"- **SESSION_ID**: {markdown_prose(draft.session_id or '')}" + (
        f" (`{draft.runtime_id}`)" if draft.runtime_id else ""
    )
    if key:
        yield f"- **KEY**: {key}"
    if draft.scope:
        yield f"- **SCOPE**: {markdown_prose(format_scope(draft.scope))}"
    if draft.schedule:
        yield f"- **SCHEDULE**: {'; '.join(map(_appointment, draft.schedule))}"
    if claim.claim:
        yield "- **RESPONSIBILITIES**:"
        yield from (f"  - {_item(text)}" for text in claim.claim.responsibilities)
    yield f"- **STATUS**: {_status(claim)}"
    yield from [f"- **TIMESTAMP**: {claim.claim.timestamp[:16].replace('T', ' ')} UTC"] if claim.claim else []


def _appointment(one: shapes.Appointment) -> str:
    """Days and times are no session's words, and stay readable as they are; `:00-18:` could be an emoji."""
    said = format_appointment(one.model_copy(update={"activity": ""}))
    return markdown_prose(one.activity) + said.replace("-", "\N{EN DASH}")


def _status(claim: ClaimFile) -> str:
    if claim.claim is None:
        return "⚠ the claim cannot be read as a whole"
    return "✅ REGISTERED" if claim.claim.status == "REGISTERED" else "⏳ PENDING"


def _item(text: str) -> str:
    text = markdown_prose(text.strip())
    return f"<wbr>{text}" if _BLOCK.match(text) else text


def _criteria(state: Consensus, charter: shapes.Charter) -> Iterator[str]:
    for words, criterion in zip(CRITERIA, state.criteria, strict=True):
        mark = "x" if criterion.met else " "
        yield f"- [{mark}] {words.format(capacity=charter.capacity)}: {markdown_prose(criterion.evidence)}"


def _progress(state: Consensus, charter: shapes.Charter) -> Iterator[str]:
    acknowledged = f", {state.metrics.acknowledged} acknowledged" if state.metrics.acknowledged else ""
    yield f"**Current Status**: {state.registered}/{counted(charter.capacity, 'session')} registered{acknowledged}"
    yield f"**Next Action**: {markdown_prose(state.next_action)}"
    yield "This page is of main alone. With what is proposed, the next action can be another one: `registry status`"


def _conflicts(state: Consensus) -> Iterator[str]:
    for conflict in state.conflicts:
        yield f"- {conflict.kind}: {markdown_prose(conflict.message)}. {markdown_prose(conflict.help)}"
