"""What stopped a fleet is told of one that was active, and of no other."""

import json
from pathlib import Path

from tests.repository import with_charter
from validator.git.repo import Repo
from validator.model.layout import ACTIVATION
from validator.operations.whoami.stopped import what_stopped
from validator.registry.reader import Reader


def test_a_fleet_that_was_never_active_was_not_stopped(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [1, 4])
    record = {"registry": f"sha256:{'0' * 64}", "approved_by": "@OWNER", "week": "2026-W48"}
    activation = json.dumps(record | {"timestamp": "2026-11-20T10:00:00Z"})
    reader = Reader(Repo(repository.path))
    before = reader.at(repository.git("rev-parse", "main"))
    after = reader.at(repository.commit("main", {ACTIVATION: activation}))
    assert after.records[ACTIVATION].value, "the record is read, and void"
    assert [what_stopped(reader, one, "registering") for one in (before, after)] == ["", ""]
