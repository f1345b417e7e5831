"""The kept breakages: what a careless refactoring could do, and the test that must notice it.

Each file of this folder is an area, `<area>.toml`, with one `[[breakage]]` a piece:

- `id`: unique, says what is broken.
- `function`: whose source holds `find`: a function, class, method ("Class.method") or constant of a module. It is found
  by its name, so that a breakage survives a move to another file.
- `file`: relative to the root; where the name is not unique, and for files that are not Python.
- `find`, `replace`: the exact text, which stands there exactly once, and what takes its place.
- `harm`: what a user loses.
- `origin`: `given` by a review, or `own`: written down before anyone looked whether a test notices.
- `test`: the tests that must fail, as pytest names them, separated by spaces.
- `at_first`: for an `own` one, whether the suite of that time had `caught` or `missed` it.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tests.repository import ROOT, tracked

FOLDER = Path(__file__).parent


class Breakage(BaseModel):
    """One entry of an area's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    function: str = ""
    file: str = ""
    find: str
    replace: str
    harm: str
    origin: Literal["given", "own"]
    test: str = ""
    at_first: Literal["", "caught", "missed"] = ""


class InapplicableError(Exception):
    """A breakage does not fit the source any more."""


def load(areas: list[Path] | None = None) -> list[Breakage]:
    """The entries of these files, or of all areas."""
    paths = areas or [path for path in tracked(FOLDER) if path.suffix == ".toml"]
    rows = [row for path in paths for row in tomllib.loads(path.read_text("utf-8")).get("breakage", [])]
    return [Breakage.model_validate(row) for row in rows]


def broken(breakage: Breakage, root: Path = ROOT) -> tuple[Path, str]:
    """The file that a breakage changes, and its text with the change. Raises InapplicableError."""
    path = _file(breakage, root)
    text = path.read_text("utf-8")
    start, end = _span(text, breakage.function) if breakage.function else (0, len(text))
    times = text.count(breakage.find, start, end)
    if times != 1:
        raise InapplicableError(f"{times} × the text to find, in {breakage.function or breakage.file}, instead of once")
    at = text.index(breakage.find, start)
    return path, text[:at] + breakage.replace + text[at + len(breakage.find) :]


def _file(breakage: Breakage, root: Path) -> Path:
    if breakage.file:
        if not (root / breakage.file).is_file():
            raise InapplicableError(f"there is no {breakage.file}")
        return root / breakage.file
    paths = [path for path in tracked(root / "validator", root=root) if path.suffix == ".py"]
    found = [path for path in paths if breakage.function in _spans(path.read_text("utf-8"))]
    if len(found) != 1:
        places = ", ".join(str(path.relative_to(root)) for path in found) or "none"
        raise InapplicableError(f"{breakage.function!r} is not in one module but in: {places}")
    return found[0]


def _span(text: str, name: str) -> tuple[int, int]:
    spans = _spans(text)
    if name not in spans:
        raise InapplicableError(f"there is no {name!r}")
    return spans[name]


@cache  # a module is asked for each breakage that names no file
def _spans(text: str) -> Mapping[str, tuple[int, int]]:
    """Where each named thing of a module begins and ends, as offsets, decorators and all."""
    spans = dict[str, tuple[int, int]]()
    starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n"), len(text)]
    for name, node in _named(ast.parse(text).body):
        decorators = getattr(node, "decorator_list", [])
        first = min(part.lineno for part in (node, *decorators))
        spans[name] = (starts[first - 1], starts[node.end_lineno or first])
    return spans


def _named(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield prefix + name, node
                yield from _named(node.body, f"{prefix}{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield prefix + name, node
            case _:
                pass
