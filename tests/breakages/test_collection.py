"""The kept breakages fit the source as it is: whoever moves a function takes its breakages along."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.breakages.collection import Breakage, broken, load
from tests.repository import ROOT

BREAKAGES = load()


def test_no_two_breakages_have_one_name() -> None:
    assert [name for name, times in Counter(one.id for one in BREAKAGES).items() if times > 1] == []


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.id)
def test_it_applies_and_its_tests_exist(breakage: Breakage) -> None:
    path, text = broken(breakage)
    assert text != path.read_text("utf-8")
    if path.suffix == ".py":
        ast.parse(text)
    untried = breakage.origin == "own" and not breakage.at_first  # written down before anyone looked
    assert breakage.test or untried, "name the test that must fail"
    for node in breakage.test.split():
        file, *names = node.partition("[")[0].split("::")
        assert names, f"{node} names no function"
        assert defines(parsed(ROOT / file), names), f"there is no {node}"


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def defines(tree: ast.AST, names: list[str]) -> bool:
    """Whether a test file defines a function, in the classes named before it."""
    for name in names:
        inner = [
            n for n in ast.iter_child_nodes(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name
        ]
        if not inner:
            return False
        tree = inner[0]
    return True
