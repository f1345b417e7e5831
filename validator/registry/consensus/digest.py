"""The digest of a registry, which the records of consensus name: what the fleet has agreed on.

It covers the charter without approvers and slots, and of each claim its commitment and its key. So a restarted session
(`runtime_id`), a label, an owner, a time stamp, or a new approver leaves every record standing.
"""

import functools
from collections.abc import Iterable
from typing import Any

from validator.model import shapes
from validator.registry.snapshot import Snapshot

PLAN = {"approvers", "slots"}  # of the charter: who approves, and what the numbers are meant for
AGREED = {*shapes.COMMITMENT, "key"}  # of a claim


def agreed_value(charter: shapes.Charter | None, claims: Iterable[shapes.Claim]) -> dict[str, Any]:
    """What the digest covers, as JSON: `{"charter": {...}, "claims": [{...}, ...]}`, the claims by their numbers.

    Fields that are not written, or left empty, are left out, and so is a charter that cannot be read.
    """
    rows = [
        claim.model_dump(mode="json", include=AGREED, exclude_unset=True)
        for claim in sorted(claims, key=lambda claim: claim.number)
    ]
    whole = {"claims": [_without_empty(row) for row in rows]}
    if charter is None:
        return whole
    return {"charter": _without_empty(charter.model_dump(mode="json", exclude=PLAN, exclude_unset=True)), **whole}


def digest(charter: shapes.Charter | None, claims: Iterable[shapes.Claim]) -> str:
    """`sha256:<hex>` over the canonical JSON (RFC 8785) of `agreed_value`; docs/consensus.md has a test vector."""
    import hashlib  # both are needed only where there are records, or a verb shows the digest

    import rfc8785

    return f"sha256:{hashlib.sha256(rfc8785.dumps(agreed_value(charter, claims))).hexdigest()}"


@functools.lru_cache(maxsize=2)  # the rules ask for the head and the base of a change
def registry_digest(snapshot: Snapshot) -> str:
    """The digest of a snapshot; unreadable claims are left out."""
    assert not snapshot.unread.numbers, "the digest is over all claims"
    return digest(snapshot.charter, (claim.claim for claim in snapshot.claims.values() if claim.claim))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_empty(each) for name, each in value.items() if each not in (None, [], {})}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value
