"""The files that are made from others: written, fresh, stale, and the command that mends them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.repository import CHARTER, ROOT, Repository, charter
from validator.cli.codeowners import codeowners
from validator.cli.explain import rules_page
from validator.cli.schema import SHAPES, schema
from validator.model.errors import FatalError
from validator.operations import Answer

VERBS: dict[str, tuple[Callable[..., Answer], str, list[str]]] = {
    "schema": (schema, "registry schema", [f"schema/{name}.schema.json" for name in SHAPES]),
    "codeowners": (codeowners, "registry codeowners", ["CODEOWNERS"]),
    "page": (rules_page, "registry explain --page", ["docs/rules.md"]),
}
verbs = pytest.mark.parametrize(("verb", "command", "files"), VERBS.values(), ids=list(VERBS))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    repository = Repository(tmp_path / "work", bare=False)
    repository.commit("main", {CHARTER: charter()})
    repository.git("reset", "--quiet", "--hard")
    return repository.path


@verbs
def test_written_where_missing_and_left_where_fresh(
    work: Path, verb: Callable[..., Answer], command: str, files: list[str]
) -> None:
    answer = verb(repo=work, check=False)
    assert answer == ("".join(f"wrote {name}\n" for name in files), 0)
    assert all((work / name).stat().st_mode & 0o777 == 0o644 for name in files)
    times = [(work / name).stat().st_mtime_ns for name in files]
    assert verb(repo=work / "registry", check=False) == ("nothing to do: all fresh\n", 0)
    assert [(work / name).stat().st_mtime_ns for name in files] == times
    assert verb(repo=work, check=True) == (f"fresh: {', '.join(files)}\n", 0)


@verbs
def test_stale_names_the_command_that_mends_it(
    work: Path, verb: Callable[..., Answer], command: str, files: list[str]
) -> None:
    verb(repo=work, check=False)
    stale = work / files[-1]
    for spoil in (lambda: stale.write_text("x"), lambda: stale.write_bytes(b"\xff"), stale.unlink):
        spoil()
        assert verb(repo=work, check=True) == (f"{files[-1]} is stale; run: {command}\n", 1)
        assert verb(repo=work, check=False) == (f"wrote {files[-1]}\n", 0)


@verbs
def test_those_of_this_repository_are_fresh(verb: Callable[..., Answer], command: str, files: list[str]) -> None:
    assert verb(repo=ROOT, check=True).exit_code == 0


@verbs
def test_a_folder_in_the_way(work: Path, verb: Callable[..., Answer], command: str, files: list[str]) -> None:
    (work / files[0]).mkdir(parents=True)
    with pytest.raises(FatalError, match="cannot be written: "):
        verb(repo=work, check=False)


@verbs
def test_a_bare_repository_has_no_folder(
    tmp_path: Path, verb: Callable[..., Answer], command: str, files: list[str]
) -> None:
    with pytest.raises(FatalError, match="a bare repository has no folder to write to"):
        verb(repo=Repository(tmp_path / "registry.git").path, check=True)


def test_codeowners_are_the_approvers(work: Path) -> None:
    text = charter().replace('  - {handle: "@OWNER"}', '  - {handle: "@OWNER"}\n  - {handle: "@org/team"}')
    (work / CHARTER).write_text(text)
    codeowners(repo=work, check=False)
    *comments, rule, gap = (work / "CODEOWNERS").read_text().splitlines()
    assert (rule, gap) == ("* @OWNER @org/team", "/registry/consensus/acknowledgements/")
    assert all(comment.startswith("# ") for comment in comments)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), ("[", "is broken; run: registry validate --worktree"), ("x" * 20_000, "is broken")],
)
def test_codeowners_need_a_charter(work: Path, content: str | None, message: str) -> None:
    (work / CHARTER).unlink()
    if content is not None:
        (work / CHARTER).write_text(content)
    with pytest.raises(FatalError, match=message):
        codeowners(repo=work, check=False)
    assert not (work / "CODEOWNERS").exists()


def test_schemas_name_themselves(work: Path) -> None:
    schema(repo=work, check=False)
    for path in (work / "schema").iterdir():
        content = json.loads(path.read_text("utf-8"))
        assert content["$id"] == path.name
        assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert content["description"]
