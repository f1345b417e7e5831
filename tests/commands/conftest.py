"""What the tests of verbs share."""

import os
from pathlib import Path

import pytest

from tests.commands.stage import ENVIRONMENT, Stage


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs that run in this process hear nobody's settings either."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A server without a guard, where nobody is registered."""
    return Stage(tmp_path)


@pytest.fixture
def guarded(tmp_path: Path) -> Stage:
    """A server that lets main move only by what its approver has signed."""
    return Stage(tmp_path, guarded=True, signed=True)
