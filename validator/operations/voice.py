"""Whose key has signed a proposal, for the human who decides: a new one, the same as before, or none."""

from typing import Literal, NamedTuple

from validator.model.keys import fingerprint
from validator.model.layout import own_files
from validator.operations.proposals import Judged
from validator.registry.records import claim_of_record

KeyState = Literal["new", "same-as-before", "not-signed"]


class Voice(NamedTuple):
    """The key that speaks for a proposal, by its fingerprint, None where no claim has one; and what it has signed."""

    fingerprint: str | None
    state: KeyState


def voice_of(one: Judged) -> Voice:
    """The key of the proposed claim or else of main's, held against main.

    `same-as-before`: the key in main's claim has signed what is proposed. `new`: main's claim has no key or another
    one, and the gate has nothing against the signature.
    """
    path = next(iter(own_files(one.proposal.name)), "")
    held = claim_of_record(path, one.base) or one.base.claims.get(path)
    before = held.draft.key if held else None
    key = (one.claim.draft.key if one.claim else None) or before
    if key is None:
        return Voice(None, "not-signed")
    if any(finding.code == "REG308" and finding.origin == "introduced" for finding in one.verdict.findings):
        return Voice(fingerprint(key), "not-signed")
    if key != before:
        return Voice(fingerprint(key), "new")
    origin = one.landed.origins.of(path) if one.landed.origins else None
    signed = origin and one.landed.origins and one.landed.origins.is_signed(origin.commit, [key])
    return Voice(fingerprint(key), "same-as-before" if signed else "not-signed")


def told(voice: Voice) -> str:
    """`SHA256:… (same as before)`; empty where no key is concerned."""
    return f"{voice.fingerprint} ({voice.state.replace('-', ' ')})" if voice.fingerprint else ""
