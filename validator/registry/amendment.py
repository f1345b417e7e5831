"""What an amendment changes, field by field, in short."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from validator.model import shapes
from validator.model.keys import fingerprint
from validator.model.phrases import quoted
from validator.model.targets import format_target
from validator.registry.claim_form import format_appointment
from validator.registry.workload import format_scope

# The fields whose old and new value are shown; others are long, and named alone.
OF_A_CLAIM: Mapping[str, Callable[[Any], str]] = {
    "number": str,
    "role": str,
    "goal": str,
    "targets": lambda targets: "; ".join(map(format_target, targets)),
    "session_id": str,
    "runtime_id": str,
    "scope": format_scope,
    "status": str,
    "owner": str,
    "owner_login": str,
    "key": fingerprint,
    "responsibilities": "; ".join,
    "schedule": lambda schedule: "; ".join(map(format_appointment, schedule)),
    "timestamp": str,
}
OF_A_CHARTER: Mapping[str, Callable[[Any], str]] = {
    "approvers": lambda approvers: ", ".join(map(_approver, approvers)),
    "capacity": str,
    "mission": lambda mission: quoted(mission.statement),
    "orchestrator": str,
    "time_zone": str,
    "session_keys": str,
    "session_owners": str,
}
# What is told of a charter that replaces none.
WHO_AND_WHAT = ("approvers", "capacity", "mission", "orchestrator", "time_zone")
DIFF = " (see the diff)"
# Fields whose name alone does not say what they are.
IN_WORDS = {"owner_login": "the owner's login, as the claim states it,"}


def claim_changes(before: shapes.Claim, after: shapes.Claim) -> str:
    """`goal "Send 17 emails daily" → "Send 18 emails daily"; labels (see the diff)`; empty where no field differs."""
    return "; ".join(_claim_changes(before, after))


def _claim_changes(before: shapes.Claim, after: shapes.Claim) -> Iterator[str]:
    for name in type(after).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        called = IN_WORDS.get(name, name)
        yield _values(called, _value_text(name, old), _value_text(name, new)) if name in OF_A_CLAIM else f"{name}{DIFF}"


def _value_text(name: str, value: Any) -> str | None:
    return OF_A_CLAIM[name](value) if value else None


def _values(name: str, old: str | None, new: str | None) -> str:
    short = [quoted(value) if value else "none" for value in (old, new)]
    if short[0] == short[1]:  # they differ beyond what is shown
        short = [f'"{value}"' for value in (old, new)]
    return f"{name} {' → '.join(short)}"


def charter_changes(before: shapes.Charter, after: shapes.Charter) -> str:
    """`approvers @one → @one, @two; capacity 12 → 13; metrics (see the diff)`; empty where no field differs."""
    names = sorted(name for name in type(after).model_fields if getattr(before, name) != getattr(after, name))
    return "; ".join(_changed(name, before, after) for name in names)


def charter_in_short(charter: shapes.Charter) -> str:
    """`approvers @one; capacity 12; mission "Send mail"; orchestrator 1; time_zone Europe/Berlin`."""
    return "; ".join(f"{name} {_charter_value(name, charter)}" for name in WHO_AND_WHAT)


def _changed(name: str, before: shapes.Charter, after: shapes.Charter) -> str:
    """A field with its two values; its name alone where they are long, or differ beyond what is shown."""
    old, new = _charter_value(name, before), _charter_value(name, after)
    return f"{name}{DIFF}" if old == new else f"{name} {old} → {new}"


def _charter_value(name: str, charter: shapes.Charter) -> str | None:
    value = getattr(charter, name)
    return (OF_A_CHARTER[name](value) if value else "none") if name in OF_A_CHARTER else None


def _approver(approver: shapes.Approver) -> str:
    return f"{approver.handle} ({fingerprint(approver.key)})" if approver.key else approver.handle
