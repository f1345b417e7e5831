"""Rule inputs that no ordinary repository contains."""

import pytest

from tests.snapshots import claim, registry, snapshot
from validator.git.trees import TWICE, Entry
from validator.operations.judge import run
from validator.registry.parsing import ShapeFault
from validator.registry.snapshot import Snapshot

P1 = "registry/sessions/01.yaml"


def messages(head: Snapshot, code: str) -> list[str]:
    return [finding.message for finding in run(head, head) if finding.code == code]


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("100664", "this is of mode 100664, not a regular file"),  # as Git once wrote it
        (TWICE, "this is listed twice in its folder, not a regular file"),
    ],
)
def test_mode_that_git_no_longer_writes(mode: str, message: str) -> None:
    head = snapshot(registry())._replace(files={P1: Entry(mode, "0" * 40, 0)})
    assert messages(head, "REG004") == [message]


def test_fault_of_an_unknown_kind_is_still_described() -> None:
    head = snapshot(registry(claim(1)))
    file = head.claims[P1]
    fault = ShapeFault(("role",), "new_in_pydantic", "x", {})
    head = head._replace(claims={P1: file._replace(parsed=file.parsed._replace(faults=(fault,)))})
    assert messages(head, "REG006") == ['role is of another form (new_in_pydantic), not the text "x"']


def test_findings_point_at_their_line() -> None:
    files = registry(claim(1)) | {P1: "number: 1\nrol: x\n", "registry/notes": ""}
    found = {(finding.code, finding.location.line): finding.excerpt for finding in run(snapshot(files), snapshot({}))}
    assert found["REG006", 2] == "rol: x"
    assert found["REG005", 1] is None
