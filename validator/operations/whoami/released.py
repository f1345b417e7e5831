"""The number that a session had until it was released: how to claim it again, and who else has released it."""

from validator.git.signatures import endorsement
from validator.model.layout import SESSIONS, claim_path
from validator.model.names import is_name
from validator.model.phrases import quoted
from validator.operations.release_reason import removing
from validator.operations.whoami.main import MainAsSeen
from validator.registry.claim_form import claim_form, repeated_claim


def claimed_again(registry: MainAsSeen, session_id: str, me: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The command that claims the number which a session has released last, as it was, where that is free.

    Where somebody else has released it, who and why, and a form in place of the command.
    """
    if not is_name(session_id):
        return (), ""
    repo, charter = registry.reader.repo, registry.charter
    words = ("log", "-m", "--no-renames", "--first-parent", "-1", "--diff-filter=D", "--format=%H %P")
    step, *before = repo.read(*words, f"-S{session_id}", registry.main, "--", SESSIONS).decode().split() or [""]
    claims = registry.reader.at(before[0]).claims.values() if before else ()
    free = registry.free_numbers()
    held = next((one.claim for one in claims if one.draft.session_id == session_id and one.number in free), None)
    if held is None:
        return (), ""
    commit = removing(repo, before[1] if len(before) > 1 else step, claim_path(held.number))
    if held.key is None or endorsement(repo, commit, [(session_id, held.key)]).signer:
        return repeated_claim(charter, held, *me), ""
    who, day, why = repo.read("show", "-s", "--format=%an%n%as%n%s", commit).decode("utf-8", "replace").split("\n")[:3]
    return claim_form(charter, held.number, *me), f"{quoted(who)} released it on {day}: {quoted(why)}"
