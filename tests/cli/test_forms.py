"""What only the reader can fill in is told from a command that works as it is: `fill in:` stands before it."""

import ast
import re
from collections.abc import Iterator

from tests.repository import ROOT, tracked

# The handbooks show forms in the form of the shell, and a help its usage.
HANDBOOKS = {"guide", "agents_md", "mcp_resources"}
FORM = re.compile(
    r"(?<!fill in)(?:: |, or )(?:registry|git) [^:;(`]*\b(?!REGISTERED|PENDING|HEAD)[A-Z][A-Z_-]+(?![\w.])"
)


SUSPECT = re.compile(r"(?:registry|git) .*[A-Z]{2}")  # only such a file is worth reading


def texts() -> Iterator[tuple[str, str]]:
    """Each text of the program that is no docstring, with a digit in the place of each value."""
    for path in tracked(ROOT / "validator"):
        source = path.read_text("utf-8") if path.suffix == ".py" else ""
        if path.stem in HANDBOOKS or "demo" in path.parts or not SUSPECT.search(source):
            continue
        tree = ast.parse(source)
        documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "4" for part in node.values)
                yield path.name, "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
                yield path.name, node.value


def test_a_form_is_never_shown_as_a_command() -> None:
    found = list(texts())
    assert len(found) > 500, "the texts of the program were found"
    assert [(name, text) for name, text in found if FORM.search(text) and not text.startswith("Example: ")] == []
    assert FORM.search("turn it down: registry reject 4 --reason TEXT")
    assert not FORM.search("turn it down; fill in: registry reject 4 --reason TEXT")
