"""SARIF against the standard's own schema."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.report.test_formats import VERDICTS
from tests.report.test_hostile import attacks, hostile
from tests.repository import claim_path, fleet, with_charter
from tests.schemastore import published, validator
from validator.cli.audit import audit
from validator.model.findings import Verdict
from validator.report import FORMATS, Setting
from validator.rules import RULES


def log(verdict: Verdict) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(FORMATS["sarif"](verdict, Setting(rules=RULES)))
    return parsed


# The schema is the one that the log itself names.
VALIDATOR = validator(log(VERDICTS["nothing"])["$schema"])


def test_it_is_the_schema_of_the_standard() -> None:
    schema = published(log(VERDICTS["nothing"])["$schema"])
    Draft7Validator.check_schema(schema)
    assert schema["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"


@pytest.mark.parametrize("name", VERDICTS)
def test_a_log_is_valid(name: str) -> None:
    assert list(VALIDATOR.iter_errors(log(VERDICTS[name]))) == []


@attacks
def test_a_log_is_valid_whatever_a_stranger_writes(text: str) -> None:
    assert list(VALIDATOR.iter_errors(log(hostile(text)))) == []


def test_the_log_of_a_real_registry_is_valid(tmp_path: Path) -> None:
    registry = with_charter(tmp_path / "registry", [5])
    registry.commit("main", {claim_path(6): fleet()[5].replace("number: 5", "number: 6")})
    verdict = audit(repo=registry.path, ref="main")
    assert "REG501" in {finding.code for finding in verdict.findings}
    assert list(VALIDATOR.iter_errors(log(verdict))) == []


@pytest.mark.parametrize(
    ("name", "value"), [("level", "fatal"), ("message", "text"), ("locations", [{"line": 1}]), ("ruleIndex", -2)]
)
def test_invalid_sarif_is_reported(name: str, value: object) -> None:
    changed = log(VERDICTS["full"])
    changed["runs"][0]["results"][0][name] = value
    assert list(VALIDATOR.iter_errors(changed))
