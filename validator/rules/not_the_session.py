"""A change in a session's name that the session has not signed.

What it means: Where a claim has a `key`, that key speaks for the session. A first claim with a key is signed by it;
where the charter keeps the number for a key, the claim has that key. An amendment, a release, an acknowledgement, a
confirmation and a broadcast are signed by the key in main's claim; a release, and an amendment that changes nothing but
the key, may be an approver's own signed commit instead. Of a claim or release that holds for every commit of its branch
but merges, since their messages are read as the session's. A number that was registered without a key gets its first
one from the charter's slot, or by release and a new claim. What is signed is what lands: the commit that made the file
is looked for behind merges, and main must have had the file all along as it was where that commit began.

Why: A plain Git server does not know who pushes, and a session_id is a name that anyone can write. A signature counts
for these bytes in this history: an older commit, one of another registry or one that is copied onto another base says
nothing here.

Example:

    # main:        key: ssh-ed25519 AAAA…
    # this change: goal: Send 18 emails daily   # in a commit without a signature

Way out: The session makes the change again, on main as it is now; its commands sign by themselves. Where its key is
lost, an approver releases the number or replaces the key.
"""

from collections.abc import Iterator
from typing import NamedTuple

from validator.git.file_origin import Origin, Origins
from validator.model.findings import Input, Level, Location, Problem
from validator.model.keys import fingerprint, normal_key
from validator.registry.parsing import ClaimFile
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Snapshot

CODE, NAME, LEVEL = "REG308", "not-the-session", Level.ERROR
LOOKS_AT = (Input.CHANGE,)
AMEND = "git -c gpg.format=ssh -c user.signingkey=PATH-OF-THE-KEY commit --amend --no-edit -S"
SIGN = f"sign it with that key; fill in: {AMEND}"
AGAIN = "make it again on main as it is now, in a commit that is signed"


class Speaker(NamedTuple):
    """Who has to sign a file: the key of a number (None: it cannot be read), or `approver`: one of those as well.

    `whole`: every commit of the branch, and not only the one that made the file.
    """

    number: int
    key: str | None
    approver: bool = False
    whole: bool = False


def check(head: Snapshot, base: Snapshot) -> Iterator[Problem]:
    """Yield each file of the change that is not signed by whom it speaks for."""
    if head.origins is None:
        return  # not a commit yet
    for path in sorted(head.touched(base)):
        if head.differs(path, base):
            need = _speaker(path, head, base)
            why = _unsigned(path, need, head, base, head.origins) if isinstance(need, Speaker) else need
            if why:
                claim = head.claims.get(path)
                yield Problem(claim.document.at("key") if claim else Location(path), *why)


Why = tuple[str, str]  # a message, and the way out


def _speaker(path: str, head: Snapshot, base: Snapshot) -> Speaker | Why | None:
    """Who has to sign a file of this change; nobody (None), or why no signature will do."""
    recorded = claim_of_record(path, base)
    if recorded:
        return Speaker(recorded.number, recorded.draft.key, path not in head.files) if recorded.states_key else None
    held, claim = base.claims.get(path), head.claims.get(path)
    if held and held.states_key:
        replaceable = path not in head.files or _is_new_key(held, claim)
        return Speaker(held.number, held.draft.key, replaceable, whole=True)
    if claim is None:
        return None
    kept = _kept_for(claim.number, base)
    return _first_key(claim, kept) if held else _first_claim(claim, kept)


def _first_claim(claim: ClaimFile, kept: str | None) -> Speaker | Why | None:
    key = claim.draft.key
    if kept and kept != key:
        return (
            f"the charter keeps number {claim.number} for the key {fingerprint(kept)}",
            "claim another number, or claim it with that key",
        )
    return Speaker(claim.number, key, whole=True) if key else None


def _first_key(claim: ClaimFile, kept: str | None) -> Speaker | Why | None:
    key = claim.draft.key
    if key is None:
        return None
    if key != kept:
        return (
            f"number {claim.number} was registered without a key, and the charter keeps none for it",
            f"an approver writes the key into slot {claim.number} of the charter, or: release it, and claim it again",
        )
    return Speaker(claim.number, key, whole=True)


def _is_new_key(held: ClaimFile, claim: ClaimFile | None) -> bool:
    """Whether an amendment replaces the key, and changes nothing else but the time stamp."""
    if claim is None or claim.claim is None or held.claim is None or claim.claim.key in (None, held.claim.key):
        return False
    same = {"key": None, "timestamp": ""}
    return claim.claim.model_copy(update=same) == held.claim.model_copy(update=same)


def _kept_for(number: int, base: Snapshot) -> str | None:
    slots = base.charter.slots if base.charter else ()
    return next((slot.key for slot in slots if slot.number == number), None)


def _unsigned(path: str, need: Speaker, head: Snapshot, base: Snapshot, origins: Origins) -> Why | None:
    """Why a file does not come from whom it speaks for."""
    origin, entry = origins.of(path), head.files.get(path)
    if origin is None:
        return f"no commit of this change has {path} exactly as it would land", AGAIN
    unsigned = next((one for one in _commits(origin, need, origins) if not _is_signed(one, need, base, origins)), None)
    if unsigned:
        by = f"by the key of number {need.number}, {fingerprint(need.key)}" if need.key else "by an approver"
        return f"commit {unsigned[:12]} is not signed {by}", SIGN
    if origin.blob != (entry.oid if entry else None) or not origins.is_current(origin):
        return f"main has changed {path} since commit {origin.commit[:12]} began from it", AGAIN
    return None


def _commits(origin: Origin, need: Speaker, origins: Origins) -> tuple[str, ...]:
    return (origin.commit, *(origins.commits if need.whole else ()))


def _is_signed(commit: str, need: Speaker, base: Snapshot, origins: Origins) -> bool:
    approvers = base.charter.approvers if need.approver and base.charter else ()
    keys = [need.key, *(approver.key for approver in approvers)]
    return origins.is_signed(commit, [normal_key(key) for key in keys if key])
