"""`registry export`, and the same data through the typed library."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import validator
from tests.cli.stage import verb
from tests.repository import ROOT, Repository, charter, claim_path, environment, fleet, with_charter
from validator.model.errors import FatalError
from validator.model.shapes import Claim
from validator.registry.yaml.reader import read
from validator.report.documents import ExportDocument


def test_everything_that_the_files_say(all_registered: Repository) -> None:
    document = verb(all_registered.path, "export").document
    files = {number: read(claim_path(number), text.encode()).value for number, text in fleet().items()}
    for claim in document["claims"]:
        assert Claim.model_validate(files[claim["number"]]) == Claim.model_validate_json(json.dumps(claim))
    said = read("registry/charter.yaml", charter().encode()).value
    assert document["charter"]["capacity"] == said["capacity"] == 12
    assert [slot["role"] for slot in document["slots"]] == [slot["role"] for slot in said["slots"]]
    assert document["commit"] == all_registered.git("rev-parse", "main")


def test_read_returns_what_export_prints(all_registered: Repository) -> None:
    document = validator.read(all_registered.path, "main")
    assert isinstance(document, ExportDocument)
    assert document == ExportDocument.model_validate_json(verb(all_registered.path, "export", "--ref", "main").out)
    assert [claim.number for claim in document.claims] == list(range(1, 13))
    assert validator.read(str(all_registered.path)) == document


def test_an_earlier_revision_is_read_as_it_was(all_registered: Repository) -> None:
    """By the library and by the verb alike, although main has gone on."""
    document = validator.read(all_registered.path, "main~2")
    assert [claim.number for claim in document.claims] == list(range(1, 11))
    assert document.commit == all_registered.git("rev-parse", "main~2")
    assert verb(all_registered.path, "export", "--ref", "main~2").document["commit"] == document.commit


def test_broken_claims_are_left_out(halfway_there: Repository) -> None:
    document = validator.read(halfway_there.path)
    assert [claim.number for claim in document.claims] == [1, 4, 7]
    assert [slot.number for slot in document.slots if slot.session_id] == [1, 4, 7]


def test_without_a_charter(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git")
    repository.commit("main", {"registry/charter.yaml": None})
    with pytest.raises(FatalError, match=r"charter\.yaml is missing or broken"):
        validator.read(repository.path)
    with pytest.raises(FatalError, match="is not inside a Git repository"):
        validator.read(tmp_path)


def test_one_line_of_python(all_registered: Repository) -> None:
    code = "import validator; print(validator.read('.', 'main').claims[3].session_id)"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=True,
        cwd=all_registered.path,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        encoding="utf-8",
    )
    assert (run.stdout, run.stderr) == ("marketing-outreach-1\n", "")


@pytest.mark.takes_long
def test_mypy_knows_the_types_of_read(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import validator\n"
        "document = validator.read('.', 'main')\n"
        "goals: list[str] = [claim.goal for claim in document.claims]\n"
        "wrong: int = document.digest\n"
    )
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            "--cache-dir",
            str(ROOT / ".mypy_cache"),
            program,
        ],
        check=False,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    (complaint,) = run.stdout.splitlines()
    assert complaint.endswith(
        'error: Incompatible types in assignment (expression has type "str", variable has type "int")  [assignment]'
    )
    assert "program.py:4:" in complaint
