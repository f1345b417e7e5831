"""A case of a rule: a folder of files that becomes a Git repository, and the report on it.

    base/         main, laid over tests/rules/registry/
    main/         laid over base: what lands on main after the change has left it (optional)
    head/         laid over base: the change, on a branch of its own (optional)
    case.toml     what a folder cannot hold, and another way to judge than `validate` (optional)
    expected.txt  the whole text report

In case.toml, `verb` is `validate`, `steps` (validate --steps) or `audit`, and each of the tables `base`, `main` and
`head` may have `delete` (paths), `files` (path to text), `modes` (path to Git mode) and `orphan` (shares no history).
Base is committed at 09:00, main at 10:00 and head at 11:00 UTC on 2026-11-20.
"""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from validator.commands.audit import audit
from validator.commands.validate import validate
from validator.finding import Verdict
from validator.report import text

REGISTRY = Path(__file__).parent / "registry"
CASES = Path(__file__).parent / "cases"
NINE = 1795165200  # 2026-11-20T09:00:00Z
HOUR = 3600

Tree = dict[str, tuple[str, bytes]]  # path to mode and content


class Stage(BaseModel):
    """What case.toml says of one commit."""

    model_config = ConfigDict(extra="forbid")

    delete: tuple[str, ...] = ()
    files: dict[str, str] = {}
    modes: dict[str, str] = {}
    orphan: bool = False


class Case(BaseModel):
    """The content of case.toml."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["validate", "steps", "audit"] = "validate"
    base: Stage = Stage()
    main: Stage | None = None
    head: Stage | None = None


def report(folder: Path, repository: Path) -> str:
    """The text report on a case, whose repository is built in an empty folder."""
    notes = folder / "case.toml"
    case = Case.model_validate(tomllib.loads(notes.read_text("utf-8")) if notes.exists() else {})
    build(folder, case, repository)
    return text.render(judged(case, repository))


def judged(case: Case, repository: Path) -> Verdict:
    if case.verb == "audit":
        return audit(repo=repository, ref="main")
    return validate(repo=repository, base="main", head="change", steps=case.verb == "steps")


def build(folder: Path, case: Case, repository: Path) -> None:
    """A bare repository with the branches `main` and `change`; the same commits on every machine."""
    base = laid_over(tree_of(REGISTRY), folder / "base", case.base)
    commits = [*commit("main", NINE, base, None), *reset("change")]
    for hours, (branch, name, stage) in enumerate((("main", "main", case.main), ("change", "head", case.head)), 1):
        if stage or (folder / name).exists():
            after = laid_over(base, folder / name, stage or Stage())
            commits += commit(branch, NINE + hours * HOUR, after, None if stage and stage.orphan else f"{branch}^0")
    git("init", "--quiet", "--bare", str(repository))
    git("--git-dir", str(repository), "fast-import", "--quiet", stdin=b"".join(commits))


def laid_over(below: Tree, folder: Path, stage: Stage) -> Tree:
    tree = below | tree_of(folder) | {path: ("100644", text.encode()) for path, text in stage.files.items()}
    tree |= {path: (mode, tree[path][1]) for path, mode in stage.modes.items()}
    return {path: file for path, file in tree.items() if path not in stage.delete}


def tree_of(folder: Path) -> Tree:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): ("100644", path.read_bytes()) for path in files}


def commit(branch: str, time: int, tree: Tree, parent: str | None) -> Iterator[bytes]:
    """A commit in the language of git fast-import."""
    ref = f"refs/heads/{branch}"
    if parent is None:
        yield f"reset {ref}\n".encode()
    yield f"commit {ref}\ncommitter OWNER <owner@example.invalid> {time} +0000\n".encode()
    yield b"data 0\n"
    if parent is not None:
        yield f"from refs/heads/{parent}\n".encode()
    yield b"deleteall\n"
    for path, (mode, content) in tree.items():
        name = json.dumps(path, ensure_ascii=False)
        if mode == "160000":
            yield f"M {mode} {content.decode().strip()} {name}\n".encode()
        else:
            yield f"M {mode} inline {name}\ndata {len(content)}\n".encode() + content + b"\n"


def reset(branch: str) -> Iterator[bytes]:
    yield f"reset refs/heads/{branch}\nfrom refs/heads/main\n\n".encode()


def git(*words: str, stdin: bytes = b"") -> None:
    """Git with no settings but its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *words], input=stdin, env=environment, check=True, capture_output=True)
