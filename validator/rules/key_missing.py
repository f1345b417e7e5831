"""A claim has no key, and the charter asks for one.

What it means: The charter says `session_keys: required`, and a claim has no `key`. A claim that had none before the
charter asked for it, or before this change, is a warning.

Why: Without a key anyone who may push can speak in the name of the session.

Example:

    # registry/charter.yaml:      session_keys: required
    # registry/sessions/04.yaml:  without key

Way out: Claim with a key: `registry claim 4 --key new …`. A number that was registered without a key gets its first one
from the charter (`key` of its slot), or by release and a new claim.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.phrases import command_line
from validator.model.shapes import Charter
from validator.registry.claim_form import repeated_claim
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG111", "key-missing", Level.ERROR
LOOKS_AT = (Input.FILE,)
LONGEST = 1_000  # characters of a command in a help


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims without a key; those that main has without one are warnings."""
    if head.charter is None or head.charter.session_keys != "required":
        return
    for path, claim in head.claims.items():
        held = base.claims.get(path)
        if claim.draft.key is None and not claim.states_key:
            known = held is not None and held.draft.key is None
            message = f"the claim of number {claim.number} has no key, and the charter asks for one"
            help = (
                f"its first key comes from the charter's slot {claim.number}, or by release and a new claim"
                if known
                else f"claim number {claim.number} as before, and with a key: {_with_key(claim, head.charter)}"
            )
            yield Problem(claim.document.at(), message, help, Level.WARNING if known else None)


def _with_key(claim: ClaimFile, charter: Charter) -> str:
    """The whole command; of a claim that is long or has other faults only what to add."""
    value = claim.claim
    words = command_line(repeated_claim(charter, value, "--session-id", value.session_id)) if value else ""
    return words if 0 < len(words) <= LONGEST else "--key new"
