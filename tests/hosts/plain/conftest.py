"""Stages for tests: one is made for each worker, and copied for each test that changes it."""

from pathlib import Path

import pytest

from tests.hosts.plain.stage import Stage


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A guarded registry for twelve sessions with the signing approvers OWNER and DEPUTY."""
    return Stage.make(tmp_path_factory.mktemp("template"), approvers=("OWNER", "DEPUTY"))


@pytest.fixture
def stage(template: Stage, tmp_path: Path) -> Stage:
    return template.copy(tmp_path / "stage")
