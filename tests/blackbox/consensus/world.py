"""A fleet of three in every phase, and the vocabulary of records and changes in the table.

The digest is computed here from the contract alone: for ASCII texts and whole numbers, RFC 8785 is JSON with sorted
keys and without spaces.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.blackbox.store import Entry

Claims = Mapping[int, Mapping[str, Any]]
FileMap = dict[str, bytes | Entry]

CHARTER: Mapping[str, Any] = {
    "mission": {"statement": "Win 120 customers"},
    "capacity": 3,
    "orchestrator": 1,
    "time_zone": "America/Los_Angeles",
    "approvers": [{"handle": "@OWNER"}, {"handle": "@DEPUTY"}],
    "work": [{"name": "outreach", "first": 1, "last": 51}],
}
WHEN = "2026-01-05T08:00:00Z"
FOLDER = "registry/consensus"
CONFIRMATION, APPROVAL = f"{FOLDER}/confirmation.yaml", f"{FOLDER}/approval.yaml"
BROADCAST, ACTIVATION = f"{FOLDER}/broadcast.yaml", f"{FOLDER}/activation.yaml"


def claim(number: int, /, **fields: Any) -> dict[str, Any]:
    """A claim that nothing is wrong with; None leaves a field out."""
    first = 17 * (number - 1) + 1
    whole = {
        "number": number,
        "role": f"Channel AI {number} - Keep channel {number}",
        "goal": "Send 17 emails daily",
        "targets": [{"metric": "emails sent", "op": "gte", "value": 17, "unit": "emails", "per": "day"}],
        "session_id": f"session-{number}",
        "responsibilities": ["Write emails"],
        "scope": [{"work": "outreach", "first": first, "last": first + 16}],
        "schedule": [{"activity": "Send", "days": ["mon"], "start": "10:00", "end": "11:00"}],
        "status": "REGISTERED",
        "timestamp": WHEN,
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


ALL: Claims = {number: claim(number) for number in (1, 2, 3)}


def digest(claims: Claims = ALL) -> str:
    told = ("runtime_id", "timestamp", "owner", "owner_login", "labels")
    rows = [{name: value for name, value in claims[n].items() if value and name not in told} for n in sorted(claims)]
    plan = {name: value for name, value in CHARTER.items() if name not in ("approvers", "slots")}
    canonical = json.dumps({"charter": plan, "claims": rows}, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def text(fields: Mapping[str, Any]) -> bytes:
    """JSON is YAML, on one line."""
    return json.dumps(fields).encode() + b"\n"


def record(**fields: Any) -> bytes:
    """A record of today's registry in block style; a field replaced, or left out for None."""
    whole = {"registry": digest(), **fields, "timestamp": fields.get("timestamp", WHEN)}
    return "".join(f"{name}: {_plain(value)}\n" for name, value in whole.items() if value is not None).encode()


def _plain(value: Any) -> str:
    quoted = isinstance(value, str) and value.startswith("@")
    return json.dumps(value) if quoted or not isinstance(value, str) else value


def confirmation(**fields: Any) -> bytes:
    return record(**{"number": 1, "session_id": "session-1", **fields})


def approval(**fields: Any) -> bytes:
    return record(**{"approved_by": "@OWNER", **fields})


def broadcast(**fields: Any) -> bytes:
    return record(**{"number": 1, "session_id": "session-1", "delivered": [1, 2, 3], **fields})


def acknowledgement(number: int, /, **fields: Any) -> bytes:
    return record(**{"number": number, "session_id": f"session-{number}", "ready": True, **fields})


def activation(**fields: Any) -> bytes:
    return record(**{"approved_by": "@OWNER", "week": "2026-W48", **fields})


def ack(number: int) -> str:
    return f"{FOLDER}/acknowledgements/{number:02}.yaml"


def path(number: int) -> str:
    return f"registry/sessions/{number:02}.yaml"


def fleet(claims: Claims = ALL, **charter: Any) -> FileMap:
    """Charter and claims, and what is besides them in a repository."""
    files: FileMap = {"registry/charter.yaml": text({**CHARTER, **charter}), "CODEOWNERS": b"* @OWNER\n"}
    return files | {path(number): text(fields) for number, fields in claims.items()}


REGISTERED = fleet()
CONFIRMED = REGISTERED | {CONFIRMATION: confirmation()}
APPROVED = CONFIRMED | {APPROVAL: approval()}
SENT = APPROVED | {BROADCAST: broadcast()}
ACKNOWLEDGED = SENT | {ack(number): acknowledgement(number) for number in (1, 2, 3)}
ACTIVE = ACKNOWLEDGED | {ACTIVATION: activation()}
# The same after number 3 has amended its claim: everything that was said is void.
OTHER: Claims = {**ALL, 3: claim(3, goal="Send 17 emails daily, and 17 letters")}
VOID = ACTIVE | {path(3): text(OTHER[3])}
