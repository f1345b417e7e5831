"""Claim a number with the key that shall speak for the session; a new key goes again where nothing is proposed."""

from pathlib import Path

from validator.git.keys import remembered
from validator.git.remote import Remote
from validator.git.repo import Repo
from validator.model.errors import FatalError, attempted
from validator.operations.claim.decide import ClaimOutcome
from validator.operations.claim.race import Accept, Hint, claim
from validator.operations.claim.request import ClaimRequest
from validator.operations.signing import NEW, chosen_key, remove_unused


def claim_with_key(
    *, repo: Path, request: ClaimRequest, key: str | None, folder: Path, push: bool, remote: str, hint: Hint,
    accept: Accept | None = None,
) -> tuple[ClaimOutcome, str | None]:  # fmt: skip
    """The outcome of a claim, and the public key that it names; `key` is as `--key` takes it.

    A new key is made in a folder of its own below `folder`. Raises FatalError.
    """
    store, session = Repo(repo), request.session_id
    before = remembered(store, session) if key == NEW else ()
    spoken = chosen_key(store, session, key, folder) if key else None
    if spoken:
        request = request._replace(fields={**request.fields, "key": spoken})
    succeeded = known = False
    try:
        outcome = claim(repo=repo, request=request, push=push, remote=remote, hint=hint, accept=accept)
        succeeded, known = outcome.succeeded, True
    except FatalError:
        # A push that got no answer may have arrived: only the server knows.
        known = bool(spoken) and (not push or attempted(Remote(store, remote).fetch) is None)
        raise
    finally:
        if key == NEW and spoken and known and not succeeded:
            remove_unused(store, session, spoken, before)
    return outcome, spoken
