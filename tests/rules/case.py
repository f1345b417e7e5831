"""A case of a rule: a folder of files that becomes a Git repository, and the report on it.

    base/         main, laid over tests/rules/registry/
    main/         laid over base: what lands on main after the change has left it (optional)
    head/         laid over base: the change, on a branch of its own (optional)
    case.toml     what a folder cannot hold, and another way to judge than `validate` (optional)
    expected.txt  the whole text report

In case.toml, `verb` is `validate`, `steps` (validate --steps) or `audit`; `author` is who proposes, as a forge says (a
table of `account` and `handle`); `unnamed` with `steps` stands for a forge that does not say so. Each of the tables
`base`, `main` and `head` may have `delete` (paths), `files` (path to text), `modes` (path to Git mode) and `orphan`
(shares no history). A table `merge` makes a merge of head into main out of the change, with the head's files, and
`delete` and `files` as far as the merge is otherwise; `also` names branches of other changes that it merges. Of head
there may be `message` and `rider` (path to text: an earlier commit of the change brings these files, and head takes
them out again). Commits are signed by whom `signed` and `rider_signed` name, with a key of tests/keys.py; in a file
KEY-OF-ANN stands for Ann's public key.
Only files that Git tracks are part of a case: `git add` them.
Base is committed at 09:00, main at 10:00 and head at 11:00 UTC on 2026-11-20.
"""

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tests.keys import public_key
from tests.repository import NINE, Repository, tracked
from validator.cli.audit import audit
from validator.git.repo import Repo
from validator.model.findings import Verdict
from validator.operations.steps import in_steps, validate
from validator.registry.reader import Reader
from validator.registry.snapshot import Author
from validator.report import text

REGISTRY = Path(__file__).parent / "registry"
CASES = Path(__file__).parent / "cases"
HOUR = 3600

Files = dict[str | bytes, tuple[str, str | bytes] | None]  # path to mode and content; None where the file is deleted


class Stage(BaseModel):
    """What case.toml says of one commit."""

    model_config = ConfigDict(extra="forbid")

    delete: tuple[str, ...] = ()
    files: dict[str, str] = {}
    modes: dict[str, str] = {}
    orphan: bool = False
    also: tuple[str, ...] = ()
    rider: dict[str, str] = {}
    rider_modes: dict[str, str] = {}
    rider_signed: str = ""
    message: str = ""
    signed: str = ""


class Case(BaseModel):
    """The content of case.toml."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["validate", "steps", "audit"] = "validate"
    author: Author | None = None
    unnamed: bool = False
    base: Stage = Stage()
    main: Stage | None = None
    head: Stage | None = None
    merge: Stage | None = None


def report(folder: Path, path: Path) -> str:
    """The text report on a case, whose repository is built in an empty folder."""
    notes = folder / "case.toml"
    case = Case.model_validate(tomllib.loads(notes.read_text("utf-8")) if notes.exists() else {})
    build(folder, case, Repository(path))
    return text.render(judged(case, path))


def judged(case: Case, path: Path) -> Verdict:
    if case.verb == "audit":
        return audit(repo=path, ref="main")
    if case.unnamed:
        repo = Repo(path)
        return in_steps(Reader(repo), repo.commit("main"), repo.commit("change"), guards=(), unnamed=True)
    return validate(repo=path, base="main", head="change", steps=case.verb == "steps", author=case.author)


def build(folder: Path, case: Case, repository: Repository) -> None:
    """Give a repository the branches `main` and `change`."""
    base = laid_over(in_folder(REGISTRY), folder / "base", case.base)
    fork = repository.commit("main", base, time=NINE)
    if case.main or in_folder(folder / "main"):
        files = laid_over(base, folder / "main", case.main or Stage())
        repository.commit("main", files, fork, time=NINE + HOUR)
    head = case.head or Stage()
    files = laid_over(base, folder / "head", head)
    if head.rider:
        riding: Files = {path: (head.rider_modes.get(path, "100644"), text) for path, text in head.rider.items()}
        fork = repository.commit("change", base | riding, fork, time=NINE + 2 * HOUR)
        fork = repository.sign("change", head.rider_signed) if head.rider_signed else fork
        files = {**dict.fromkeys(head.rider), **files}
    when = NINE + 2 * HOUR
    tip = repository.commit("change", files, fork, orphan=head.orphan, time=when, message=head.message)
    tip = repository.sign("change", head.signed) if head.signed else tip
    if case.merge:
        changed = {path: files.get(path) for path in {*base, *files} if base.get(path) != files.get(path)}
        merged = (
            changed
            | {path: with_keys(text.encode()) for path, text in case.merge.files.items()}
            | dict.fromkeys(case.merge.delete)
        )
        repository.commit("change", merged, "main", tip, *case.merge.also, time=NINE + 3 * HOUR)
        if case.merge.signed:
            repository.sign("change", case.merge.signed)


def laid_over(below: Files, folder: Path, stage: Stage) -> Files:
    files = (
        below | in_folder(folder) | {path: ("100644", with_keys(text.encode())) for path, text in stage.files.items()}
    )
    for path, mode in stage.modes.items():
        _, content = files[path] or ("", "")
        files[path] = mode, content.strip() if mode == "160000" else content
    return files | dict.fromkeys(stage.delete)


def in_folder(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): ("100644", with_keys(path.read_bytes())) for path in tracked(folder)}


def with_keys(text: bytes) -> bytes:
    """A file with public keys where their names stand."""
    return re.sub(rb"KEY-OF-([A-Z]+)", lambda found: public_key(found[1].decode()).encode(), text)
