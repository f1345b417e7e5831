"""Read the fields of a claim from a registration message, or from YAML.

Deterministic, and never a guess: what cannot be read is an error, not filled in.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from validator.model.phrases import quoted
from validator.operations.claim.appointment import read_appointment
from validator.operations.claim.scope import read_scope
from validator.operations.claim.target import UnreadableError
from validator.registry.yaml.reader import MAX_BYTES, read

LISTS = ("SCOPE", "SCHEDULE", "RESPONSIBILITIES")
MESSAGE_FIELDS = ("NUMBER", "ROLE", "GOAL", "SESSION_ID", "STATUS", "TIMESTAMP", "READY", *LISTS)

_MESSAGE = re.compile(r"\s*REGISTRATION(?::| COMPLETE[ \t\r]*(?:\n|\Z))")
_FIELD = re.compile(rf"(?:^|\s)({'|'.join(MESSAGE_FIELDS)})=")
_ENTRY = re.compile(r"[ \t]*(?:[-*\N{BULLET}][ \t]+|[ \t]+)(?P<entry>\S.*?)\s*")  # a line of a list in a block
_SESSION = re.compile(r"(?P<session>\S+)\s+\((?P<runtime>[^()\s]+)\)")


def is_message(text: str) -> bool:
    """Whether a text is a registration message rather than YAML."""
    return bool(_MESSAGE.match(text))


def read_message(text: str) -> dict[str, Any]:
    """The fields of a registration message, in either form of the seed (one line, or a block). Raises UnreadableError.

    Values may stand in brackets, SESSION_ID may carry the runtime_id in parentheses, and `READY: NO` makes a claim
    PENDING whatever its status says. SCOPE, SCHEDULE and RESPONSIBILITIES hold several values, separated by `;`, and in
    a block also one a line. A field without a value is one that is not given.
    """
    found = _MESSAGE.match(text)
    if not found or len(text) > MAX_BYTES:
        raise UnreadableError(
            "a registration is a line, REGISTRATION: NUMBER=… ROLE=… GOAL=… SESSION_ID=… STATUS=REGISTERED, "
            f"or REGISTRATION COMPLETE with a line for each field, and has at most {MAX_BYTES:,} characters"
        )
    rows = dict[str, str]()
    for name, value in (_one_line if found[0].endswith(":") else _block)(text[found.end() :]):
        if name in rows and name not in LISTS:
            raise UnreadableError(f"{name} stands twice in the registration; keep one")
        rows[name] = f"{rows[name]};{_bare(value)}" if name in rows else _bare(value)
    return _fields({name: value for name, value in rows.items() if value})


def read_source(text: str, name: str = "") -> dict[str, Any]:
    """The fields of a claim in YAML, or of a registration message, whichever the text is. Raises UnreadableError.

    Bytes that are not UTF-8 are expected as surrogates (PEP 383). `name` is that of the file, for errors.
    """
    if is_message(text):
        return read_message(text)
    try:
        document = read("the claim", text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError as error:
        raise UnreadableError("the claim is not Unicode text") from error
    if document.faults:
        fault = document.faults[0]
        where = f"{name}, line" if name else "line"
        raise UnreadableError(f"{where} {fault.line}, column {fault.column}: {fault.message}; {fault.help}")
    if not isinstance(document.value, dict):
        raise UnreadableError("a claim is a mapping of fields, or a message that begins with REGISTRATION")
    return document.value


def _one_line(body: str) -> Iterator[tuple[str, str]]:
    before, *rows = _FIELD.split(body)
    if before.strip():
        raise UnreadableError(f"{quoted(before.strip())} is no field of a registration; write {_named('=…')}")
    for name, value in zip(rows[::2], rows[1::2], strict=True):
        yield name, re.sub(r"[ \t\r\n]+", " ", value)


def _block(body: str) -> Iterator[tuple[str, str]]:
    listed = ""  # the field whose entries may follow
    for line in filter(str.strip, body.split("\n")):
        name, colon, value = line.partition(":")
        if colon and name.strip() in MESSAGE_FIELDS:
            listed = name.strip() if name.strip() in LISTS else ""
            yield name.strip(), value
        elif listed and (found := _ENTRY.fullmatch(line)):
            yield listed, found["entry"]
        else:
            raise UnreadableError(f"{quoted(line.strip())} is no line of a registration; write {_named(': …')}")


def _named(ending: str) -> str:
    return ", ".join(f"{name}{ending}" for name in MESSAGE_FIELDS)


def _bare(value: str) -> str:
    """A value without the brackets that the seed's form shows around what is to be filled in."""
    text = value.strip()
    return text[1:-1].strip() if text.startswith("[") and text.endswith("]") else text


def _fields(rows: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a claim that the values of a message come to."""
    fields: dict[str, Any] = {
        name.lower(): rows[name]
        for name in ("NUMBER", "ROLE", "GOAL", "SESSION_ID", "STATUS", "TIMESTAMP")
        if name in rows
    }
    if "NUMBER" in rows:
        if not re.fullmatch(r"[0-9]{1,5}", rows["NUMBER"], re.ASCII):
            raise UnreadableError(f"NUMBER is {quoted(rows['NUMBER'])}, not a whole number")
        fields["number"] = int(rows["NUMBER"])
    session = _SESSION.fullmatch(rows.get("SESSION_ID", ""))
    if session:
        fields |= {"session_id": session["session"], "runtime_id": session["runtime"]}
    ready = rows.get("READY", "YES").upper()
    if ready not in ("YES", "NO"):
        raise UnreadableError(f"READY is {quoted(rows['READY'])}; write YES or NO")
    return fields | _lists(rows) | ({"status": "PENDING"} if ready == "NO" else {})


def _lists(rows: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a claim that hold several values."""
    values = {name: [text for part in rows.get(name, "").split(";") if (text := part.strip())] for name in LISTS}
    read = {
        "scope": [read_scope(text) for text in values["SCOPE"]],
        "schedule": [read_appointment(text) for text in values["SCHEDULE"]],
        "responsibilities": values["RESPONSIBILITIES"],
    }
    return {name: value for name, value in read.items() if value}
