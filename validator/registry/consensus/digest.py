"""The digest of a registry, which the records of consensus name: what the fleet has agreed on.

It covers the charter without approvers and slots, and of each claim its commitment and its key. So a restarted session
(`runtime_id`), a label, an owner, a time stamp, or a new approver leaves every record standing.
"""

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from validator.model import shapes
from validator.registry.parsing import KnownClaim
from validator.registry.snapshot import Snapshot

PLAN = {"approvers", "slots"}  # of the charter: who approves, and what the numbers are meant for
AGREED = {*shapes.COMMITMENT, "key"}  # of a claim


def digest(charter: shapes.Charter | None, claims: Iterable[shapes.Claim]) -> str:
    """`sha256:<hex>` over the canonical JSON (RFC 8785) of `{"charter": {...}, "claims": [{...}, ...]}`.

    The claims are in the order of their numbers. Fields that are not written, or left empty, are left out, and so is a
    charter that cannot be read. docs/consensus.md has a test vector.
    """
    return _digest(charter, [agreed(claim) for claim in sorted(claims, key=lambda claim: claim.number)])


def agreed(claim: shapes.Claim) -> bytes:
    """What the digest covers of a claim, as canonical JSON."""
    return _canonical(claim.model_dump(mode="json", include=AGREED, exclude_unset=True))


@functools.lru_cache(maxsize=2)  # the rules ask for the head and the base of a change
def registry_digest(snapshot: Snapshot) -> str:
    """The digest of a snapshot; unreadable claims are left out."""
    whole = snapshot.whole()
    assert not whole.unread.numbers, "the digest is over all claims"
    return _digest(whole.charter, [part for _, part in sorted(_parts(whole), key=lambda row: row[0])])


def _parts(snapshot: Snapshot) -> Iterator[tuple[int, bytes]]:
    """Each valid claim's number and part."""
    for file in snapshot.claims.values():
        if isinstance(file, KnownClaim):
            yield file.number, file.row.agreed
        elif file.claim:
            yield file.claim.number, agreed(file.claim)


def _digest(charter: shapes.Charter | None, claims: Iterable[bytes]) -> str:
    import hashlib  # only where there are records, or a verb shows the digest

    found = hashlib.sha256(b"{")
    if charter is not None:
        fields = charter.model_dump(mode="json", exclude=PLAN, exclude_unset=True)
        found.update(b'"charter":%b,' % _canonical(fields))
    found.update(b'"claims":[')
    for at, claim in enumerate(claims):  # joined, a large fleet would be held several times
        found.update(b",%b" % claim if at else claim)
    found.update(b"]}")
    return f"sha256:{found.hexdigest()}"


def _canonical(fields: dict[str, Any]) -> bytes:
    import rfc8785

    return rfc8785.dumps(_without_empty(fields))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_empty(each) for name, each in value.items() if each not in (None, [], {})}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value
