"""The digest of a registry, which the records of consensus name."""

import functools
import hashlib
from collections.abc import Iterable

from validator.model import shapes
from validator.registry.snapshot import Snapshot


def digest(claims: Iterable[shapes.Claim]) -> str:
    """`sha256:<hex>` over the canonical JSON (RFC 8785) of the claims in the order of their numbers.

    Comments, layout, the order of fields and fields left empty make no difference.
    """
    import rfc8785

    rows = [
        claim.model_dump(mode="json", exclude_none=True) for claim in sorted(claims, key=lambda claim: claim.number)
    ]
    return f"sha256:{hashlib.sha256(rfc8785.dumps(rows)).hexdigest()}"


@functools.lru_cache(maxsize=2)  # the rules ask for the head and the base of a change
def registry_digest(snapshot: Snapshot) -> str:
    """The digest of all registered claims of a snapshot; unreadable claims are left out."""
    return digest(claim.claim for _, claim in sorted(snapshot.claims.items()) if claim.claim)
