"""The digest of a registry: what records of consensus are bound to."""

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


@functools.lru_cache(maxsize=2)  # the rules on a change ask for its head and its base, one after the other
def registry_digest(snapshot: Snapshot) -> str:
    """The digest of all registered claims of a snapshot; broken files are no claims."""
    return digest(claim.claim for _, claim in sorted(snapshot.claims.items()) if claim.claim)
