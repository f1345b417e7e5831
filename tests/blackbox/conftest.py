"""One repository for the whole table: its rows share objects, and no row sees another's commits."""

import pytest

from tests.blackbox.store import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store.make(tmp_path_factory.mktemp("registry") / "registry.git")
