"""The key speaks for another number, or is an approver's.

What it means: The `key` of a claim is that of another claim, or the charter keeps it for another number, or an approver
of the charter has it. Keys are compared by their type and their base64; comments do not count.

Why: One key speaks for one number. Whoever holds a key can say anything in the name of its number, so two sessions with
one key could speak for each other, and a session with an approver's key could approve its own claim.

Example:

    # registry/sessions/03.yaml and registry/sessions/09.yaml have the same key

Way out: Claim with a key of its own: `registry claim 4 --key new …`.
"""

from collections.abc import Iterator

from validator.model.findings import Input, Level, Problem
from validator.model.keys import fingerprint, normal_key
from validator.registry.holders import since
from validator.registry.overlaps import Clash, taken
from validator.registry.parsing import ClaimFile
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG109", "key-taken", Level.ERROR
LOOKS_AT = (Input.FILE, Input.PAIRS)
HELP = "claim number {} as before, and with a key of its own: --key new"


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield the claims whose key is another claim's, another slot's or an approver's."""
    for clash in taken(head, base, "key"):
        yield _already_used(clash, since(clash.first.path, base.past([clash.first.path])))
    if head.charter is None:
        return
    approvers = {normal_key(one.key): one.handle for one in head.charter.approvers if one.key}
    kept = {slot.key: slot.number for slot in head.charter.slots if slot.key}
    for claim in head.claims.values():
        if claim.draft.key in approvers:
            yield _problem(claim, f"is that of {approvers[claim.draft.key]}, who approves")
        elif kept.get(claim.draft.key or "", claim.number) != claim.number:
            yield _problem(claim, f"is kept for number {kept[claim.draft.key or '']} by the charter")


def _already_used(clash: Clash, known: str) -> Problem:
    where = f"speaks for number {clash.first.number}{known}" if known else f"is that of number {clash.first.number} too"
    return _problem(clash.second, where)


def _problem(claim: ClaimFile, why: str) -> Problem:
    message = f"the key {fingerprint(claim.draft.key or '')} {why}"
    return Problem(claim.document.at("key"), message, HELP.format(claim.number))
