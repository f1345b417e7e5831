"""Every attack that is written down in tests/corpus/guard-attacks.md is played in this folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.repository import tracked

HERE = Path(__file__).parent
CORPUS = HERE.parent.parent / "corpus" / "guard-attacks.md"
_NAMED = re.compile(r"\b([A-JL])([0-9]{2})(?:-\1([0-9]{2}))?\b")


def written() -> list[str]:
    """The attacks of the corpus, a row of a table each."""
    return re.findall(r"^\| ([A-JL][0-9]{2}) \|", CORPUS.read_text("utf-8"), re.MULTILINE)


def played() -> Iterator[str]:
    """The attacks that the first words of a test name: `A01`, or `A03-A05`."""
    for path in (path for path in tracked(HERE) if path.name.startswith("test_")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for letter, first, last in _NAMED.findall(ast.get_docstring(node) or ""):
                    yield from (f"{letter}{at:02}" for at in range(int(first), int(last or first) + 1))


def test_every_attack_is_played() -> None:
    known = written()
    assert len(known) == len(set(known)) > 100
    assert sorted(set(played())) == sorted(known)
