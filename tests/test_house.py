"""The project's files agree: lock files with dependencies, hooks with `make lint`, tested with named Pythons."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repository import ROOT, tracked

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DECLARED: dict[str, list[str]] = {
    "runtime": PROJECT["project"]["dependencies"],
    **PROJECT["project"]["optional-dependencies"],
    **PROJECT["dependency-groups"],
}


PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^ ]+).*\n((?: +--hash=sha256:[0-9a-f]{64}.*\n)+)", re.MULTILINE)


def pinned(name: str) -> dict[str, set[str]]:
    """Project name to the versions that `requirements/<name>.txt` pins with hashes: one, or one for each Python."""
    pins: dict[str, set[str]] = {}
    for pin in PIN.finditer((ROOT / "requirements" / f"{name}.txt").read_text("utf-8")):
        pins.setdefault(canonicalize_name(pin[1]), set()).add(pin[2])
    return pins


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_lock_file_fits_declared_dependencies(name: str) -> None:
    pins = pinned(name)
    for requirement in map(Requirement, DECLARED[name]):
        versions = pins[canonicalize_name(requirement.name)]
        assert any(map(requirement.specifier.contains, versions)), f"{requirement} is locked at {versions}: make lock"


def test_runtime_and_dev_agree_on_every_version() -> None:
    runtime, dev = pinned("runtime"), pinned("dev")
    shared = runtime.keys() & dev.keys()
    assert shared
    assert [runtime[name] for name in sorted(shared)] == [dev[name] for name in sorted(shared)]


@pytest.mark.parametrize("path", tracked(ROOT / "requirements"), ids=lambda path: path.name)
def test_lock_file_names_no_registry_and_no_path(path: Path) -> None:
    assert not re.search(r"https?:|file:|index|find-links|\s/", path.read_text("utf-8"))


def test_hooks_and_lint_run_the_same_checks() -> None:
    lint = re.search(r"^lint: ([a-z -]+?) ##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    hooks = re.findall(r"entry: make --silent (.+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert lint
    assert lint[1].split() == hooks


WALKS = {"glob", "rglob", "iglob", "iterdir", "walk", "fwalk", "scandir", "listdir", "copytree"}
TESTS = [path for path in tracked(ROOT / "tests") if path.suffix == ".py"]


def test_no_test_walks_the_working_copy() -> None:
    """Git says what belongs to the project (`tests.repository.tracked`): leftovers lie in a working copy too.

    A folder of the working copy is a constant (`ROOT`, `DOCS`) or `__file__`; a test's own folder is a variable.
    """
    for path in TESTS:
        for call in (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in WALKS:
                walked = {node.id for node in ast.walk(call.func) if isinstance(node, ast.Name)}
                if walked & {"os", "shutil", "glob"}:
                    walked |= {node.id for given in call.args for node in ast.walk(given) if isinstance(node, ast.Name)}
                ours = {name for name in walked if name == "__file__" or name.isupper()}
                assert not ours, f"{path}:{call.lineno} walks {ours}"


def test_tested_pythons_are_the_ones_that_are_named_as_supported() -> None:
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    named = re.findall(
        r"Programming Language :: Python :: (3\.\d+)$", "\n".join(PROJECT["project"]["classifiers"]), re.MULTILINE
    )
    (matrix,) = re.findall(r"python: \[(.+)\]", workflow)
    assert re.findall(r'"(3\.\d+)"', matrix) == named
