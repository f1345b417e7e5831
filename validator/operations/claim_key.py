"""Which key speaks for a claim or a proposal, for the human who decides: a new one, the same as before, or none."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from validator.model.keys import KeyState, fingerprint
from validator.model.layout import own_files
from validator.operations.proposals import Judged
from validator.registry.parsing import ClaimFile
from validator.registry.records import claim_of_record
from validator.registry.snapshot import Snapshot


class ClaimKey(NamedTuple):
    """The key that speaks for a claim or a proposal, by its fingerprint, None where no claim has one; and its state."""

    fingerprint: str | None
    state: KeyState

    def __str__(self) -> str:
        if self.fingerprint is None:
            return "none"
        words = "not signed with it" if self.state == "not-signed" else self.state.replace("-", " ")
        return f"{self.fingerprint} ({words})"


NO_KEY = ClaimKey(None, "not-signed")


def claim_key_of(one: Judged) -> ClaimKey:
    """The key of the proposed claim or else of main's, held against main.

    `same-as-before`: the key in main's claim has signed what is proposed. `new`: main's claim has no key or another
    one, and the gate has nothing against the signature.
    """
    path = next(iter(own_files(one.proposal.name)), "")
    held = claim_of_record(path, one.base) or one.base.claims.get(path)
    before = held.draft.key if held and not _is_of_another(one.claim, held) else None
    key = (one.claim.draft.key if one.claim else None) or before
    if key is None:
        return NO_KEY
    if any(finding.code == "REG308" and finding.origin == "introduced" for finding in one.verdict.findings):
        return ClaimKey(fingerprint(key), "not-signed")
    if key != before:
        return ClaimKey(fingerprint(key), "new")
    origin = one.landed.origins.of(path) if one.landed.origins else None
    signed = origin and one.landed.origins and one.landed.origins.is_signed(origin.commit, [key])
    return ClaimKey(fingerprint(key), "same-as-before" if signed else "not-signed")


def _is_of_another(claim: ClaimFile | None, held: ClaimFile) -> bool:
    """Whether a number that one session claims is held by another one, whose key says nothing about the claim."""
    return claim is not None and claim.draft.session_id not in (None, held.draft.session_id)


def claim_keys_on_main(snapshot: Snapshot, claims: Iterable[ClaimFile]) -> Mapping[str, ClaimKey]:
    """The keys of claims on main, by path, each held against the claim before its last change there."""
    rows = {claim.path: claim.summary.key for claim in claims}
    before = snapshot.keys_before(keyed) if (keyed := [path for path, key in rows.items() if key]) else {}
    return {path: _on_main(key, before.get(path)) for path, key in rows.items()}


def _on_main(key: str | None, before: str | None) -> ClaimKey:
    if key is None:
        return NO_KEY
    return ClaimKey(fingerprint(key), "same-as-before" if key == before else "new")


def key_line(name: str, claim_key: ClaimKey, *, keyed: bool) -> str:
    """`key: SHA256:… (same as before)` of the proposal of this name; empty for a charter, which no session proposes.

    `keyed`: other sessions have keys, so that it matters where one has none.
    """
    named = claim_key.fingerprint or (keyed and not name.startswith("charter/"))
    return f"key: {claim_key}" if named else ""


def is_keyed(snapshot: Snapshot) -> bool:
    """Whether any session on main has a key, or the charter asks for one."""
    required = snapshot.charter is not None and snapshot.charter.session_keys == "required"
    return required or any(claim.summary.key for claim in snapshot.claims.values())
