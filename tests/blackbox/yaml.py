"""YAML: one document in a strict subset, and the fields of the form."""

import json

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.world import claim, path

BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n".encode()
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
JSON = json.dumps(
    {
        "number": 6,
        "role": "Channel AI 6",
        "goal": "Send 17 emails daily",
        "targets": [{"metric": "emails", "op": "gte", "value": 17, "unit": "emails", "per": "day"}],
        "session_id": "session-6",
        "responsibilities": ["Write"],
        "status": "REGISTERED",
        "timestamp": "2026-01-05T08:00:00Z",
    }
).encode()
FIELDS = "REG006 REG201"  # what a file hears that has none of the fields


def written(content: bytes) -> Build:
    return change({path(6): content})


def with_field(**fields: str) -> Build:
    return change({path(6): claim(6, **fields)})


CASES = (
    refused("an empty file", written(b""), "REG006"),
    refused("a comment", written(b"# number: 6\n"), "REG006"),
    refused("a list", written(b"- number: 6\n"), "REG006"),
    refused("a scalar", written(b"number 6\n"), "REG006"),
    refused("HTML", written(b"<!DOCTYPE html>\n<script>alert(1)</script>\n"), "REG006"),
    refused("a key twice", written(claim(6) + b"session_id: session-2\n"), "REG003"),
    refused("a key twice, one escaped", written(claim(6) + b'"session\\u005fid": session-2\n'), "REG003"),
    refused(
        "a key twice, further in", with_field(targets="[{metric: m, op: gte, value: 17, value: 1, unit: u}]"), "REG003"
    ),
    refused("a merge key", written(claim(6) + b"<<: {session_id: session-2}\n"), "REG003"),
    refused("an anchor", with_field(role="&role Channel AI 6"), "REG003"),
    refused("an alias", written(claim(6, role="&r Channel AI 6") + b"labels: {role: *r}\n"), "REG003"),
    refused("an alias of nothing", with_field(role="*nobody"), "REG003"),
    refused("an alias bomb", written(BOMB), f"REG003 {FIELDS}"),
    refused("a recursive alias", written(b"&a [*a]\n"), "REG003 REG006"),
    refused("a standard tag", with_field(role="!!str Channel AI 6"), "REG003"),
    refused("a tag that makes objects", with_field(role="!!python/object/apply:os.system [touch canary]"), "REG003"),
    refused("a set", with_field(labels="!!set {a, b}"), "REG003"),
    refused("a second document", written(claim(6) + b"---\n" + claim(7)), "REG003"),
    refused("a version", written(b"%YAML 1.1\n---\n" + claim(6)), "REG003"),
    refused("an unknown directive", written(b"%FOO bar\n---\n" + claim(6)), "REG003"),
    accepted("a start and an end", written(b"---\n" + claim(6) + b"...\n")),
    refused("16,000 brackets", written(b"[" * 16_000), "REG003"),
    refused("17 deep", with_field(labels="{a: " + "[" * 16 + "]" * 16 + "}"), "REG003"),
    refused("a list as a key", written(claim(6) + b"? [a, b]\n: c\n"), "REG003"),
    refused("a number as a key", with_field(labels="{1: one}"), "REG003"),
    refused("not closed", with_field(targets="[{metric: emails"), "REG002"),
    refused("indented as it pleases", written(claim(6) + b"  extra: x\n"), "REG002"),
    refused("a tab that indents", written(claim(6) + b"labels:\n\ta: b\n"), "REG001"),
    refused("a flow that never ends", written(b"a: " + b"[" * 15 + b"x" * 16_000), "REG002"),
    refused("no", with_field(role="no"), "REG003"),
    refused("a number where text belongs", with_field(role="12"), "REG006"),
    refused("a time that is 630", with_field(schedule="[{activity: Send, days: [mon], end: 10:30}]"), "REG003"),
    accepted("the same in quotes", with_field(labels='{country: "no", "1": "012", "<<": "=", at: "10:30"}')),
    accepted("JSON", written(JSON)),
    accepted("folded text", with_field(role=">-\n  Channel AI 6 -\n  Keep channel 6")),
    refused("folded text with its line end", with_field(role=">\n  Channel AI 6"), "REG006"),
    refused("a misspelt field", written(claim(6).replace(b"role:", b"rol:")), "REG006", says="did you mean role?"),
    refused("an unknown field", written(claim(6) + b"admin: true\n"), "REG006"),
    refused("a field of Python's", written(claim(6) + b"__class__: {}\nmodel_config: {}\n"), "REG006"),
    refused("an unknown status", with_field(status="APPROVED"), "REG006"),
    refused("nobody", with_field(session_id=""), "REG006"),
    refused("a capital in the name", with_field(session_id="Session-6"), "REG006"),
    refused("a look-alike in the name", with_field(session_id="s\u0435ssion-6"), "REG006 REG108"),
    refused("a newline after the name", with_field(session_id='"session-6\\n"'), "REG006"),
    refused("a path as a name", with_field(session_id="../../etc/passwd"), "REG006"),
    refused("infinitely much", with_field(targets="[{metric: m, op: gte, value: .inf, unit: u}]"), "REG003"),
)
