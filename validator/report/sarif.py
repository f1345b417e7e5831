"""For code scanning: SARIF 2.1.0 with all that GitHub reads.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html and
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from inspect import cleandoc
from textwrap import shorten
from typing import Any, Protocol

from validator.model.escape import json_text, uri, visible
from validator.model.findings import Finding, Level, Origin, Verdict

BASELINE_STATES = {Origin.INTRODUCED: "new", Origin.INHERITED: "unchanged"}
DESCRIPTION = 1024  # characters, GitHub's limit


class Rule(Protocol):
    """The metadata of a rule, as in the modules of `validator.rules`; the docstring is the documentation."""

    __doc__: str | None
    CODE: str
    NAME: str
    LEVEL: Level


def render(verdict: Verdict, rules: Sequence[Rule]) -> str:
    """The verdict as a SARIF log of one run; `rules` are those that ran.

    Healed findings are among the run's properties, not among its results: GitHub opens an alert for every result,
    whatever its `baselineState` says.
    """
    indexes = {rule.CODE: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "session-registry", "rules": [_descriptor(rule) for rule in rules]}},
        "automationDetails": {"id": "session-registry/"},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(verdict.findings, indexes)),
        "properties": {
            "verdict": "accepted" if verdict.accepted else "rejected",
            "base": verdict.base,
            "head": verdict.head,
            "tree": verdict.tree,
            "healed": [{**result, "baselineState": "absent"} for result in _results(verdict.healed, indexes)],
        },
    }
    return json_text({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _descriptor(rule: Rule) -> dict[str, Any]:
    documentation = cleandoc(rule.__doc__ or rule.NAME)
    title, *paragraphs = documentation.split("\n\n")
    return {
        "id": rule.CODE,
        "name": rule.NAME,
        "shortDescription": {"text": shorten(title, DESCRIPTION)},
        "fullDescription": {"text": shorten(" ".join([title, *paragraphs[:1]]), DESCRIPTION)},
        "help": {"text": documentation, "markdown": documentation},
        "defaultConfiguration": {"level": rule.LEVEL.value},
        "properties": {"precision": "very-high", "problem.severity": rule.LEVEL.value},
    }


def _results(findings: Sequence[Finding], indexes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding in findings:
        mark = _mark(finding)
        seen[mark] += 1
        text = f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
        yield {
            "ruleId": finding.code,
            **({"ruleIndex": indexes[finding.code]} if finding.code in indexes else {}),
            "level": finding.level.value,
            "message": {"text": _plain(text)},
            "locations": [{"physicalLocation": _place(finding)}],
            "partialFingerprints": {"primaryLocationLineHash": f"{mark}:{seen[mark]}"},
            "baselineState": BASELINE_STATES[finding.origin],
            **({"properties": {"commit": finding.step}} if finding.step else {}),
        }


def _place(finding: Finding) -> dict[str, Any]:
    path, line, column = finding.location
    end = max(column, len(finding.excerpt or "") + 1)
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": end}
    return {"artifactLocation": {"uri": uri(path)}, "region": region}


@functools.lru_cache(maxsize=1)  # many findings in one long line
def _stripped(line: str) -> str:
    return visible(line).strip()


def _mark(finding: Finding) -> str:
    """A fingerprint of rule, file and source line. Messages change with other claims, and line numbers move."""
    identity = (finding.code, uri(finding.location.path), _stripped(finding.excerpt or ""))
    return sha256("\0".join(identity).encode()).hexdigest()[:16]


def _plain(text: str) -> str:
    """A message string without placeholders (SARIF 2.1.0, 3.11.5) and embedded links (3.11.6)."""
    lines = "\n".join(map(visible, text.split("\n")))
    return re.sub(r"[\\\[\]]", r"\\\g<0>", lines).replace("{", "{{").replace("}", "}}")
