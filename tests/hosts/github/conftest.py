"""A forge for every test, copied from one that is made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.github.forge import Forge


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forge")
    Forge.made(folder)
    return folder


@pytest.fixture
def forge(fresh: Path, tmp_path: Path) -> Iterator[Forge]:
    """A forge whose main holds this very working copy, and a registry without claims."""
    shutil.copytree(fresh, tmp_path / "forge")
    made = Forge(tmp_path / "forge")
    yield made
    made.stop()
