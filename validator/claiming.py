"""From words to a claim: registration messages, targets as people write them, and goals with numbers in them.

Deterministic, and never a guess: what cannot be read is said, not filled in.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from validator.document import TIMESTAMP, read, resolve
from validator.model import Claim, Op, Target
from validator.wording import numbers_stated

SIGNS: Mapping[str, Op] = {
    ">=": "gte",
    "≥": "gte",
    ">": "gt",
    "<=": "lte",
    "≤": "lte",
    "<": "lt",
    "==": "eq",
    "=": "eq",
}
PERIODS = {
    "hour": ("hourly", "/hour", "/h", "per hour", "an hour", "every hour", "each hour"),
    "day": ("daily", "/day", "/d", "per day", "a day", "every day", "each day"),
    "week": ("weekly", "/week", "per week", "a week", "every week", "each week"),
    "month": ("monthly", "/month", "per month", "a month", "every month", "each month"),
    "quarter": ("quarterly", "/quarter", "per quarter", "a quarter", "every quarter"),
    "year": ("yearly", "annually", "/year", "per year", "a year", "every year"),
}
DURATIONS = {
    "second": "seconds",
    "sec": "seconds",
    "minute": "minutes",
    "min": "minutes",
    "hour": "hours",
    "day": "days",
}
# What the letters of these metrics stand for says per when they are counted.
KNOWN_PERIODS = {"mrr": "month", "arr": "year"}

_TARGET = re.compile(
    r"\s*(?P<metric>\S.*?)\s*(?P<sign>>=|<=|==|[<>=≥≤])\s*(?P<value>-?[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[^/\s][^/]*?)"
    r"(?:\s*/\s*(?P<per>[a-z]+))?\s*"
)
_NUMBER = r"(?P<number>\$?[0-9][0-9,.]*[0-9]|\$?[0-9])(?P<scale>k|m|bn)?"
_PERCENT = re.compile(rf"{_NUMBER}\s?%\+?\s+(?P<metric>[a-z][a-z -]*)", re.IGNORECASE)
_SCORE = re.compile(rf"(?P<metric>[a-z][a-z -]*?)\s+{_NUMBER}\+?\s*/\s*100", re.IGNORECASE)
_WITHIN = re.compile(
    rf"(?P<what>.*?)\s*\b(?:within|in under|in less than|in at most)\s+{_NUMBER}\s*-?"
    rf"(?P<unit>{'|'.join(DURATIONS)})s?\b",
    re.IGNORECASE,
)
_LASTING = re.compile(rf"{_NUMBER}-(?P<unit>{'|'.join(DURATIONS)})s?\s+(?P<metric>[a-z][a-z -]*)", re.IGNORECASE)
_MONEY = re.compile(
    r"(?P<number>\$[0-9][0-9,.]*[0-9]|\$[0-9])(?P<scale>k|m|bn)?\s+(?P<metric>[a-z][a-z -]*)", re.IGNORECASE
)
_COUNT = re.compile(rf"(?:^|\s){_NUMBER}\+?\s+(?P<metric>[a-z][a-z -]*)", re.IGNORECASE)
_FIELDS = ("NUMBER", "ROLE", "GOAL", "SESSION_ID", "STATUS", "TIMESTAMP", "READY")
_FIELD = re.compile(rf"(?:^|\s)({'|'.join(_FIELDS)})=")


class UnreadableError(ValueError):
    """Words that make no claim; the message says which, and what to write instead."""


class Draft(NamedTuple):
    """Targets drawn from a goal, and the clauses in which no target could be read."""

    targets: tuple[Target, ...]
    unread: tuple[str, ...]


def read_target(text: str) -> Target:
    """`emails sent >= 17 emails/day`, `delivery rate >= 95 percent`. Raises UnreadableError."""
    found = _TARGET.fullmatch(text)
    if not found or (found["per"] and found["per"] not in PERIODS):
        raise UnreadableError(
            f'"{text}" is not a target; write METRIC >= VALUE UNIT/day, as in: emails sent >= 17 emails/day'
        )
    return _target(
        found["metric"], SIGNS[found["sign"]], _plain(float(found["value"])), found["unit"].strip(), found["per"]
    )


def read_message(text: str) -> dict[str, Any]:
    """The fields of a registration message, in either form of the seed (one line, or a block). Raises UnreadableError.

    `SESSION_ID` may carry the runtime in brackets; `READY: NO` makes a claim PENDING whatever its status says.
    """
    rows = dict(_block(text) if text.lstrip().startswith("REGISTRATION COMPLETE") else _one_line(text))
    fields = dict[str, Any]()
    for name, value in rows.items():
        bare = value.strip().removeprefix("[").removesuffix("]").strip()
        if name == "NUMBER":
            if not re.fullmatch(r"[0-9]{1,5}", bare, re.ASCII):
                raise UnreadableError(f'NUMBER is "{bare}", not a whole number')
            fields["number"] = int(bare)
        elif name == "SESSION_ID":
            session, _, runtime = bare.partition(" (")
            fields["session_id"] = session
            if runtime:
                fields["runtime_id"] = runtime.removesuffix(")")
        elif name != "READY":
            fields[name.lower()] = bare
    if rows.get("READY", "YES").strip().upper() != "YES":
        fields["status"] = "PENDING"
    return fields


def read_source(text: str) -> dict[str, Any]:
    """The fields of a claim in YAML, or of a registration message, whichever the text is. Raises UnreadableError."""
    if is_message(text):
        return read_message(text)
    document = read("the claim", text.encode("utf-8", "surrogateescape"))
    if document.faults:
        fault = document.faults[0]
        raise UnreadableError(f"line {fault.line}, column {fault.column}: {fault.message}; {fault.help}")
    if not isinstance(document.value, dict):
        raise UnreadableError("a claim is a mapping of fields, or a message that begins with REGISTRATION")
    return document.value


def is_message(text: str) -> bool:
    """Whether a text is a registration message rather than YAML."""
    return bool(re.match(r"\s*REGISTRATION(?::| COMPLETE\b)", text))


def draft_targets(goal: str) -> Draft:
    """Read the targets that a goal states, clause by clause."""
    targets, unread = list[Target](), list[str]()
    for clause in _clauses(goal):
        found = _read_clause(clause)
        if found:
            targets.append(found)
        elif numbers_stated(clause):
            unread.append(clause)
    return Draft(tuple(targets), tuple(unread))


def _one_line(text: str) -> Iterator[tuple[str, str]]:
    body = text.strip().removeprefix("REGISTRATION:")
    marks = list(_FIELD.finditer(body))
    if not marks or body[: marks[0].start()].strip():
        raise UnreadableError(
            "a registration begins with REGISTRATION: NUMBER=… ROLE=… GOAL=… SESSION_ID=… STATUS=REGISTERED"
        )
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        yield mark[1], body[mark.end() : after.start() if after else None]


def _block(text: str) -> Iterator[tuple[str, str]]:
    _, *lines = text.strip().splitlines()
    for line in filter(str.strip, lines):
        name, colon, value = line.partition(":")
        if not colon or name.strip() not in _FIELDS:
            raise UnreadableError(f'"{line.strip()}" is no line of a registration; its fields are {", ".join(_FIELDS)}')
        yield name.strip(), value


def _clauses(goal: str) -> Iterator[str]:
    """Parts between commas, semicolons and `and`; a comma inside a number parts nothing."""
    for clause in re.split(r"(?:,(?![0-9])|;|\band\b|→|\bto generate\b)", goal):
        if clause.strip():
            yield clause.strip()


# What comes after these words is how, with whom or what for: no part of what is counted.
_TAIL = re.compile(r"\s+(?:through|by|with|for|to|in|via|from|at|on|so)\b.*", re.IGNORECASE)


def _read_clause(whole: str) -> Target | None:
    clause = _TAIL.sub("", whole) if not _WITHIN.match(whole) else whole
    if found := _PERCENT.search(clause):
        return _target(found["metric"], "gte", _value(found), "percent")
    if found := _SCORE.search(clause):
        return _target(found["metric"], "gte", _value(found), "points")
    if found := _WITHIN.match(clause):
        what = found["what"].strip().lower()
        return _target(f"time to {what}" if what else "time", "lte", _value(found), DURATIONS[found["unit"].lower()])
    if found := _LASTING.search(clause):
        return _target(f"{found['metric']} time", "lte", _value(found), DURATIONS[found["unit"].lower()])
    if found := _MONEY.search(clause):
        metric, per = _without_period(found["metric"], clause)
        return _target(metric, "gte", _value(found), "USD", per or KNOWN_PERIODS.get(metric.lower()))
    if found := _COUNT.search(clause):
        metric, per = _without_period(found["metric"], clause)
        return _target(metric, "gte", _value(found), metric.split()[-1], per)
    return None


def _without_period(metric: str, clause: str) -> tuple[str, str | None]:
    for period, words in PERIODS.items():
        for word in words:
            if re.search(rf"{re.escape(word)}\b", clause, re.IGNORECASE):
                return re.sub(rf"\s*\b{re.escape(word.strip('/'))}\b.*", "", metric, flags=re.IGNORECASE), period
    return metric, None


def _value(found: re.Match[str]) -> int | float:
    scale = {"k": 10**3, "m": 10**6, "bn": 10**9}.get((found["scale"] or "").lower(), 1)
    return _plain(round(float(found["number"].lstrip("$").replace(",", "")) * scale, 6))


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value


def _target(metric: str, op: Op, value: float, unit: str, per: str | None = None) -> Target:
    named = {"metric": " ".join(metric.split()), "op": op, "value": _plain(float(value)), "unit": unit}
    return Target.model_validate(named | ({"per": per} if per else {}))


def write_claim(fields: Mapping[str, Any]) -> str:
    """A claim's text in the plain layout of the contract, its fields in the contract's order; absent ones left out."""
    order = ("number", "role", "goal", "targets", "session_id", "runtime_id", "responsibilities", "scope", "schedule")
    lines = ["# yaml-language-server: $schema=../../schema/session.schema.json"]
    for name in (
        *order,
        "status",
        "timestamp",
        "labels",
        *(field for field in fields if field not in Claim.model_fields),
    ):
        value = fields.get(name)
        if isinstance(value, list | tuple) and value:
            lines += [f"{name}:", *(f"  - {_flow(element)}" for element in value)]
        elif value is not None:
            lines.append(f"{name}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(element)}" for key, element in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """Plain where every YAML reader agrees that it is text, quoted as JSON does elsewhere."""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = re.fullmatch(r"[A-Za-z](?:[\w ()+%$/.-]*[\w)+%])?", value, re.ASCII) and resolve(value) == (value, None)
    return value if plain or TIMESTAMP.fullmatch(value) else json.dumps(value, ensure_ascii=False)
