"""A claim that the server's gate has refused: that is no race, and the same push would be refused again."""

from validator.git.remote import Pushed, Remote
from validator.model.escape import logged
from validator.model.layout import HEADS, claim_path
from validator.model.phrases import command_line
from validator.operations.claim.decide import ClaimDraft, ClaimOutcome, way_out_of
from validator.operations.claim.state import RegistryState
from validator.registry.claim_form import repeated_claim
from validator.registry.parsing import ClaimFile, claim_file
from validator.registry.yaml.reader import read

LONGEST = 400  # characters of the server's words


def refused(server: Remote, state: RegistryState, draft: ClaimDraft, pushed: Pushed) -> ClaimOutcome | None:
    """The outcome where the gate has refused a push; None where it has not, or where main has moved meanwhile."""
    branch = state.branch(draft.number)
    title = f"{HEADS}{branch}: refused"  # as hosts/plain/pre_receive answers
    if title not in pushed.said or _has_moved(server, state):
        return None
    why = logged(" / ".join(line for line in pushed.said if line and line != title)[:LONGEST])
    note = f"not proposed: the server refuses number {draft.number}: {why}{_way_out(state, draft)}"
    return ClaimOutcome(False, draft.number, branch, note, changes=draft.changes)


def _has_moved(server: Remote, state: RegistryState) -> bool:
    server.fetch()
    return server.main_and_proposals()[0] != state.main


def _way_out(state: RegistryState, draft: ClaimDraft) -> str:
    """How a session gives its open claim a key, which cannot be added there."""
    own, new = state.own.get(draft.number), _proposed(draft)
    if own is None or own.claim.draft.key or new.claim is None or not new.claim.key:
        return ""
    again = repeated_claim(state.charter, new.claim, "--session-id", new.claim.session_id)
    return f"; {way_out_of(state, own, draft.number)}; then run: {command_line(again)}"


def _proposed(draft: ClaimDraft) -> ClaimFile:
    return claim_file(read(claim_path(draft.number), draft.text.encode()), draft.number)
