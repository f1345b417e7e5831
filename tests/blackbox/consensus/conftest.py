"""One repository for the whole table, as in tests/blackbox."""

import pytest

from tests.blackbox.store import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store.make(tmp_path_factory.mktemp("records") / "registry.git")
