"""Judging any file of 16 KiB takes seconds at most.

Every text here is built to find work that grows with the square of its length: in the scanner, in a regular expression,
in a rule that holds parts against each other, in a report. A hundred times the usual time is a failure.
"""

import time
from collections.abc import Callable

import pytest

from tests.properties.registry import fleet_files, snapshot
from tests.repository import claim_path, fleet
from validator.operations.judge import judge
from validator.registry.yaml.reader import MAX_BYTES
from validator.report import FORMATS, Setting, github
from validator.rules import RULES

SECONDS = 20  # of processor time, for what takes a tenth of a second to two seconds; ten times that under coverage
Text = Callable[[], str]
PATH = claim_path(4)
CLAIM = fleet()[4]
FLEET = fleet_files()
BASE = snapshot({path: data for path, data in FLEET.items() if path != PATH})


def full(unit: str, before: str = "", after: str = "") -> Text:
    """As often as 16 KiB hold it; `{i}` in the unit counts. No worker makes the texts of others."""

    def text() -> str:
        parts, room, index = [before], MAX_BYTES - len((before + after).encode()), 0
        while (size := len((part := unit.replace("{i}", str(index))).encode())) <= room:
            parts.append(part)
            room, index = room - size, index + 1
        return "".join(parts) + after

    return text


def within(field: str, unit: str, last: str) -> Text:
    """The claim with a list in flow style that fills the file."""
    head, _, rest = CLAIM.partition(f"{field}:")
    lines = rest.split("\n")
    end = next(at for at, line in enumerate(lines) if at and not line.startswith(" "))
    return full(unit, f"{head}{field}: [", f"{last}]\n" + "\n".join(lines[end:]))


def stuffed(old: str, unit: str, before: str = "") -> Text:
    """The claim with a long text in the place of a short one."""
    head, _, rest = CLAIM.partition(old)
    return full(unit, head + before, rest)


SYNTAX = {
    **{
        f"nothing but {unit!r}": full(unit)
        for unit in ("[", "{", "[{", "- ", "-\n", "? ", "?\n", ": ", ":", "#\n", "\n", " ")
    },
    **{
        f"only {unit!r}": full(unit)
        for unit in ("&a ", "*a ", "!", "!! ", "'", '"', "''", "\\", "%", "%a\n", "a ", "a\n")
    },
    **{
        f"all {unit!r}": full(unit)
        for unit in ("---\n", "...\n", "a: 0\n", "a{i}:\n", "a{i}: 01\n", "a{i}: [01]\n", "\t", "\r\n")
    },
    "sixteen deep": full("0,", "[" * 16, "0" + "]" * 16),
    "flow mapping of questions": full("? a,", "{", "}"),
    "pairs in a list": full("a: b,", "[", "]"),
    "literal": full(" x\n", "a: |\n"),
    "folded": full(" x\n", "a: >\n"),
    "folded blanks": full("\n", "a: >\n x\n"),
    "plain over lines": full(" x\n", "a: x\n"),
    "double-quoted over lines": full(" x\n", 'a: "x\n', '"'),
    "double-quoted blanks": full("\n", 'a: "x', '"'),
    "single-quoted over lines": full(" x\n", "a: 'x\n", "'"),
    "escapes": full("\\u0041", 'a: "', '"'),
    "surrogates": full("\\uD800", 'a: "', '"'),
    "control characters": full("\x01\x02\x03\x04\x05\x06\x07\x08"),
    "beyond ASCII": full("".join(map(chr, range(0x80, 0xC0)))),
    "tags": full("a{i}: !t b\n"),
    "anchors": full("a{i}: &b c\n"),
    "one tag": full("%41", "a: !", " b"),
    "one key": full("a", "", ": 1"),
    "spaces before a comment": full(" ", "a:", "#"),
}
SCALARS = {
    f"a scalar of {unit!r}": full(unit, "a: " + before)
    for before, unit in (
        ("", "9"),
        ("", "9_"),
        ("1", ":1"),
        ("", "1."),
        ("", "+."),
        ("0x", "f"),
        ("0b", "1"),
        ("1", "e1"),
    )
}
CLAIMS = {
    "targets that contradict each other": within(
        "targets", "{metric: a,op: eq,value: {i},unit: u},", "{metric: a,op: eq,value: 0,unit: u}"
    ),
    "targets alike": within(
        "targets", "{metric: é完,op: gte,value: {i},unit: ü},", "{metric: a,op: eq,value: 0,unit: u}"
    ),
    "targets of nothing": within("targets", "{},", "{}"),
    "targets of numbers": within("targets", "0,", "0"),
    "targets of bad numbers": within("targets", "01,", "0"),
    "responsibilities of bad numbers": within("responsibilities", "01,", "0"),
    "responsibilities of look-alikes": within("responsibilities", "аb,", "x"),
    "parts that overlap": within("scope", "{work: outreach,first: 1,last: 9},", "{work: outreach,first: 0,last: 0}"),
    "segments": within("scope", "{work: replies,segments: [s{i}]},", "{work: replies,segments: [x]}"),
    "appointments": within("schedule", "{activity: a,days: [x]},", "{}"),
    "days": stuffed("tue", "x,", "mon,"),
    "labels": full("a{i}: b,", CLAIM + "labels: {", "}\n"),
    "labels of one name": full("a: b,", CLAIM + "labels: {", "}\n"),
    "unknown fields": full("k{i}: x\n", CLAIM),
    **{
        f"goal of {unit!r}": stuffed("Send 17", unit)
        for unit in ("9", "1,111", "1.", "one ", "best ", "do my ", "完", "аb ", "аb")
    },
    "goal of hundreds": stuffed("Send 17", "hundred ", "one "),
    "goal of millions": stuffed("Send 17", "million ", "one "),
    "role of words": stuffed("Outreach AI", "w{i} "),
    "role of look-alikes": stuffed("Outreach AI", "о"),
    "role of invisibles": stuffed("Outreach AI", "\u200b"),
    "session_id": stuffed("marketing-outreach-1", "a-"),
    "timestamp": stuffed("08:03:00Z", "1", "08:03:00."),
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in (SYNTAX | SCALARS | CLAIMS).items()])
@pytest.mark.takes_long
def test_sixteen_kibibytes(text: Text) -> None:
    data = text().encode()
    assert MAX_BYTES - 100 < len(data) <= MAX_BYTES
    started = time.process_time()
    verdict = judge(snapshot({**FLEET, PATH: data}), BASE)
    for report in FORMATS.values():
        report(verdict, Setting(rules=RULES))
    github.summary(verdict)
    assert time.process_time() - started < SECONDS
    assert len(verdict.findings) < len(data) / 4
