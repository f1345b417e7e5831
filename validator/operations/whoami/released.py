"""The number that a session had until it was released: how to claim it again, and who else has released it."""

from validator.git.change import sized
from validator.git.history import Step
from validator.git.signatures import endorsement
from validator.model.layout import REGULAR_FILE, SESSIONS
from validator.model.names import is_name
from validator.model.phrases import quoted
from validator.operations.narrow import Narrow
from validator.operations.release_reason import removing
from validator.operations.whoami.main import MainAsSeen
from validator.registry.claim_form import claim_form, repeated_claim
from validator.registry.reader import session_ids


def claimed_again(
    registry: MainAsSeen, session_id: str, me: tuple[str, ...], narrow: Narrow
) -> tuple[tuple[str, ...], str]:
    """The command that claims the number which a session has released last, as it was, where that is free.

    Where somebody else has released it, who and why, and a form in place of the command.
    """
    if not is_name(session_id):
        return (), ""
    repo, charter = registry.reader.repo, registry.charter
    last = _last_release(registry, session_id, narrow)
    claims = registry.reader.claims_in(sized(repo, {last.path: last.old})) if last else ()
    free = registry.free_numbers()
    held = next((one.claim for one in claims if one.number in free), None)
    if last is None or held is None:
        return (), ""
    commit = removing(repo, (*repo.parents(last.commit)[1:], last.commit)[0], last.path)
    if held.key is None or endorsement(repo, commit, [(session_id, held.key)]).signer:
        return repeated_claim(charter, held, *me), ""
    who, day, why = repo.read("show", "-s", "--format=%an%n%as%n%s", commit).decode("utf-8", "replace").split("\n")[:3]
    return claim_form(charter, held.number, *me, keyed=True), f"{quoted(who)} released it on {day}: {quoted(why)}"


def _last_release(registry: MainAsSeen, session_id: str, narrow: Narrow) -> Step | None:
    """The step of main that removed a claim of this session last."""
    removed = [
        (step, step.old)
        for step in narrow.steps(registry.main)
        if step.new is None and step.old and step.old.mode == REGULAR_FILE and step.path.startswith(f"{SESSIONS}/")
    ]
    names = session_ids(registry.reader.repo, {old.oid for _, old in removed}, session_id)
    return next((step for step, old in reversed(removed) if names.get(old.oid) == session_id), None)
