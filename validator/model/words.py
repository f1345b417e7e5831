"""The words that a claim's fields are made of, and what tells one form of a field from another."""

from typing import Any, Literal

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Op = Literal["gte", "gt", "lte", "lt", "eq"]
Period = Literal["hour", "day", "week", "month", "quarter", "year"]
Status = Literal["REGISTERED", "PENDING"]

# The part of a claim that others rely on.
COMMITMENT = (
    *("number", "session_id", "role", "goal", "targets"),
    *("responsibilities", "scope", "schedule", "status"),
)


def divided_how(value: Any) -> str:
    """Distinguish ranges from segments by the keys present, so that a fault names the fields of the form meant."""
    keys = value if isinstance(value, dict) else getattr(value, "__dict__", ())
    return "range" if "first" in keys or "last" in keys else "segments"


def only_true(value: bool) -> bool:
    """The same value; raises ValueError for False."""
    if not value:
        raise ValueError("only true says something here")
    return value
