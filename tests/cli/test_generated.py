"""Generated files: written, fresh or stale, and the command that updates them."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.stage import verb
from tests.repository import CHARTER, ROOT, Repository, charter
from validator.cli.schema import schemas

VERBS = {
    "registry schema": list(schemas()),
    "registry codeowners": ["CODEOWNERS"],
    "registry explain --page": ["docs/rules.md"],
    "registry github ruleset": [".github/rulesets/main.json"],
}
verbs = pytest.mark.parametrize(("command", "files"), VERBS.items(), ids=list(VERBS))


def run(folder: Path, command: str, *options: str) -> tuple[str, int]:
    """What the command says in a folder, and its exit code."""
    done = verb(folder, *command.split()[1:], *options)
    return done.out, done.exit_code


@pytest.fixture
def work(tmp_path: Path) -> Path:
    repository = Repository(tmp_path / "work", bare=False)
    repository.commit("main", {CHARTER: charter()})
    repository.git("reset", "--quiet", "--hard")
    return repository.path


@verbs
def test_written_where_missing_and_left_where_fresh(work: Path, command: str, files: list[str]) -> None:
    assert run(work, command) == ("".join(f"wrote {name}\n" for name in files), 0)
    os.umask(umask := os.umask(0o022))
    assert all((work / name).stat().st_mode & 0o777 == 0o666 & ~umask for name in files)
    times = [(work / name).stat().st_mtime_ns for name in files]
    assert run(work / "registry", command) == ("nothing to do: all fresh\n", 0)
    assert [(work / name).stat().st_mtime_ns for name in files] == times
    assert run(work, command, "--check") == (f"fresh: {', '.join(files)}\n", 0)


@verbs
def test_stale_names_the_command_that_mends_it(work: Path, command: str, files: list[str]) -> None:
    run(work, command)
    stale = work / files[-1]
    for spoil in (lambda: stale.write_text("x"), lambda: stale.write_bytes(b"\xff"), stale.unlink):
        spoil()
        assert run(work, command, "--check") == (f"{files[-1]} is stale; run: {command}\n", 1)
        assert run(work, command) == (f"wrote {files[-1]}\n", 0)


@verbs
def test_generated_files_of_this_repository_are_up_to_date(command: str, files: list[str]) -> None:
    assert run(ROOT, command, "--check")[1] == 0


@verbs
def test_a_folder_in_the_way(work: Path, command: str, files: list[str]) -> None:
    (work / files[0]).mkdir(parents=True)
    done = verb(work, *command.split()[1:])
    assert done.exit_code == 2
    assert "cannot be written: " in done.err


@verbs
def test_a_bare_repository_has_no_folder(tmp_path: Path, command: str, files: list[str]) -> None:
    done = verb(Repository(tmp_path / "registry.git").path, *command.split()[1:], "--check")
    assert (done.exit_code, done.err) == (2, "registry: a bare repository has no folder to write to\n")


def test_codeowners_are_the_approvers(work: Path) -> None:
    text = charter().replace('  - {handle: "@OWNER"}', '  - {handle: "@OWNER"}\n  - {handle: "@org/team"}')
    (work / CHARTER).write_text(text)
    run(work, "registry codeowners")
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
    done = verb(work, "codeowners")
    assert done.exit_code == 2
    assert message in done.err
    assert not (work / "CODEOWNERS").exists()


def test_schemas_name_themselves(work: Path) -> None:
    run(work, "registry schema")
    for path in (work / "schema").iterdir():
        content = json.loads(path.read_text("utf-8"))
        assert content["$id"] == path.name
        assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert content["description"]
