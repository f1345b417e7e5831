"""The published schemas: fresh, valid, and fulfilled by the verbs' output in every state of a registry."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.cli.stage import git, verb
from tests.cli.states import FLEET, STATES
from tests.repository import CHARTER, ROOT, Repository, claim_path, tracked, with_charter
from validator.cli.schema import all_shapes

FOLDER = ROOT / "schema"
SHAPES = dict(all_shapes())


def broken(path: Path) -> Repository:
    """Everything that can be wrong with texts: no Unicode, no form, strange names; still there is much to tell."""
    repository = with_charter(path, [1])
    repository.commit(
        "main",
        {
            claim_path(2): FLEET[2].replace("marketing-research-1", '"\\ud800\\u202e"'),
            claim_path(3): b"\xff",
            claim_path(4): FLEET[4].replace("number: 4", "number: 400"),
            claim_path(5): FLEET[5].replace("marketing-outreach-2", "marketing-orchestrator"),
            b"registry/sessions/\xff\n.yaml": "",
        },
        time=2**40,
    )
    return repository


STATES_AND_BROKEN = {**STATES, "broken": broken}


@pytest.fixture(scope="module", params=STATES_AND_BROKEN)
def repository(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return STATES_AND_BROKEN[request.param](tmp_path_factory.mktemp(request.param) / "registry.git")


@cache
def published(name: str) -> Draft202012Validator:
    content = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    return Draft202012Validator(content, format_checker=FormatChecker())


FIRST = "the first commit of main"
PRINTED: dict[str, tuple[str, list[str]]] = {
    "validate": ("output-validate", ["validate", "--base", "main~1", "--head", "main"]),
    "validate --steps": ("output-validate", ["validate", "--base", "main~1", "--head", "main", "--steps"]),
    "audit": ("output-validate", ["audit"]),
    "audit --steps": ("output-audit-steps", ["audit", "--steps", "--root", FIRST]),
    "status": ("output-status", ["status"]),
    "export": ("output-export", ["export"]),
    "history": ("output-history", ["history"]),
    "whoami": ("output-whoami", ["whoami", "--session-id", "marketing-orchestrator"]),
    "whoami else": ("output-whoami", ["whoami", "--session-id", "\udcff"]),
    "bind": ("output-bind", ["bind"]),
    "roll-call": ("output-roll-call", ["roll-call"]),
    "capabilities": ("output-capabilities", ["capabilities"]),
    "explain": ("output-rules", ["explain"]),
    "explain REG103": ("output-rules", ["explain", "REG103"]),
}


def printed(repository: Path, words: list[str]) -> str:
    """What a verb prints as JSON."""
    if FIRST in words:
        first = git(repository, "rev-list", "--max-parents=0", "main").strip()
        words = [first if word is FIRST else word for word in words]
    return verb(repository, *words, *([] if words == ["export"] else ["--format", "json"])).out


def test_published_are_those_of_the_models_and_no_others() -> None:
    assert sorted(path.name for path in tracked(FOLDER)) == sorted(f"{name}.schema.json" for name in SHAPES)
    assert verb(ROOT, "schema", "--check").exit_code == 0


@pytest.mark.parametrize("name", SHAPES)
def test_each_is_a_schema_that_forbids_what_it_does_not_know(name: str) -> None:
    content = published(name).schema
    Draft202012Validator.check_schema(content)
    assert isinstance(content, dict)
    parts = [content, *content.get("$defs", {}).values()]
    closed = [part.get("additionalProperties") for part in parts if part.get("properties")]
    if not name.startswith("output-"):
        assert closed == [False] * len(closed)


@pytest.mark.parametrize("case", PRINTED)
def test_what_is_printed_keeps_to_its_schema(repository: Repository, case: str) -> None:
    name, words = PRINTED[case]
    text = printed(repository.path, words)
    assert text.isascii()
    assert text.endswith("}\n")
    document = json.loads(text)
    complaints = [f"{'/'.join(map(str, each.path))}: {each.message}" for each in published(name).iter_errors(document)]
    assert complaints == []
    assert document["schema_version"] == 1


@pytest.mark.parametrize("case", PRINTED)
def test_the_schema_notices_what_is_missing(halfway: dict[str, Any], case: str) -> None:
    name, _ = PRINTED[case]
    for key in halfway[case]:
        less = {other: value for other, value in halfway[case].items() if other != key}
        assert not published(name).is_valid(less), key


@pytest.fixture(scope="module")
def halfway(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = STATES["halfway"](tmp_path_factory.mktemp("schema") / "registry.git").path
    return {case: json.loads(printed(path, words)) for case, (_, words) in PRINTED.items()}


# Named one by one: a list of a folder that has moved would be empty, and nothing would be checked.
@pytest.mark.parametrize("path", [CHARTER, *(f"validator/cli/demo/fleet/{number:02}.yaml" for number in range(1, 13))])
def test_example_files_name_their_schema_for_editors(path: str) -> None:
    first = (ROOT / path).read_text("utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=../")
    assert first.rpartition("/")[2] == ("charter.schema.json" if path == CHARTER else "session.schema.json")
    assert tracked(FOLDER / first.rpartition("/")[2])
